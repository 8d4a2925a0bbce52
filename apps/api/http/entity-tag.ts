/** Whether an If-None-Match names this strong entity tag, compared weakly (RFC 9110, 13.1.2). */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return [...ifNoneMatch.matchAll(/"[^"]*"/g)].some(([each]) => each === tag);
}

/** Whether an If-Match names this strong entity tag, compared strongly (RFC 9110, 13.1.1); undefined: there is nothing. */
export function fulfilsMatch(ifMatch: string | undefined, tag: string | undefined): boolean {
  if (ifMatch === undefined) return true;
  if (tag === undefined) return false;
  if (ifMatch.trim() === '*') return true;
  return [...ifMatch.matchAll(/(?:W\/)?"[^"]*"/g)].some(([each]) => each === tag);
}
