import type { EntityManager } from 'typeorm';
import { type Condition, type ListedPage, type Listing, listPage, type PageRequest } from './list-page.js';

export const NAMED_SORTS = ['name', 'createdAt', 'updatedAt'] as const;

export type NamedSort = (typeof NAMED_SORTS)[number];

/** A table with `id`, `project`, `name`, `created_at`, `updated_at` and `deleted_at`. */
export interface NamedTable {
  readonly name: string;
  /** Short for the table in `columns` and `joins`. */
  readonly alias: string;
  /** What is selected of a row. */
  readonly columns: string;
  /** What stands after the table; to at most one row each. */
  readonly joins?: string;
}

/** The living rows of a table: their names are unique in a project, and that of a deleted one is free again. */
export abstract class NamedRows<Row extends object> {
  private readonly listing: Listing<NamedSort>;

  constructor(
    protected readonly manager: EntityManager,
    private readonly table: NamedTable,
  ) {
    this.listing = toListing(table);
  }

  /** By id or name, by id first. */
  async find(project: string, idOrName: string, lock = false): Promise<Row | undefined> {
    // Postgres would refuse the text.
    if (idOrName.includes('\0')) return undefined;
    const { alias } = this.table;
    const [row] = await this.manager.query(
      `SELECT ${this.listing.columns} FROM ${this.listing.from}
       WHERE ${alias}.project = $1 AND ${alias}.deleted_at IS NULL AND (${alias}.id::text = $2 OR ${alias}.name = $2)
       ORDER BY ${alias}.id::text = $2 DESC LIMIT 1 ${lock ? `FOR UPDATE OF ${alias}` : ''}`,
      [project, idOrName],
    );
    return row;
  }

  async count(project: string): Promise<number> {
    const [row] = await this.manager.query(
      `SELECT count(*)::integer AS count FROM ${this.table.name} WHERE project = $1 AND deleted_at IS NULL`,
      [project],
    );
    return row.count;
  }

  /**
   * Writes a row with its name; false where another one has the name, were it written at the same time. What is left of the
   * transaction is then to be given up.
   */
  protected async write(text: string, values: readonly unknown[]): Promise<boolean> {
    try {
      await this.manager.query(text, [...values]);
      return true;
    } catch (error) {
      // Names are all that is unique here, besides the ids that are made.
      if (isRepeated(error)) return false;
      throw error;
    }
  }

  protected listLiving(
    project: string,
    where: readonly Condition[],
    page: Omit<PageRequest<NamedSort>, 'where'>,
  ): Promise<ListedPage<Row>> {
    const { alias } = this.table;
    const living = { sql: `${alias}.project = ? AND ${alias}.deleted_at IS NULL`, value: project };
    return listPage(this.manager, this.listing, { ...page, where: [living, ...where] });
  }
}

/** SQLSTATE unique_violation. */
function isRepeated(error: unknown): boolean {
  const { driverError } = error as { driverError?: { code?: unknown } };
  return driverError?.code === '23505';
}

function toListing({ name, alias, columns, joins = '' }: NamedTable): Listing<NamedSort> {
  return {
    columns,
    from: `${name} ${alias} ${joins}`,
    sorts: {
      name: { sql: `${alias}.name`, type: 'text' },
      createdAt: { sql: `${alias}.created_at`, type: 'timestamptz' },
      updatedAt: { sql: `${alias}.updated_at`, type: 'timestamptz' },
    },
    key: { sql: `${alias}.id`, type: 'uuid' },
  };
}
