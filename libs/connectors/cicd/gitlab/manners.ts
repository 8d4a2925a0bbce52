import type { SafeResponse } from '../../http/safe-client.js';
import { findToken, forgetToken } from '../http/credentials.js';
import { given } from '../http/given.js';
import type { HttpManners } from '../http/platform-http.js';
import type { RateLimit } from '../platform.js';

export const TITLE = 'GitLab';

const MOST_WORDS = 20;

export const MANNERS: HttpManners = {
  title: TITLE,
  async authorize(connection): Promise<Readonly<Record<string, string>>> {
    const token = await findToken(connection);
    return connection.auth.type === 'token'
      ? { 'private-token': token }
      : { authorization: `Bearer ${token}` };
  },
  renew: forgetToken,
  readLimit,
  readRefusal: ({ body }) => readWords(body.toString('utf8')).join('; ') || undefined,
  readMissing({ body }) {
    const { error, scope } = readFields(body.toString('utf8'));
    return error === 'insufficient_scope' && typeof scope === 'string' ? `the scope ${scope}` : undefined;
  },
};

/** Many servers send none of these, even with a status of 429. */
function readLimit(headers: SafeResponse['headers']): RateLimit | undefined {
  const numberOf = (name: string): number | undefined => {
    const text = headers[name] ?? '';
    return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
  };
  const reset = numberOf('ratelimit-reset');
  const limit = {
    limit: numberOf('ratelimit-limit'),
    remaining: numberOf('ratelimit-remaining'),
    resetsAt: reset === undefined ? undefined : reset * 1_000,
  };
  return Object.values(limit).every((value) => value === undefined) ? undefined : given(limit);
}

/** What GitLab says of a refusal: a text, or lists of texts by field. */
export function readWords(body: string): readonly string[] {
  const { message, error_description: described, error } = readFields(body);
  return gather(message ?? described ?? error, 0).slice(0, MOST_WORDS);
}

function gather(value: unknown, depth: number): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth > 3) return [];
  return Object.values(value)
    .slice(0, MOST_WORDS)
    .flatMap((each) => gather(each, depth + 1));
}

function readFields(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
