import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import { OptionalOrNull } from './optional.js';

const NAME = /^[a-z][a-z0-9-]{0,62}$/;

/** The name by which people and requests know one of a project's `agents`, `schedules` and so on. */
export function UniqueName(among: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ pattern: NAME.source, description: `Unique among the ${among} of the project.` }),
    IsString(),
    Matches(NAME, { message: 'must be small letters, digits and -, a letter first, 63 at most' }),
  );
}

/** Lines for people. */
export function Description(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: String, nullable: true, maxLength: 1000 }),
    OptionalOrNull(),
    IsString(),
    MaxLength(1000),
    Matches(/^[\P{Cc}\r\n\t]*$/u, {
      message: 'must not hold control characters other than tabs and ends of lines',
    }),
  );
}
