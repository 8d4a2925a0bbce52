import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
} from 'class-validator';
import { GATE_TYPES, type GateType } from '#contracts/judgement/gate.js';
import { type Afterwards, OUTCOMES, type Outcome } from '#contracts/judgement/gate-result.js';
import {
  COMMIT_PATTERN,
  LABEL_PATTERN,
  LABEL_VALUE_PATTERN,
  LONGEST_LABEL,
  MOST_GATE_VERSION,
  MOST_LABELS,
} from '#contracts/judgement/gate-subject.js';
import type { AfterwardsRequest, BypassRequest, EvaluateGateRequest } from '#contracts/rest/gates.js';
import type { JsonObject } from '#domain/json.js';
import { GATE_BYPASS_SORTS } from '#persistence/gates/gate-bypass-repository.js';
import { GATE_VERSION_SORTS } from '#persistence/gates/gate-repository.js';
import { GATE_RESULT_SORTS } from '#persistence/gates/gate-result-repository.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { NAMED_SORTS, type NamedSort } from '#persistence/listing/named-rows.js';
import { ChoiceFilter, ListQuery, SortBy, SwitchFilter, TextFilter } from '../http/list-query.js';
import { Optional } from '../http/optional.js';
import { ToInteger } from '../http/page-query.js';
import { ReasonBody } from '../runs/operation.bodies.js';

const COMMIT = new RegExp(COMMIT_PATTERN);
const LABEL = new RegExp(LABEL_PATTERN);
const LABEL_VALUE = new RegExp(LABEL_VALUE_PATTERN);
const AFTERWARDS = ['good', 'bad', 'unknown'] as const;

/** As sent: the transformer drops keys such as `prototype`. */
const AsSent = () => Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key]);

/** JSON can write more than a number holds, as 1e999. */
function holdsFinite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(holdsFinite);
}

const IsMetrics = () =>
  applyDecorators(
    AsSent(),
    IsObject(),
    ValidateBy({
      name: 'metrics',
      validator: { validate: holdsFinite, defaultMessage: () => 'must hold finite numbers' },
    }),
  );

function isLabel(text: string): boolean {
  return LABEL_VALUE.test(text) && [...text].length <= LONGEST_LABEL;
}

const IsLabels = () =>
  applyDecorators(
    AsSent(),
    IsObject(),
    ValidateBy({
      name: 'labels',
      validator: {
        validate: (value: unknown) => {
          const entries = Object.entries(Object(value) as Record<string, unknown>);
          const fits = entries.every(
            ([name, text]) => LABEL.test(name) && typeof text === 'string' && isLabel(text),
          );
          return fits && entries.length <= MOST_LABELS;
        },
        defaultMessage: () =>
          `must be at most ${MOST_LABELS} texts of ${LONGEST_LABEL} characters, by names of letters, digits, dots, dashes and slashes`,
      },
    }),
  );

export class EvaluateGateBody implements EvaluateGateRequest {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'By name: a number, a list of samples, null for what could not be measured, or a map with `value` or `samples`, `baseline`, `unit`, `source`, `observedAt`, `missing`.',
    example: { coverage: 81.5, p95: { value: 240, unit: 'ms' } },
  })
  @IsMetrics()
  metrics: JsonObject;

  @ApiPropertyOptional({ type: Number, minimum: 0, maximum: 100, description: 'Of the change.' })
  @Optional()
  @IsNumber({ allowNaN: false, allowInfinity: false })
  @Min(0)
  @Max(100)
  risk?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_GATE_VERSION,
    description: 'The newest when absent.',
  })
  @Optional()
  @IsInt()
  @Min(1)
  @Max(MOST_GATE_VERSION)
  version?: number;

  @ApiPropertyOptional({ pattern: COMMIT.source, description: 'What is judged.' })
  @Optional()
  @IsString()
  @Matches(COMMIT, { message: 'must be 7 to 64 lower-case hexadecimal digits' })
  commit?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Id of the run that asks.' })
  @Optional()
  @IsUUID()
  run?: string;

  @ApiPropertyOptional({ description: 'Key of the step that asks.', example: 'gate[2]' })
  @Optional()
  @IsString()
  @Matches(/^\P{Cc}{1,400}$/u, { message: 'must be 1 to 400 characters without control characters' })
  step?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', maxLength: LONGEST_LABEL },
    maxProperties: MOST_LABELS,
    description: 'Whatever tells changes apart, as the environment.',
  })
  @Optional()
  @IsLabels()
  labels?: Record<string, string>;

  @ApiPropertyOptional({ type: Boolean, default: false, description: 'Whether nothing is to be stored.' })
  @Optional()
  @IsBoolean()
  dryRun?: boolean;
}

export class AfterwardsBody extends ReasonBody implements AfterwardsRequest {
  @ApiProperty({ enum: AFTERWARDS, description: '`unknown`: not known after all.' })
  @IsIn(AFTERWARDS)
  afterwards: Afterwards | 'unknown';
}

export class BypassBody implements BypassRequest {
  @ApiProperty({ maxLength: 500, description: 'Why; shown with every result while it lasts.' })
  @IsString()
  @MaxLength(500)
  @Matches(/^(?=[\s\S]*\S)\P{Cc}*$/u, { message: 'must be a text without control characters' })
  reason: string;

  @ApiProperty({ description: 'A duration of seven days at most.', example: '90m' })
  @IsString()
  @MaxLength(40)
  for: string;
}

export class GateListQuery extends ListQuery {
  @ApiPropertyOptional({ enum: GATE_TYPES })
  @Optional()
  @IsIn(GATE_TYPES)
  type?: GateType;

  @TextFilter('Part of the name.')
  text?: string;

  @SortBy(NAMED_SORTS, 'name')
  sort: SortOrder<NamedSort> = 'name';
}

export class GateVersionListQuery extends ListQuery {
  @SortBy(GATE_VERSION_SORTS, '-version')
  sort: SortOrder<(typeof GATE_VERSION_SORTS)[number]> = '-version';
}

export class GateResultListQuery extends ListQuery {
  @ChoiceFilter(OUTCOMES, { example: 'fail,inconclusive' })
  outcome?: Outcome[];

  @ApiPropertyOptional({ pattern: COMMIT.source, description: 'What was judged.' })
  @Optional()
  @IsString()
  @Matches(COMMIT, { message: 'must be 7 to 64 lower-case hexadecimal digits' })
  commit?: string;

  @ApiPropertyOptional({ format: 'uuid', description: 'Id of the run that asked.' })
  @Optional()
  @IsUUID()
  run?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MOST_GATE_VERSION,
    description: 'Of the gate.',
  })
  @Optional()
  @ToInteger()
  @IsInt()
  @Min(1)
  @Max(MOST_GATE_VERSION)
  version?: number;

  @SortBy(GATE_RESULT_SORTS, '-createdAt')
  sort: SortOrder<(typeof GATE_RESULT_SORTS)[number]> = '-createdAt';
}

export class BypassListQuery extends ListQuery {
  @SwitchFilter('Whether they last.')
  active?: boolean;

  @SortBy(GATE_BYPASS_SORTS, '-createdAt')
  sort: SortOrder<(typeof GATE_BYPASS_SORTS)[number]> = '-createdAt';
}
