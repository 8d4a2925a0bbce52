import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import {
  type Afterwards,
  type GateResult,
  OUTCOMES,
  type Outcome,
} from '#contracts/judgement/gate-result.js';
import type { GateDecisionView, GateResultSummary, GateResultView } from '#contracts/rest/gates.js';
import type { Page } from '#contracts/rest/page.js';
import { hasPassed } from '#gates/stored/judge-by-kept-gate.js';
import type { GateBypassRow } from '#persistence/gates/gate-bypass-repository.js';
import type { GateRow } from '#persistence/gates/gate-repository.js';
import type { GateResultRow, GateResultSummaryRow } from '#persistence/gates/gate-result-repository.js';
import { ListedResource } from '../http/list-query.js';
import { BypassMarkResource, toMark } from './gate.resource.js';
import type { Decision } from './judge-change.js';

export class GateResultSummaryResource implements GateResultSummary {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ description: 'Its name.' }) gate: string;
  @ApiProperty({ description: 'Of the gate.' }) version: number;
  @ApiProperty({ description: 'Of all that decided; the same inputs have one result.' }) digest: string;
  @ApiProperty({ enum: OUTCOMES }) outcome: Outcome;
  @ApiProperty({ description: 'Percent of the weights.' }) score: number;
  @ApiProperty({
    description: 'Passed, with a warning or without, or let through by a bypass that lasts.',
  })
  allowed: boolean;
  @ApiPropertyOptional({
    type: BypassMarkResource,
    description:
      'The one under which it was let through; of what did not pass, the one that lasts before that.',
  })
  bypass?: BypassMarkResource;
  @ApiProperty({ description: 'What the gate says, for people.' }) text: string;
  @ApiPropertyOptional({ description: 'What was judged.' }) commit?: string;
  @ApiPropertyOptional({ format: 'uuid', description: 'The run that asked.' }) run?: string;
  @ApiPropertyOptional({ description: 'The step that asked.' }) step?: string;
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  labels: Readonly<Record<string, string>>;
  @ApiPropertyOptional({ enum: ['good', 'bad'], description: 'What became of the change.' })
  afterwards?: Afterwards;
  @ApiPropertyOptional({ description: 'Who said so.' }) notedBy?: string;
  @ApiProperty() by: string;
  @ApiProperty({ format: 'date-time' }) at: string;
}

export class GateResultResource extends GateResultSummaryResource implements GateResultView {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Each criterion: value, expectation, difference, weight, and what would change it.',
  })
  result: GateResult;
}

export class GateDecisionResource
  extends OmitType(GateResultResource, ['id'] as const)
  implements GateDecisionView
{
  @ApiPropertyOptional({ format: 'uuid', description: 'Absent of what is not stored.' }) id?: string;
}

export class GateResultPage extends ListedResource implements Page<GateResultSummaryResource> {
  @ApiProperty({ type: [GateResultSummaryResource] }) items: GateResultSummaryResource[];
}

/** What a result is shown with. */
interface Beside {
  readonly gate: GateRow;
  /** The one that lasts. */
  readonly bypass: GateBypassRow | undefined;
}

export function toResultSummary(row: GateResultSummaryRow, beside: Beside): GateResultSummaryResource {
  return { id: row.id, ...present(row, beside) };
}

export function toResult(row: GateResultRow, beside: Beside): GateResultResource {
  return { ...toResultSummary(row, beside), result: row.result };
}

export function toDecision({ row, ...beside }: Decision): GateDecisionResource {
  const { id } = row;
  return { ...(id === undefined ? {} : { id }), ...present(row, beside), result: row.result };
}

function present(
  row: Omit<GateResultSummaryRow, 'id'>,
  { gate, bypass }: Beside,
): Omit<GateResultSummaryResource, 'id'> {
  const passed = hasPassed(row);
  const mark = markOf(row, passed ? undefined : bypass);
  return {
    gate: gate.name,
    version: row.version,
    digest: row.digest,
    outcome: row.outcome,
    score: row.score,
    allowed: passed || bypass !== undefined,
    ...(mark === undefined ? {} : { bypass: mark }),
    text: row.text,
    ...(row.commit === null ? {} : { commit: row.commit }),
    ...(row.runId === null ? {} : { run: row.runId }),
    ...(row.step === null ? {} : { step: row.step }),
    labels: row.labels,
    ...(row.afterwards === null ? {} : { afterwards: row.afterwards }),
    ...(row.notedBy === null ? {} : { notedBy: row.notedBy }),
    by: row.createdBy,
    at: row.createdAt.toISOString(),
  };
}

function markOf(
  { bypass: earlier }: Pick<GateResultSummaryRow, 'bypass'>,
  active: GateBypassRow | undefined,
): BypassMarkResource | undefined {
  if (active !== undefined) return toMark(active);
  if (earlier === null) return undefined;
  const { id, createdBy: by, reason, expiresAt, revokedAt } = earlier;
  return { id, by, reason, until: new Date(revokedAt ?? expiresAt).toISOString() };
}
