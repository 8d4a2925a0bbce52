import type { ApiRequest } from './exchange.js';

/** What Temporal's Web UI may use, though it is a page of another origin. */
export const CODEC_ROUTES = '/codec/';

/**
 * What its page may use on loopback without credentials, which it cannot have: whoever else could ask like it reads
 * Temporal itself, which has none either.
 */
export const GUEST_ROUTE = '/codec/decode';

/** The origin of the Web UI, where the request is one that its page may make. */
export function findGuest(
  request: Pick<ApiRequest, 'url' | 'headers'>,
  uiUrl: string | undefined,
): string | undefined {
  if (uiUrl === undefined || !URL.canParse(uiUrl) || !request.url.startsWith(CODEC_ROUTES)) return undefined;
  const { origin } = new URL(uiUrl);
  return request.headers.origin === origin ? origin : undefined;
}

/** Headers by which the browser lets the guest read the answer (Fetch, CORS protocol). */
export function allowGuest(origin: string): Readonly<Record<string, string>> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'content-type, x-namespace',
    'access-control-max-age': '600',
    vary: 'origin',
  };
}
