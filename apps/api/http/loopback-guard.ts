import type { IncomingHttpHeaders } from 'node:http';
import { problemError } from './problem.js';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whoever can open this machine's browser page could else use an API that has no authentication yet: by a name that
 * resolves to loopback (DNS rebinding), or by a form of another site. `guest` is the origin of another site that may. Throws
 * SluiceError `host-not-allowed` or `origin-not-allowed`.
 */
export function refuseForeignPages(headers: IncomingHttpHeaders, guest?: string): void {
  const host = headers.host ?? '';
  if (!LOOPBACK_NAMES.has(hostnameOf(`http://${host}`))) {
    throw problemError('host-not-allowed', 'The Host header does not name this machine.');
  }
  const { origin } = headers;
  if (origin === undefined || origin === guest) return;
  if (origin.toLowerCase() !== `http://${host}`.toLowerCase()) {
    throw problemError('origin-not-allowed', 'The request comes from a page of another site.');
  }
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}
