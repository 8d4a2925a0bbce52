/** Ids of workflows are lower case here, and begin with a letter. */
export function toName(written: string): string {
  const name = written.toLowerCase();
  return /^[a-z]/.test(name) ? name : `w-${name}`;
}
