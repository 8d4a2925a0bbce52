import type { SafeResponse } from '../../http/safe-client.js';
import type { Connection } from '../connection.js';
import { createAuthUnfit, findToken } from '../http/credentials.js';
import type { HttpManners } from '../http/platform-http.js';
import { readWords } from '../http/words.js';
import type { RateLimit } from '../platform.js';
import { findInstallation, forgetInstallation } from './app-token.js';

/** A pause that GitHub asks for where it does not say how long. */
const SECONDARY_MS = 60_000;

/** https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api */
export const MANNERS: HttpManners = {
  title: 'GitHub',
  headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
  authorize: async (connection) => ({ authorization: `Bearer ${await findBearer(connection)}` }),
  renew: (connection) => connection.auth.type === 'github-app' && forgetInstallation(connection),
  readLimit,
  readWait,
  readMissing,
};

async function findBearer(connection: Connection): Promise<string> {
  const { auth } = connection;
  if (auth.type === 'github-app') return (await findInstallation(connection, auth)).token;
  if (auth.type === 'oauth2') throw createAuthUnfit(auth.type);
  return findToken(connection);
}

function readLimit(headers: SafeResponse['headers']): RateLimit | undefined {
  const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) =>
    readNumber(headers[`x-ratelimit-${name}`]),
  );
  if (remaining === undefined) return undefined;
  return {
    remaining,
    ...(limit === undefined ? {} : { limit }),
    ...(reset === undefined ? {} : { resetsAt: reset * 1000 }),
  };
}

/** Both limits answer with 403 or 429; the secondary one may say nothing of its length. */
function readWait(response: SafeResponse, now: number): number | undefined {
  const { status, headers } = response;
  if (status !== 403 && status !== 429) return undefined;
  const after = readNumber(headers['retry-after']);
  if (after !== undefined) return after * 1000;
  const limit = readLimit(headers);
  if (limit?.remaining === 0 && limit.resetsAt !== undefined) {
    const theirs = Date.parse(headers['date'] ?? '');
    return Math.max(0, limit.resetsAt - (Number.isNaN(theirs) ? now : theirs));
  }
  return /secondary rate limit|abuse detection/i.test(readWords(response)) ? SECONDARY_MS : undefined;
}

/** What tokens of each kind are told of themselves: permissions (fine-grained, apps), scopes (classic), Gitea's scopes. */
function readMissing(response: SafeResponse): string | undefined {
  const { headers } = response;
  const permissions = headers['x-accepted-github-permissions'];
  if (permissions !== undefined && permissions !== '') {
    const words = permissions.split(';').map((set) => set.trim().replaceAll(/\s*,\s*/g, ' and '));
    return `the permission ${words.join(' or ')}`.slice(0, 200);
  }
  const [accepted, own] = [headers['x-accepted-oauth-scopes'], headers['x-oauth-scopes']];
  if (accepted !== undefined && own !== undefined) {
    const has = own.split(',').map((scope) => scope.trim());
    const lacking = accepted.split(',').map((scope) => scope.trim());
    if (accepted !== '' && !lacking.some((scope) => has.includes(scope)))
      return `the scope ${lacking.join(' or ')}`.slice(0, 200);
  }
  const [, required] = /required=\[([a-z:, ]{1,100})\]/.exec(readWords(response)) ?? [];
  return required === undefined ? undefined : `the scope ${required}`;
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,12}$/.test(text.trim()) ? Number(text) : undefined;
}
