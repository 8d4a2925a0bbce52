import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';

/** What to fetch and check out. */
export type FoundRef =
  | { readonly kind: 'branch' | 'tag' | 'other'; readonly ref: string; readonly name: string }
  /** A commit, perhaps abbreviated: whether it exists shows when it is fetched. */
  | { readonly kind: 'commit'; readonly id: string };

/** Throws SluiceError `ref-invalid` for what git-check-ref-format(1) forbids; the rest may stand in an argument. */
export function requireValidRef(ref: string): void {
  const forbidden = /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^[-/.]|\/\.|[/.]$|\.lock(\/|$)|^@$/u;
  if (forbidden.test(ref)) throw createRefInvalid(ref);
}

/** Patterns for `git ls-remote` that bring what `findRef` needs. */
export function listRefPatterns(ref: string | undefined): string[] {
  if (ref === undefined || ref === 'HEAD') return ['HEAD'];
  return ref.startsWith('refs/') ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`];
}

/**
 * Chooses from the output of `git ls-remote --symref`: the branch before the tag of the same name, either before a
 * commit. Undefined when there is none.
 */
export function findRef(listing: string, ref: string | undefined): FoundRef | undefined {
  const names = new Map<string, string>();
  for (const line of listing.split('\n')) {
    const [id = '', name = ''] = line.split('\t');
    if (name !== '' && !id.startsWith('ref: ')) names.set(name, id);
  }
  if (ref === undefined || ref === 'HEAD') {
    const branch = /^ref: (refs\/heads\/\S+)\tHEAD$/m.exec(listing)?.[1];
    const head = names.get('HEAD');
    if (head === undefined) return undefined;
    return branch === undefined ? { kind: 'commit', id: head } : describeRef(branch);
  }
  const found = listRefPatterns(ref).find((name) => names.has(name));
  if (found !== undefined) return describeRef(found);
  return /^[0-9a-f]{7,64}$/i.test(ref) ? { kind: 'commit', id: ref.toLowerCase() } : undefined;
}

function describeRef(ref: string): FoundRef {
  for (const [prefix, kind] of [
    ['refs/heads/', 'branch'],
    ['refs/tags/', 'tag'],
    ['refs/', 'other'],
  ] as const) {
    if (ref.startsWith(prefix)) return { kind, ref, name: ref.slice(prefix.length) };
  }
  return { kind: 'other', ref, name: ref };
}

function createRefInvalid(ref: string): SluiceError {
  return createActionFailure({
    code: 'ref-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${JSON.stringify(ref)} cannot be the name of a ref.`,
    hint: 'Use a branch, a tag, a full ref (`refs/…`) or a commit id.',
  });
}
