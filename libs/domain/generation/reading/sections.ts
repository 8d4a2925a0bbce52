/** A file of sections, `[name]`, with `key = value` below: INI, and of TOML what build files say in whole lines. */
export interface Sections {
  /** Names, each with the line of its heading; repeated ones once. */
  readonly lines: ReadonlyMap<string, number>;
  readonly entries: readonly Entry[];
}

export interface Entry {
  readonly section: string;
  readonly key: string;
  /** As written, lists over several lines included. */
  readonly value: string;
  readonly line: number;
}

const HEADING = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(?:[#;].*)?$/;
const PAIR = /^\s*("[^"]*"|'[^']*'|[\w.-]+)\s*=\s*(.*)$/;

/** Never throws; what is not understood is passed over. */
export function readSections(text: string): Sections {
  const lines = new Map<string, number>();
  const entries: { section: string; key: string; value: string; line: number }[] = [];
  let section = '';
  let open: { readonly entry: { value: string }; depth: number } | undefined;
  text.split(/\r?\n/).forEach((raw, index) => {
    if (open !== undefined) {
      open.entry.value += `\n${raw}`;
      open.depth += depthOf(raw);
      if (open.depth <= 0) open = undefined;
      return;
    }
    const heading = HEADING.exec(raw)?.[1];
    if (heading !== undefined) {
      section = heading.replaceAll(/["']/g, '');
      if (!lines.has(section)) lines.set(section, index + 1);
      return;
    }
    const [, key, value = ''] = PAIR.exec(raw) ?? [];
    if (key === undefined) return;
    const entry = { section, key: key.replaceAll(/["']/g, ''), value, line: index + 1 };
    entries.push(entry);
    const depth = /^\s*[[{]/.test(value) ? depthOf(value) : 0;
    if (depth > 0) open = { entry, depth };
  });
  return { lines, entries };
}

/** Brackets that a line leaves open, those in quotes aside. A list that never ends takes the rest of the file. */
function depthOf(line: string): number {
  const bare = line.replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '').replace(/#.*$/, '');
  return (bare.match(/[[{]/g)?.length ?? 0) - (bare.match(/[\]}]/g)?.length ?? 0);
}

export function findEntry({ entries }: Sections, section: string, key: string): Entry | undefined {
  return entries.find((entry) => entry.section === section && entry.key === key);
}

/** The texts in quotes of a value. */
export function quotedTexts(value: string): readonly string[] {
  return [...value.replaceAll(/(^|\s)#.*$/gm, '$1').matchAll(/"([^"\n]*)"|'([^'\n]*)'/g)].map(
    ([, double, single]) => double ?? single ?? '',
  );
}
