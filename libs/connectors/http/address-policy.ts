import ipaddr from 'ipaddr.js';
import { SluiceError } from '#domain/errors.js';

export interface AddressPolicy {
  /** Whether every address of this host may be reached. `host` as `URL.hostname` has it. */
  allowsHost(host: string): boolean;
  /** Whether this address may be reached, whatever name led to it. */
  allowsAddress(address: string): boolean;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Public by its number; on machines of Azure it is the agent of the cloud, which hands out certificates. */
const AGENT_OF_AZURE = '168.63.129.16';

/** What IANA has assigned of IPv6 as global unicast; special ranges inside it are judged besides. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Public addresses are allowed (IANA special-purpose registries, RFC 6890), others only when `allow` names them.
 * An entry is an address, a CIDR range, a host name, or `*.` and a domain.
 * Throws SluiceError `http-allow-invalid`.
 */
export function createAddressPolicy(allow: readonly string[]): AddressPolicy {
  const ranges: [Address, number][] = [];
  const hosts = new Set<string>();
  const domains: string[] = [];
  for (const entry of allow) {
    const range = parseRange(entry);
    if (range) ranges.push(range);
    else if (/^\*\.[a-z0-9.-]+$/i.test(entry)) domains.push(entry.slice(1).toLowerCase());
    else if (/^[a-z0-9_.-]+$/i.test(entry) && !/^[0-9.]+$/.test(entry)) hosts.add(toHostKey(entry));
    else throw createAllowError(entry);
  }
  return {
    allowsHost(host) {
      const key = toHostKey(host);
      return hosts.has(key) || domains.some((domain) => key.endsWith(domain) && key.length > domain.length);
    },
    allowsAddress(text) {
      const address = parseAddress(text);
      return address !== undefined && (isPublic(address) || ranges.some((range) => isWithin(address, range)));
    },
  };
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast' || address.toString() === AGENT_OF_AZURE) return false;
  return address.kind() === 'ipv4' || isWithin(address, GLOBAL_UNICAST);
}

function isWithin(address: Address, [base, bits]: [Address, number]): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

/** IPv4-mapped IPv6 (RFC 4291) is the IPv4 address that it reaches. */
function parseAddress(text: string): Address | undefined {
  const bare = text.replace(/^\[|\]$/g, '');
  if (ipaddr.IPv4.isValidFourPartDecimal(bare)) return ipaddr.IPv4.parse(bare);
  return ipaddr.IPv6.isValid(bare) ? ipaddr.process(bare) : undefined;
}

function parseRange(entry: string): [Address, number] | undefined {
  const [base = '', bits, ...rest] = entry.split('/');
  const address = parseAddress(base);
  if (!address || rest.length > 0) return undefined;
  const width = address.kind() === 'ipv4' ? 32 : 128;
  if (bits === undefined) return [address, width];
  const length = Number(bits);
  if (!/^\d{1,3}$/.test(bits) || length > width) throw createAllowError(entry);
  return [address, length];
}

/** A name with and without its final dot is one name. */
function toHostKey(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}

function createAllowError(entry: string): SluiceError {
  return new SluiceError({
    code: 'http-allow-invalid',
    fault: 'user',
    message: `${JSON.stringify(entry)} is neither an address, a CIDR range nor a host name.`,
    hint: 'Write SLUICE_HTTP_ALLOW as a list such as `10.0.0.0/8,git.internal,*.corp.example`.',
  });
}
