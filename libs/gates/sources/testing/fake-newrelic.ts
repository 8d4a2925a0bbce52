import type { MetricRequest } from '#contracts/judgement/metric-world.js';
import type { Json, JsonObject } from '#domain/json.js';
import { type FakeAnswer, NOW } from './fake-world.js';

export interface FakeResults {
  readonly results: readonly JsonObject[];
  readonly facets?: readonly string[];
  /** Milliseconds since the epoch; the hour before now when absent. */
  readonly window?: readonly [begin: number, end: number];
}

/**
 * NerdGraph, as far as `actor.account.nrql` goes: arguments and fields after New Relic's description of the query (`Nrql!`,
 * `Seconds`, `NrdbResultContainer`, `NrdbMetadata`, `NrdbMetadataTimeWindow`). It knows queries by how they begin.
 */
export function answerAsNerdGraph(
  { url, method, headers, body = '' }: MetricRequest,
  known: Readonly<Record<string, FakeResults>>,
): FakeAnswer {
  if (method !== 'POST' || new URL(url).pathname !== '/graphql') return { status: 404, body: 'Not Found' };
  if (headers['api-key'] !== 'secret of KEY')
    return {
      status: 401,
      body: {
        errors: [{ message: 'Invalid credentials provided', extensions: { error_code: 'BAD_API_KEY' } }],
      },
    };
  if (headers['content-type'] !== 'application/json') return { status: 415, body: '' };
  const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, Json> };
  const shape = query.replace(/\s+/g, ' ');
  if (
    !/^query \(\$account: Int!, \$query: Nrql!, \$timeout: Seconds\) \{ actor \{ account\(id: \$account\) \{ nrql\(query: \$query, timeout: \$timeout\) \{ results metadata \{ facets timeWindow \{ begin end \} \} \} \} \} \}$/.test(
      shape,
    )
  )
    return refuse('Syntax error');
  if (!Number.isInteger(variables['account']) || !Number.isInteger(variables['timeout']))
    return refuse('Argument has invalid value');
  const nrql = String(variables['query']);
  const found = Object.entries(known).find(([start]) => nrql.startsWith(start))?.[1];
  if (!found) return refuse('NRQL Syntax Error: Error at line 1 position 1');
  const until = /SINCE (\d+) UNTIL (\d+)$/.exec(nrql);
  const [begin, end] = until
    ? [Number(until[1]), Number(until[2])]
    : (found.window ?? [NOW - 3_600_000, NOW]);
  const metadata = { facets: found.facets ?? null, timeWindow: { begin, end } };
  return { body: { data: { actor: { account: { nrql: { results: found.results, metadata } } } } } };
}

/** With status 200, as GraphQL has it. */
function refuse(message: string): FakeAnswer {
  return {
    body: {
      data: { actor: { account: { nrql: null } } },
      errors: [{ message, path: ['actor', 'account', 'nrql'] }],
    },
  };
}
