import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';
import { type AddressPolicy, createAddressPolicy } from './address-policy.js';
import {
  createPinnedLookup,
  requireAllowedHost,
  requireAllowedLiteral,
  resolveBySystem,
} from './pinned-lookup.js';
import type { SafeClientOptions } from './safe-client.js';

/** The connections of a client. */
export interface WayOut {
  readonly dispatcher: Dispatcher;
  /** Throws SluiceError `http-address-refused` for what is known, before anything is sent, to lead where nobody may go. */
  check(url: URL): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 10_000;
const NO_LIMITS = { headersTimeout: 0, bodyTimeout: 0 };

export function createWayOut(options: SafeClientOptions): WayOut {
  const policy = createAddressPolicy(options.allow);
  const resolve = options.resolve ?? resolveBySystem;
  const lookup = createPinnedLookup(policy, resolve);
  const trust = options.authorities === undefined ? {} : { ca: options.authorities };
  if (options.proxy === undefined) {
    const connect = { lookup, timeout: CONNECT_TIMEOUT_MS, ...trust };
    return {
      dispatcher: new Agent({ allowH2: false, connect, ...NO_LIMITS }),
      check: async (url) => requireAllowedLiteral(url, policy),
    };
  }
  const proxy = parseProxy(options.proxy);
  const dispatcher = new ProxyAgent({
    uri: proxy.href,
    allowH2: false,
    // What the proxy connects to is its own affair; what we connect to is the proxy.
    proxyTls: { lookup, timeout: CONNECT_TIMEOUT_MS, ...trust },
    requestTls: { timeout: CONNECT_TIMEOUT_MS, ...trust },
    ...NO_LIMITS,
  });
  return { dispatcher, check: (url) => checkThroughProxy(url, proxy, policy, resolve) };
}

/** The proxy resolves names by itself: one that we can resolve, too, must lead where it may. */
async function checkThroughProxy(
  url: URL,
  proxy: URL,
  policy: AddressPolicy,
  resolve: NonNullable<SafeClientOptions['resolve']>,
): Promise<void> {
  requireAllowedLiteral(proxy, policy);
  requireAllowedLiteral(url, policy);
  await requireAllowedHost(url.hostname, policy, resolve);
}

function parseProxy(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWhole =
    url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '';
  if (!isWhole || url.username !== '' || url.password !== '') throw createProxyInvalid();
  return url;
}

function createProxyInvalid(): SluiceError {
  return createActionFailure({
    code: 'http-proxy-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: 'The proxy is not the address of a host that speaks HTTP.',
    hint: 'Write it as `http://host:port`, without path and credentials.',
  });
}
