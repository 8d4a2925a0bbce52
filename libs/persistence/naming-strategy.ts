import { DefaultNamingStrategy, type Table } from 'typeorm';

/** snake_case columns, and constraint names that a person recognises in an error message. */
export class SnakeCaseNaming extends DefaultNamingStrategy {
  override columnName(property: string, custom: string | undefined, prefixes: string[]): string {
    return snakeCase([...prefixes, custom ?? property].join('_'));
  }

  override primaryKeyName(table: Table | string): string {
    return `pk_${this.getTableName(table)}`;
  }

  override uniqueConstraintName(table: Table | string, columns: string[]): string {
    return this.named('uq', table, columns);
  }

  override foreignKeyName(table: Table | string, columns: string[]): string {
    return this.named('fk', table, columns);
  }

  override indexName(table: Table | string, columns: string[]): string {
    return this.named('ix', table, columns);
  }

  /** In the order of the columns' names, which is the only order that TypeORM knows in every call. */
  private named(prefix: string, table: Table | string, columns: string[]): string {
    return [prefix, this.getTableName(table), ...[...columns].sort()].join('_');
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
