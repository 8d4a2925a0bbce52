interface Node {
  readonly fields: ReadonlyMap<string, Node>;
  readonly from: number;
  readonly to: number;
}

/** What `tree=` of Jenkins leaves of a value: `a,b[c,d]{0,10}`. Throws where it cannot be read. */
export function pruneByTree(value: unknown, tree: string): unknown {
  const reader = { text: tree, at: 0 };
  const fields = readFields(reader);
  if (reader.at !== tree.length) throw new Error(`unexpected ${tree[reader.at]} at ${reader.at} of ${tree}`);
  return prune(value, { fields, from: 0, to: Number.POSITIVE_INFINITY });
}

interface Reader {
  readonly text: string;
  at: number;
}

function readFields(reader: Reader): ReadonlyMap<string, Node> {
  const fields = new Map<string, Node>();
  do {
    const name = readWhile(reader, /[\w.]/);
    if (name === '') throw new Error(`a name is missing at ${reader.at} of ${reader.text}`);
    const below = take(reader, '[') ? readFields(reader) : new Map<string, Node>();
    if (below.size > 0 && !take(reader, ']'))
      throw new Error(`] is missing at ${reader.at} of ${reader.text}`);
    fields.set(name, { fields: below, ...readRange(reader) });
  } while (take(reader, ','));
  return fields;
}

function readRange(reader: Reader): { readonly from: number; readonly to: number } {
  if (!take(reader, '{')) return { from: 0, to: Number.POSITIVE_INFINITY };
  const from = Number(readWhile(reader, /\d/));
  if (!take(reader, ',')) throw new Error(`, is missing at ${reader.at} of ${reader.text}`);
  const to = Number(readWhile(reader, /\d/));
  if (!take(reader, '}')) throw new Error(`} is missing at ${reader.at} of ${reader.text}`);
  return { from, to };
}

function readWhile(reader: Reader, fits: RegExp): string {
  const start = reader.at;
  while (reader.at < reader.text.length && fits.test(reader.text[reader.at]!)) reader.at += 1;
  return reader.text.slice(start, reader.at);
}

function take(reader: Reader, character: string): boolean {
  if (reader.text[reader.at] !== character) return false;
  reader.at += 1;
  return true;
}

function prune(value: unknown, { fields, from, to }: Node): unknown {
  if (Array.isArray(value))
    return value
      .slice(from, to)
      .map((each) => prune(each, { fields, from: 0, to: Number.POSITIVE_INFINITY }));
  if (typeof value !== 'object' || value === null || fields.size === 0) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, held]) => {
      if (name === '_class') return [[name, held]];
      const field = fields.get(name);
      return field === undefined ? [] : [[name, prune(held, field)]];
    }),
  );
}
