/**
 * Where a URL that a user wrote must not lead: the services of this machine and of the network around it, however they
 * are written. For every way out: the safe client, steps, agents, webhooks.
 */
export interface HostileUrl {
  readonly what: string;
  /** `{port}` stands for the port of a server on 127.0.0.1, which must not be reached. */
  readonly url: string;
  /** What the safe client says of it. */
  readonly code: 'http-address-refused' | 'http-url-invalid';
}

/** Hosts of this machine; each would reach a server on its loopback address, or on all its addresses. */
const LOOPBACK: readonly (readonly [string, string])[] = [
  ['IPv4', '127.0.0.1'],
  ['IPv4, another loopback address', '127.255.255.254'],
  ['IPv4 with leading zeros', '127.000.000.001'],
  ['IPv4 of two parts', '127.1'],
  ['IPv4 of three parts', '127.0.1'],
  ['IPv4 as one decimal number', '2130706433'],
  ['IPv4 as one octal number', '017700000001'],
  ['IPv4 as one hexadecimal number', '0x7f000001'],
  ['IPv4 in octal parts', '0177.0.0.1'],
  ['IPv4 in hexadecimal parts', '0x7f.0x0.0x0.0x1'],
  ['IPv4 of all three bases', '0x7f.00.0.1'],
  ['IPv4 with a final dot', '127.0.0.1.'],
  ['IPv4 with two final dots', '127.0.0.1..'],
  ['all addresses', '0.0.0.0'],
  ['all addresses as a number', '0'],
  ['all addresses in hexadecimal', '0x0'],
  ['this network', '0.1.2.3'],
  ['percent-encoded digits', '%31%32%37.0.0.1'],
  ['circled digits', '①②⑦.⓪.⓪.①'],
  ['fullwidth digits', '１２７.０.０.１'],
  ['ideographic full stops', '127。0。0。1'],
  ['halfwidth ideographic full stops', '127｡0｡0｡1'],
  ['IPv6', '[::1]'],
  ['IPv6, written out', '[0000:0000:0000:0000:0000:0000:0000:0001]'],
  ['IPv6, all addresses', '[::]'],
  ['IPv4-mapped IPv6', '[::ffff:127.0.0.1]'],
  ['IPv4-mapped IPv6 in hexadecimal', '[::ffff:7f00:1]'],
  ['IPv4-mapped IPv6, all addresses', '[::ffff:0.0.0.0]'],
  ['IPv4-compatible IPv6', '[::127.0.0.1]'],
  ['IPv4-translated IPv6', '[::ffff:0:127.0.0.1]'],
  ['NAT64', '[64:ff9b::127.0.0.1]'],
  ['NAT64 of a local prefix', '[64:ff9b:1::127.0.0.1]'],
  ['6to4', '[2002:7f00:1::1]'],
  ['a name', 'localhost'],
  ['a name in capitals', 'LocalHost'],
  ['a name with a final dot', 'localhost.'],
  ['a name below it', 'app.localhost'],
  ['a name of the system', 'localhost.localdomain'],
  ['a name of the system, IPv6', 'ip6-localhost'],
  ['a name in fullwidth letters', 'ｌｏｃａｌｈｏｓｔ'],
  ['a name with a soft hyphen', 'local\u00adhost'],
  ['a name with a long s', 'localhoſt'],
  ['a name with a zero-width space', 'local\u200bhost'],
  ['a public name that resolves to it', '127.0.0.1.nip.example'],
];

