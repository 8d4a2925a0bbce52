import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { problemError } from './problem.js';

/** A whole number of the query; what is none stays as it is, for the validation to refuse. */
export const ToInteger = () =>
  Transform(({ value }) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value));

export class PageQuery {
  @ApiPropertyOptional({
    description: 'Items at most.',
    type: 'integer',
    minimum: 1,
    maximum: 200,
    default: 50,
  })
  @IsOptional()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(200)
  limit = 50;

  @ApiPropertyOptional({ description: '`next` of the page before.' })
  @IsOptional()
  @IsString()
  @MaxLength(500)
  after?: string;
}

/** An opaque name of the place where a page ended. */
export function encodeCursor(place: string): string {
  return Buffer.from(place).toString('base64url');
}

/** Throws SluiceError `request-invalid` for what we did not hand out. */
export function decodeCursor(cursor: string | undefined, form: RegExp): string | undefined {
  if (cursor === undefined) return undefined;
  const place = Buffer.from(cursor, 'base64url').toString();
  if (!form.test(place)) throw cursorError();
  return place;
}

export function cursorError() {
  const message = 'must be `next` of an earlier page';
  return problemError('request-invalid', `after ${message}.`, { errors: [{ path: 'after', message }] });
}
