import type { IncomingHttpHeaders } from 'node:http';
import { problemError } from './problem.js';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

interface Perimeter {
  /** Origin of another site that may ask. */
  readonly guest?: string | undefined;
  /** Whether the API is reached from this machine only. */
  readonly loopback: boolean;
}

/**
 * Refuses what a page of another site asks for in the browser of this machine's user: on loopback by a name that
 * resolves to it (DNS rebinding), anywhere by a form of another site. Throws SluiceError `host-not-allowed` or
 * `origin-not-allowed`.
 */
export function refuseForeignPages(headers: IncomingHttpHeaders, { guest, loopback }: Perimeter): void {
  const host = headers.host ?? '';
  if (loopback && !LOOPBACK_NAMES.has(hostnameOf(`http://${host}`))) {
    throw problemError('host-not-allowed', 'The Host header does not name this machine.');
  }
  const { origin } = headers;
  if (origin === undefined || origin === guest) return;
  // Elsewhere a proxy may stand before the API, which speaks TLS.
  const own = [`http://${host}`, ...(loopback ? [] : [`https://${host}`])].map((each) => each.toLowerCase());
  if (!own.includes(origin.toLowerCase())) {
    throw problemError('origin-not-allowed', 'The request comes from a page of another site.');
  }
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}
