import { describe, expect, it } from '@jest/globals';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsInt,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { Optional } from '../http/optional.js';
import { readValidatedProperties } from './validated-properties.js';

class ParentBody {
  @Optional()
  @IsString()
  @MaxLength(5)
  @Matches(/^\P{Cc}*$/u)
  reason?: string;
}

class Body extends ParentBody {
  @IsInt()
  @Min(1)
  @Max(9)
  count: number;

  @IsArray()
  @ArrayMaxSize(3)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(7, { each: true })
  names: string[];

  @Optional()
  anything?: unknown;
}

describe('readValidatedProperties', () => {
  it('says what is asked of each, inherited ones too, and of the items of lists', () => {
    expect(Object.fromEntries(readValidatedProperties(Body))).toEqual({
      reason: {
        own: { type: 'string', maxLength: 5, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]*$' },
        items: {},
        typed: true,
      },
      count: { own: { type: 'integer', minimum: 1, maximum: 9 }, items: {}, typed: true },
      names: {
        own: { maxItems: 3, uniqueItems: true },
        items: { type: 'string', maxLength: 7 },
        typed: true,
      },
      anything: { own: {}, items: {}, typed: false },
    });
  });
});
