const MAX_EXPANSIONS = 1_000;
/** Of one part of a path, `**` apart. */
const MAX_STARS = 4;

/**
 * Whether a glob is matched in little time, whatever the names of files: its braces mean few patterns, and nothing in it is
 * repeated within a repetition. Matching is done in one go, which no signal ends.
 */
export function isCheapGlob(pattern: string): boolean {
  return (
    countExpansions(pattern) <= MAX_EXPANSIONS &&
    !/[+*]\(/.test(pattern) &&
    pattern.split('/').every((part) => part === '**' || (part.match(/\*+/g) ?? []).length <= MAX_STARS)
  );
}

/** Patterns that braces mean: `{a,b{c,d}}` three, `{1..9}` nine. */
function countExpansions(pattern: string): number {
  const groups = [{ sum: 0, product: 1, start: 0 }];
  for (let at = 0; at < pattern.length; at++) {
    const group = groups.at(-1) as (typeof groups)[number];
    const character = pattern[at];
    if (character === '\\') at += 1;
    else if (character === '{') groups.push({ sum: 0, product: 1, start: at + 1 });
    else if (character === ',') {
      group.sum += group.product;
      group.product = 1;
    } else if (character === '}' && groups.length > 1) {
      groups.pop();
      const above = groups.at(-1) as typeof group;
      above.product *= Math.max(group.sum + group.product, countRange(pattern.slice(group.start, at)));
    }
  }
  return groups.reduce((product, group) => product * (group.sum + group.product), 1);
}

function countRange(inner: string): number {
  const [from, to] = inner.split('..');
  if (from === undefined || to === undefined) return 1;
  const [first, last] = [Number(from), Number(to)];
  return Number.isFinite(first) && Number.isFinite(last) ? Math.abs(last - first) + 1 : 128;
}
