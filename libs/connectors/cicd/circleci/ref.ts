/** A branch or a tag, or the usual branch. */
export interface Ref {
  readonly branch?: string;
  readonly tag?: string;
  /** Whether it was not said which of both it is. */
  readonly isPlain: boolean;
}

/** `refs/heads/…` and `refs/tags/…` say what they are; any other name is tried as a branch. */
export function readRef(ref: string | undefined): Ref {
  if (ref === undefined) return { isPlain: false };
  const [, kind, name = ''] = /^refs\/(heads|tags)\/(.+)$/s.exec(ref) ?? [];
  if (kind === 'tags') return { tag: name, isPlain: false };
  return kind === 'heads' ? { branch: name, isPlain: false } : { branch: ref, isPlain: true };
}

/** Whether what was started at a branch or tag may be what was asked for. */
export function fitsRef({ branch, tag, isPlain }: Ref, at: { branch?: string; tag?: string }): boolean {
  if (at.branch === undefined && at.tag === undefined) return true;
  if (branch === undefined && tag === undefined) return true;
  if (isPlain) return at.branch === branch || at.tag === branch;
  return branch === undefined ? at.tag === tag : at.branch === branch;
}
