type Headers = ReadonlyMap<string, string>;

const MOST_HEADERS = 100;
const MOST_HEADER = 1_000;
const SECRET_HEADER = /authori[sz]ation|cookie|token|secret|signature|passw|api-?key|credential/;
const WHENCE_HEADER = /^(forwarded|via|(x-forwarded|x-real|x-client|x-original|cf|true-client|fastly)-.*)$/;

/** Undefined where one that matters was sent twice: which of the two was meant, nobody can tell. */
export function readHeaders(
  headers: Readonly<Record<string, readonly string[] | undefined>>,
): Headers | undefined {
  const read = new Map<string, string>();
  for (const [name, values = []] of Object.entries(headers)) {
    if (values.length > 1 && !REPEATABLE.has(name)) return undefined;
    read.set(name, values.join(', '));
  }
  return read;
}

/** Without those that hold secrets, or say whence it came; `own` is the name of one more with a secret. */
export function keepHeaders(headers: Headers, own?: string): Record<string, string> {
  const kept = [...headers].filter(
    ([name]) => name !== own && !SECRET_HEADER.test(name) && !WHENCE_HEADER.test(name),
  );
  return Object.fromEntries(
    kept.slice(0, MOST_HEADERS).map(([name, value]) => [name, value.slice(0, MOST_HEADER)]),
  );
}

/** Proxies add to these. */
const REPEATABLE: ReadonlySet<string> = new Set([
  'via',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'accept',
  'accept-encoding',
  'cache-control',
  'connection',
  'tracestate',
]);
