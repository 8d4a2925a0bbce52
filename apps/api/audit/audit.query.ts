import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import type { ChainPlace } from '#domain/audit/chain-checker.js';
import { parseMoment } from '#domain/definition/moment.js';
import { AUDIT_SORTS, type AuditFilter, type AuditSort } from '#persistence/audit/audit-list.js';
import type { SortOrder } from '#persistence/listing/list-page.js';
import { ListQuery, SortBy } from '../http/list-query.js';
import { Optional } from '../http/optional.js';
import { ToInteger } from '../http/page-query.js';
import { problemError } from '../http/problem.js';

/** Of fifteen digits. */
const MAX_SEQUENCE = 999_999_999_999_999;
const CONTROL_FREE = /^\P{Cc}*$/u;

function TextFilter(description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ description, maxLength: 500 }),
    Optional(),
    IsString(),
    MaxLength(500),
    Matches(CONTROL_FREE, { message: 'must not hold control characters' }),
  );
}

function MomentFilter(description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ description, format: 'date-time' }),
    Optional(),
    IsString(),
    MaxLength(40),
  );
}

interface FilterQuery {
  readonly actor?: string;
  readonly action?: string;
  readonly objectType?: string;
  readonly objectId?: string;
  readonly correlationId?: string;
  readonly from?: string;
  readonly until?: string;
}

export class AuditListQuery extends ListQuery implements FilterQuery {
  @SortBy(AUDIT_SORTS, '-at')
  sort: SortOrder<AuditSort> = '-at';

  @TextFilter('Who.') actor?: string;
  @TextFilter('What, as `run.start`.') action?: string;
  @TextFilter('The kind of thing that it happened to, as `run`.') objectType?: string;
  @TextFilter('Its id, or its name where it has none.') objectId?: string;
  @TextFilter('Of the request that did it.') correlationId?: string;
  @MomentFilter('At or after this moment.') from?: string;
  @MomentFilter('Before this moment.') until?: string;
}

export class AuditExportQuery implements FilterQuery {
  @ApiPropertyOptional({
    description: 'The sequence of the last entry that is there already.',
    default: 0,
    type: 'integer',
    minimum: 0,
  })
  @Optional()
  @ToInteger()
  @IsInt()
  @Min(0)
  @Max(MAX_SEQUENCE)
  after = 0;

  @TextFilter('Who.') actor?: string;
  @TextFilter('What, as `run.start`.') action?: string;
  @TextFilter('The kind of thing that it happened to, as `run`.') objectType?: string;
  @TextFilter('Its id, or its name where it has none.') objectId?: string;
  @TextFilter('Of the request that did it.') correlationId?: string;
  @MomentFilter('At or after this moment.') from?: string;
  @MomentFilter('Before this moment.') until?: string;
}

export class AuditVerifyQuery {
  @ApiPropertyOptional({
    description: 'A head of an earlier time, `sequence:hash`.',
    pattern: '^\\d{1,15}:[0-9a-f]{64}$',
  })
  @Optional()
  @IsString()
  @Matches(/^\d{1,15}:[0-9a-f]{64}$/, { message: 'must be `sequence:hash` of an earlier answer' })
  expect?: string;
}

/** Throws SluiceError `request-invalid` for a time that is none. */
export function toAuditFilter(query: FilterQuery): AuditFilter {
  const { actor, action, objectType, objectId, correlationId } = query;
  return {
    actor,
    action,
    objectType,
    objectId,
    correlationId,
    from: readMoment('from', query.from),
    until: readMoment('until', query.until),
  };
}

export function toChainPlace(text: string | undefined): ChainPlace | undefined {
  if (text === undefined) return undefined;
  const [sequence, hash = ''] = text.split(':');
  return { sequence: Number(sequence), hash };
}

function readMoment(path: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const moment = parseMoment(text);
  if (moment !== undefined) return new Date(moment);
  const message = 'is no moment in the form of RFC 3339';
  throw problemError('request-invalid', `${path} ${message}.`, { errors: [{ path, message }] });
}
