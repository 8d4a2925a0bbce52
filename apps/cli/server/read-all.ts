import type { Page } from '#contracts/rest/page.js';

export interface PageQuery {
  readonly limit?: number;
  readonly after?: string;
}

/** The items of all pages. */
export async function readAll<T>(read: (query: PageQuery) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = [];
  let after: string | undefined;
  do {
    const page = await read(after === undefined ? {} : { after });
    items.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return items;
}
