import { lookup as lookupAll } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import { isSluiceError, type SluiceError } from '#domain/errors.js';
import type { AddressPolicy } from './address-policy.js';

interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a host name. */
export type Resolve = (host: string) => Promise<readonly ResolvedAddress[]>;

export const resolveBySystem: Resolve = (host) => lookupAll(host, { all: true, verbatim: true });

/**
 * A `lookup` for sockets that hands out only checked addresses: the socket connects to what was checked, so that
 * a name which changes its mind in between gains nothing. One refused address refuses the name.
 */
export function createPinnedLookup(policy: AddressPolicy, resolve: Resolve): LookupFunction {
  return (host, options, callback) => {
    void findAllowed(host, policy, resolve).then(
      (addresses) => {
        if (options.all) callback(null, [...addresses]);
        else callback(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 4);
      },
      (error: NodeJS.ErrnoException) => callback(error, []),
    );
  };
}

async function findAllowed(
  host: string,
  policy: AddressPolicy,
  resolve: Resolve,
): Promise<readonly ResolvedAddress[]> {
  const addresses = await resolve(host);
  const refused = policy.allowsHost(host)
    ? undefined
    : addresses.find(({ address }) => !policy.allowsAddress(address));
  if (refused) throw createRefusal(host, refused.address);
  if (addresses.length === 0) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
  return addresses;
}

/** Throws SluiceError `http-address-refused`; what has no address here may have one elsewhere. */
export async function requireAllowedHost(
  host: string,
  policy: AddressPolicy,
  resolve: Resolve,
): Promise<void> {
  await findAllowed(host.replace(/^\[|\]$/g, ''), policy, resolve).catch((error: unknown) => {
    if (isSluiceError(error)) throw error;
  });
}

/** Throws for a host that is itself an address, which sockets do not look up. */
export function requireAllowedLiteral(url: URL, policy: AddressPolicy): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const literal = host.includes(':') || /^[0-9.]+$/.test(host);
  if (literal && !policy.allowsAddress(host)) throw createRefusal(host, host);
}

function createRefusal(host: string, address: string): SluiceError {
  return createActionFailure({
    code: 'http-address-refused',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message:
      host === address
        ? `${address} is not a public address.`
        : `${host} resolves to ${address}, which is not a public address.`,
    hint: `If it is meant to be reached, its operator adds it to SLUICE_HTTP_ALLOW: \`${host}\` or a range that holds ${address}.`,
  });
}
