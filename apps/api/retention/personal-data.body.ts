import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Matches, MaxLength } from 'class-validator';
import type { ErasureRequest, ErasureView } from '#contracts/rest/personal-data.js';
import { Optional } from '../http/optional.js';

/** As the API takes names of those who ask. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}$/;
const NAME_WORDS = { message: 'must be letters, digits and . _ @ + -, 100 at most' };

export class PersonBody {
  @ApiProperty({ description: 'By which the person asks.', maxLength: 100, pattern: NAME.source })
  @IsString()
  @Matches(NAME, NAME_WORDS)
  name: string;
}

export class ErasureBody extends PersonBody implements ErasureRequest {
  @ApiPropertyOptional({
    description: 'What stands in place of the name; a new one when absent.',
    maxLength: 100,
    pattern: NAME.source,
  })
  @Optional()
  @IsString()
  @Matches(NAME, NAME_WORDS)
  pseudonym?: string;

  @ApiPropertyOptional({ maxLength: 500, description: 'For the audit log.' })
  @Optional()
  @IsString()
  @MaxLength(500)
  @Matches(/^\P{Cc}*$/u, { message: 'must not hold control characters' })
  reason?: string;
}

export class ErasureResource implements ErasureView {
  @ApiProperty() pseudonym: string;
  @ApiProperty({
    type: Object,
    additionalProperties: { type: 'integer' },
    description: 'Rows that were changed, by table.',
  })
  rows: Readonly<Record<string, number>>;
  @ApiProperty({ type: [String], description: 'Files of the archive that were written anew.' })
  files: readonly string[];
  @ApiProperty({
    description: 'Runs that name the person and live: they keep the name until this is done again.',
  })
  living: number;
}
