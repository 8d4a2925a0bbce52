import type { NewRelicSource } from '#contracts/judgement/metric-source.js';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import { ask, createInvalid, createQueryRefused, entryAt } from './ask.js';
import { collectSeries, type SeriesAnswer } from './collect-series.js';
import { findByPointer } from './json-pointer.js';
import { createMetricMissing } from './metric-missing.js';
import { checkClock, type Window } from './series.js';
import type { CollectWorld, Source } from './source.js';

const SERVERS = { us: 'https://api.newrelic.com', eu: 'https://api.eu.newrelic.com' } as const;

const NRQL = `query ($account: Int!, $query: Nrql!, $timeout: Seconds) {
  actor {
    account(id: $account) {
      nrql(query: $query, timeout: $timeout) {
        results
        metadata {
          facets
          timeWindow {
            begin
            end
          }
        }
      }
    }
  }
}`;

/** Of a row that stands for a day. */
const LONGEST_STEP_MS = 86_400_000;

/** Words of a row that are no measurement. */
const NOT_MEASURED = /^(beginTimeSeconds|endTimeSeconds|timestamp|inspectedCount|facet|comparison)$/;

/** New Relic by NRQL through NerdGraph. */
export const newRelicSource: Source<NewRelicSource> = {
  describe: ({ account, query }) => `newrelic ${account} ${query}`,
  async collect(source, world) {
    const { region = 'us', server = SERVERS[region] } = source;
    const apiKey = await world.resolveSecret(source.apiKey);
    world.mask(apiKey);
    return collectSeries(source, world, {
      stepMs: () => 0,
      async query(query, window) {
        const { json, date } = await ask(
          {
            url: `${server.replace(/\/+$/, '')}/graphql`,
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            secretHeaders: { 'api-key': apiKey },
            body: JSON.stringify({ query: NRQL, variables: variablesOf(source, query, window, world) }),
            explain: explainRefusal,
          },
          world,
        );
        checkClock(date, world.now());
        return readAnswer(json, source, window, world);
      },
    });
  },
};

function variablesOf(
  source: NewRelicSource,
  query: string,
  { start, end }: Window,
  world: CollectWorld,
): JsonObject {
  return {
    account: source.account,
    query: source.range === undefined ? query : `${query} SINCE ${Math.floor(start)} UNTIL ${Math.ceil(end)}`,
    timeout: Math.max(1, Math.ceil(world.timeoutMs / 1000)),
  };
}

/** GraphQL tells of what it refuses with status 200. */
function explainRefusal(answer: Json): Json | undefined {
  const errors = entryAt(answer, 'errors');
  return Array.isArray(errors) && errors.length > 0
    ? (entryAt((errors as readonly Json[])[0], 'message') ?? 'no reason is told')
    : undefined;
}

function readAnswer(answer: Json, source: NewRelicSource, window: Window, world: CollectWorld): SeriesAnswer {
  const refusal = explainRefusal(answer);
  if (refusal !== undefined) throw createQueryRefused(refusal, world);
  const found = findByPointer(answer, '/data/actor/account/nrql');
  const results = entryAt(found, 'results');
  if (!Array.isArray(results)) throw createInvalid('it has no results.');
  const facets = findByPointer(found ?? null, '/metadata/facets');
  if (Array.isArray(facets) && facets.length > 0) throw createAmbiguous('The query has a `FACET`');
  const rows = results as readonly Json[];
  const isSeries = rows.some((row) => typeof entryAt(row, 'endTimeSeconds') === 'number');
  if (!isSeries && rows.length > 1) throw createAmbiguous(`The query gives ${rows.length} rows`);
  const [begin, until] = ['begin', 'end'].map((name) =>
    findByPointer(found ?? null, `/metadata/timeWindow/${name}`),
  );
  const points = rows.map((row) => ({
    at: isSeries
      ? Number(entryAt(row, 'endTimeSeconds')) * 1000
      : typeof until === 'number'
        ? until
        : window.end,
    value: readNumber(row, source.value),
  }));
  const [first] = rows;
  const widthMs =
    1000 * (Number(entryAt(first, 'endTimeSeconds')) - Number(entryAt(first, 'beginTimeSeconds')));
  return {
    points,
    stepMs: isSeries && widthMs > 0 && widthMs < LONGEST_STEP_MS ? widthMs : 0,
    // What the query itself asks for is told by the answer alone.
    ...(source.range === undefined && typeof begin === 'number' ? { start: begin } : {}),
  };
}

/** NerdGraph has no word for what was not measured but null. */
function readNumber(row: Json, pointer: string | undefined): number {
  if (!isJsonObject(row)) throw createInvalid('a row of the results is not an object.');
  const value = pointer === undefined ? findOnly(row) : findByPointer(row, pointer);
  if (value === null) return Number.NaN;
  if (typeof value === 'number') return value;
  throw createMetricMissing(
    'metric-unknown',
    pointer === undefined
      ? 'A row of the results holds no number.'
      : `A row of the results has no number at \`${pointer}\`.`,
    `Name it by \`value\`; the row has ${Object.keys(row).slice(0, 20).join(', ')}.`,
  );
}

function findOnly(row: JsonObject): Json | undefined {
  const measured = Object.entries(row).filter(
    ([name, value]) => !NOT_MEASURED.test(name) && (typeof value === 'number' || value === null),
  );
  if (measured.length > 1)
    throw createAmbiguous(`A row of the results holds ${measured.map(([name]) => name).join(', ')}`);
  return measured[0]?.[1];
}

function createAmbiguous(what: string) {
  return createMetricMissing(
    'metric-ambiguous',
    `${what}, where one number is asked for.`,
    'Leave `FACET` out, select one number, or name it by `value`.',
  );
}