/** What is around this machine; first of all what gives its credentials away. */
const AROUND: readonly (readonly [string, string])[] = [
  ['metadata of AWS, Azure, Google and others', '169.254.169.254'],
  ['metadata as a decimal number', '2852039166'],
  ['metadata as a hexadecimal number', '0xa9fea9fe'],
  ['metadata in octal parts', '0251.0376.0251.0376'],
  ['metadata, IPv4-mapped', '[::ffff:169.254.169.254]'],
  ['metadata, IPv4-mapped in hexadecimal', '[::ffff:a9fe:a9fe]'],
  ['metadata by NAT64', '[64:ff9b::a9fe:a9fe]'],
  ['metadata by 6to4', '[2002:a9fe:a9fe::]'],
  ['metadata of AWS by IPv6', '[fd00:ec2::254]'],
  ['credentials of a task of ECS', '169.254.170.2'],
  ['metadata of Alibaba', '100.100.100.200'],
  ['metadata of Oracle', '192.0.0.192'],
  ['the agent of Azure', '168.63.129.16'],
  ['the agent of Azure, IPv4-mapped', '[::ffff:168.63.129.16]'],
  ['a private network', '10.0.0.1'],
  ['a private network of 172', '172.31.255.254'],
  ['a private network of 192', '192.168.1.1'],
  ['a shared network of a provider', '100.64.0.1'],
  ['addresses of protocols', '192.0.0.8'],
  ['documentation', '203.0.113.9'],
  ['benchmarks', '198.18.0.1'],
  ['multicast', '224.0.0.1'],
  ['the future', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['link-local IPv6', '[fe80::1]'],
  ['site-local IPv6', '[fec0::1]'],
  ['unique local IPv6', '[fd12:3456::1]'],
  ['multicast IPv6', '[ff02::1]'],
  ['discarded IPv6', '[100::1]'],
  ['Teredo', '[2001:0:7f00:1::]'],
  ['documentation, IPv6', '[2001:db8::1]'],
  ['IPv6 that nobody was given', '[4000::1]'],
];

/** URLs that are none for us, or that hide where they lead. */
const TRICKS: readonly (HostileUrl | string)[] = [
  {
    what: 'credentials that look like a host',
    url: 'http://public.example@127.0.0.1:{port}/',
    code: 'http-url-invalid',
  },
  {
    what: 'a host that looks like credentials',
    url: 'http://127.0.0.1:{port}@public.example/',
    code: 'http-url-invalid',
  },
  {
    what: 'credentials with an at sign',
    url: 'http://a@public.example%40@127.0.0.1:{port}/',
    code: 'http-url-invalid',
  },
  { what: 'empty credentials', url: 'http://:@127.0.0.1:{port}/', code: 'http-address-refused' },
  { what: 'backslashes', url: 'http:\\\\127.0.0.1:{port}\\', code: 'http-address-refused' },
  {
    what: 'a backslash before an at sign',
    url: 'http://127.0.0.1:{port}\\@public.example/',
    code: 'http-address-refused',
  },
  { what: 'no slashes', url: 'http:127.0.0.1:{port}/', code: 'http-address-refused' },
  { what: 'three slashes', url: 'http:///127.0.0.1:{port}/', code: 'http-address-refused' },
  { what: 'tabs and line ends', url: 'ht\ntp://127.0.\t0.1:{port}/', code: 'http-address-refused' },
  { what: 'spaces around it', url: '  http://127.0.0.1:{port}/  ', code: 'http-address-refused' },
  { what: 'a scheme in capitals', url: 'HTTP://127.0.0.1:{port}/', code: 'http-address-refused' },
  { what: 'a number too large for an address', url: 'http://4294967296:{port}/', code: 'http-url-invalid' },
  { what: 'a part too large', url: 'http://127.0.0.256:{port}/', code: 'http-url-invalid' },
  { what: 'a zone', url: 'http://[fe80::1%25lo]:{port}/', code: 'http-url-invalid' },
  {
    what: 'an encoded slash in the host',
    url: 'http://127.0.0.1%2fpublic.example:{port}/',
    code: 'http-url-invalid',
  },
  {
    what: 'an encoded hash in the host',
    url: 'http://127.0.0.1%23.public.example:{port}/',
    code: 'http-url-invalid',
  },
  { what: 'a port out of range', url: 'http://127.0.0.1:65536/', code: 'http-url-invalid' },
  { what: 'a port that is none', url: 'http://127.0.0.1:8o/', code: 'http-url-invalid' },
  { what: 'no host', url: 'http://:{port}/', code: 'http-url-invalid' },
  { what: 'no scheme', url: '//127.0.0.1:{port}/', code: 'http-url-invalid' },
  ...[
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'gopher://127.0.0.1:6379/_INFO',
    'dict://127.0.0.1:11211/stat',
  ],
  ...[
    'ldap://127.0.0.1/',
    'ws://127.0.0.1:{port}/',
    'unix:///var/run/docker.sock',
    'http+unix://%2Frun%2Fa/',
  ],
  ...[
    'data:text/plain,a',
    'blob:http://127.0.0.1:{port}/a',
    'javascript:alert(1)',
    'jar:http://127.0.0.1!/a',
  ],
];

/** URLs that must not lead to this machine. Names among them resolve to it; `resolveToLoopback` says so without a network. */
export const URLS_TO_LOOPBACK: readonly HostileUrl[] = [
  ...LOOPBACK.map(([what, host]) => toUrl(what, `http://${host}:{port}/`)),
  toUrl('https', 'https://127.0.0.1:{port}/'),
  ...TRICKS.map(
    (row): HostileUrl =>
      typeof row === 'string' ? { what: `the URL ${row}`, url: row, code: 'http-url-invalid' } : row,
  ),
];

/** URLs that must lead nowhere though this machine itself is allowed; nothing of them is resolved. */
export const URLS_AROUND: readonly HostileUrl[] = AROUND.map(([what, host]) =>
  toUrl(what, `http://${host}/`),
);

/** What a name server under somebody else's control may answer. */
export const HOSTILE_ADDRESSES: readonly string[] = [...LOOPBACK, ...AROUND]
  .map(([, host]) => new URL(`http://${host}/`).hostname.replace(/^\[|\]$/g, ''))
  .filter((host, at, all) => (/^[0-9.]+[0-9]$/.test(host) || host.includes(':')) && all.indexOf(host) === at);

/** For names of the tables. */
export async function resolveToLoopback(): Promise<{ address: string; family: number }[]> {
  return [{ address: '127.0.0.1', family: 4 }];
}

/** The URL with the port of the server that must not be reached. */
export function fillPort({ url }: HostileUrl, port: number): string {
  return url.replaceAll('{port}', String(port));
}

function toUrl(what: string, url: string): HostileUrl {
  return { what, url, code: 'http-address-refused' };
}
