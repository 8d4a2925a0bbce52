import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import type { Page } from '#contracts/rest/page.js';
import type { ListedPage } from '#persistence/listing/list-page.js';
import { PageQuery } from './page-query.js';

/** `true` or `false` of the query; what is neither stays as it is, for the validation to refuse. */
const ToBoolean = () =>
  Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value));

/** What every list may be asked; each resource adds its filters and, by `SortBy`, its orders. */
export class ListQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Whether to count all items, which takes time with their number.' })
  @IsOptional()
  @ToBoolean()
  @IsBoolean()
  total?: boolean;
}

/** The orders of a list: each name, and with `-` before it the other way round. */
export function SortBy(names: readonly string[], first: string): PropertyDecorator {
  const orders = names.flatMap((name) => [name, `-${name}`]);
  return applyDecorators(
    ApiPropertyOptional({ enum: orders, default: first }),
    IsOptional(),
    IsIn(orders, { message: `must be one of ${orders.join(', ')}` }),
  );
}

/** A page as clients see it. */
export function toPage<Row, Item>(
  page: ListedPage<Row>,
  present: (row: Row) => Item,
): Page<Item> & { items: Item[] } {
  const { rows, next, total } = page;
  return {
    items: rows.map(present),
    ...(next === undefined ? {} : { next }),
    ...(total === undefined ? {} : { total }),
  };
}
