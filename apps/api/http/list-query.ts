import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsString, Matches, MaxLength, ValidateBy } from 'class-validator';
import type { Page } from '#contracts/rest/page.js';
import { parseMoment } from '#domain/definition/moment.js';
import type { ListedPage } from '#persistence/listing/list-page.js';
import { Optional } from './optional.js';
import { PageQuery } from './page-query.js';
import { problemError } from './problem.js';

/** `true` or `false` of the query; what is neither stays as it is, for the validation to refuse. */
const ToBoolean = () =>
  Transform(({ value }) => (value === 'true' ? true : value === 'false' ? false : value));

/** What every list may be asked; each resource adds its filters and, by `SortBy`, its orders. */
export class ListQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'Whether to count the items, 10,000 at most.' })
  @Optional()
  @ToBoolean()
  @IsBoolean()
  total?: boolean;
}

/** What every list answers beside its items. */
export class ListedResource {
  @ApiPropertyOptional({ description: 'Absent on the last page.' }) next?: string;
  @ApiPropertyOptional({ description: 'How many there are, where it was asked for.' }) total?: number;
  @ApiPropertyOptional({ enum: [true], description: 'There are more than `total`.' }) totalAtLeast?: true;
}

/** The orders of a list: each name, and with `-` before it the other way round. */
export function SortBy(names: readonly string[], first: string): PropertyDecorator {
  const orders = names.flatMap((name) => [name, `-${name}`]);
  return applyDecorators(
    ApiPropertyOptional({ enum: orders, default: first }),
    Optional(),
    IsIn(orders, { message: `must be one of ${orders.join(', ')}` }),
  );
}

/** A text of at most so many characters. */
export function TextFilter(description: string, max = 200): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ description, maxLength: max, minLength: 1 }),
    Optional(),
    IsString(),
    MaxLength(max),
    Matches(/^[^\0]+$/, { message: 'must be a text that is not empty' }),
  );
}

/** One or more of the values, separated by commas. */
export function ChoiceFilter(
  values: readonly string[],
  more: { readonly description?: string; readonly example?: string } = {},
): PropertyDecorator {
  const description = `One or more of ${values.join(', ')}, separated by commas.`;
  const one = values.join('|');
  return applyDecorators(
    ApiPropertyOptional({ type: String, description, pattern: `^(${one})(,(${one}))*$`, ...more }),
    Optional(),
    Transform(({ value }) => (typeof value === 'string' ? [...new Set(value.split(','))] : value)),
    IsArray(),
    IsIn(values, { each: true, message: `must be one or more of ${values.join(', ')}, separated by commas` }),
  );
}

/** `true` or `false`. */
export function SwitchFilter(description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: Boolean, description }),
    Optional(),
    ToBoolean(),
    IsBoolean(),
  );
}

/** A moment, in the form of RFC 3339. */
export function MomentFilter(description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: String, format: 'date-time', description }),
    Optional(),
    ValidateBy({
      name: 'moment',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && parseMoment(value) !== undefined,
        defaultMessage: () => 'must be a moment in the form of RFC 3339, as 2026-11-22T08:30:00Z',
      },
    }),
  );
}

/** Throws SluiceError `request-invalid` where the one moment is not before the other. */
export function requireBefore(
  [first, from]: readonly [name: string, moment: string | undefined],
  [second, to]: readonly [name: string, moment: string | undefined],
): void {
  if (from === undefined || to === undefined || parseMoment(from)! < parseMoment(to)!) return;
  const message = `must be before \`${second}\``;
  throw problemError('request-invalid', `${first} ${message}.`, { errors: [{ path: first, message }] });
}

/** A page as clients see it. */
export function toPage<Row, Item>(
  page: ListedPage<Row>,
  present: (row: Row) => Item,
): Page<Item> & { items: Item[] } {
  const { rows, ...rest } = page;
  return { items: rows.map(present), ...rest };
}
