/** Whether a folder is among those that a workspace names: `packages/*`, `apps/**`, `!packages/old`. Linear in its length. */
export function matchesGlobs(folder: string, globs: readonly string[]): boolean {
  const wanted = globs.filter((glob) => !glob.startsWith('!'));
  const unwanted = globs.filter((glob) => glob.startsWith('!')).map((glob) => glob.slice(1));
  return wanted.some((glob) => matches(folder, glob)) && !unwanted.some((glob) => matches(folder, glob));
}

const MAX_GLOB = 200;

function matches(folder: string, glob: string): boolean {
  if (glob.length > MAX_GLOB) return false;
  const pattern = glob.replace(/^\.\//, '').replace(/\/+$/, '').split('/');
  return fits(folder.split('/'), pattern);
}

/** Row by row as for the edit distance: no pattern makes it try the same twice. */
function fits(parts: readonly string[], pattern: readonly string[]): boolean {
  let reached = parts.map(() => false).concat(false);
  reached[0] = true;
  for (const piece of pattern) {
    const next = reached.map(() => false);
    for (let at = 0; at <= parts.length; at++) {
      if (piece === '**') next[at] = reached[at]! || (at > 0 && next[at - 1]!);
      else if (at > 0 && reached[at - 1]) next[at] = fitsName(parts[at - 1]!, piece);
    }
    reached = next;
  }
  return reached[parts.length]!;
}

/** `*` stands for any characters of one name. */
function fitsName(name: string, piece: string): boolean {
  const [first = '', ...rest] = piece.split('*');
  if (rest.length === 0) return name === piece;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  const last = rest.pop()!;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
