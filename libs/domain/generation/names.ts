/** An id of the language: lower-case letters, digits and dashes, a letter first. */
export function slugOf(text: string, fallback: string): string {
  const slug = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, MAX_SLUG)
    .replace(/-+$/, '');
  return slug === '' ? fallback : slug;
}

const MAX_SLUG = 40;

/** Gives out each id once: `web`, `web-2`. */
export class Ids {
  private readonly taken = new Set<string>();

  take(wanted: string): string {
    let id = wanted;
    for (let number = 2; this.taken.has(id); number++) id = `${wanted}-${number}`;
    this.taken.add(id);
    return id;
  }
}
