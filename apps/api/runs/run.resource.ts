import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { workflowIdOf } from '#contracts/names.js';
import type { Page } from '#contracts/rest/page.js';
import {
  RUN_TROUBLES,
  type RunTrigger,
  type RunTrouble,
  type RunTroubleCode,
  type RunView,
  type RunViewStatus,
} from '#contracts/rest/runs.js';
import { FAILURE_CLASSES, type StepDiagnosis, type StepError } from '#domain/execution/step-error.js';
import type { Strategy } from '#domain/failures/strategy.js';
import type { Json, JsonObject } from '#domain/json.js';
import type { ListedRunRow } from '#persistence/repositories/run-row.js';
import { ListedResource } from '../http/list-query.js';

export const RUN_STATUSES = [
  'queued',
  'running',
  'paused',
  'canceling',
  'rolling-back',
  'succeeded',
  'rejected',
  'failed',
  'canceled',
] as const satisfies readonly RunViewStatus[];

export const RUN_TRIGGERS = [
  'api',
  'rerun',
  'workflow',
  'schedule',
  'webhook',
] as const satisfies readonly RunTrigger[];

class StepDiagnosisResource implements StepDiagnosis {
  @ApiProperty({ enum: FAILURE_CLASSES }) class: StepError['class'];
  @ApiProperty({ example: 'connection_refused' }) category: string;
  @ApiPropertyOptional({ description: "Number of the line in the attempt's log, from 1." }) line?: number;
  @ApiPropertyOptional() text?: string;
  @ApiProperty({ minimum: 0, maximum: 1 }) confidence: number;
  @ApiProperty() remediation: string;
  @ApiProperty({
    type: Object,
    additionalProperties: true,
    description: 'What to do: `kind` is retry, wait, ask, roll-back or stop.',
  })
  strategy: Strategy;
}

export class StepErrorResource implements StepError {
  @ApiProperty({ enum: FAILURE_CLASSES }) class: StepError['class'];
  @ApiProperty() code: string;
  @ApiProperty() message: string;
  @ApiPropertyOptional() hint?: string;
  @ApiPropertyOptional({
    description: 'The step that failed first, when this error is that of what holds it.',
  })
  step?: string;
  @ApiPropertyOptional({ type: Object }) details?: Json;
  @ApiPropertyOptional({
    type: StepDiagnosisResource,
    description: 'What log and exit code tell, where the action itself only knew that something failed.',
  })
  diagnosis?: StepDiagnosisResource;
}

class CancelResource {
  @ApiProperty() by: string;
  @ApiPropertyOptional() reason?: string;
  @ApiProperty({ format: 'date-time' }) at: string;
}

class RerunOfResource {
  @ApiProperty({ format: 'uuid' }) run: string;
  @ApiPropertyOptional({ description: 'Key of the step from which on it ran again.' }) from?: string;
}

class ParentRunResource {
  @ApiProperty({ format: 'uuid' }) run: string;
  @ApiProperty() step: string;
}

class ProgressResource {
  @ApiProperty({ description: 'Steps that will not change any more.' }) settled: number;
  @ApiProperty({ description: 'Steps known; grows as loops open.' }) total: number;
}

class WaitingResource {
  @ApiPropertyOptional({ description: 'The concurrency group in which it waits for its turn.' })
  group?: string;
  @ApiPropertyOptional({ format: 'uuid', description: 'The run of that group that lives.' }) run?: string;
  @ApiPropertyOptional({ description: 'The freeze whose end it waits for.' }) freeze?: string;
}

class RunTroubleResource implements RunTrouble {
  @ApiProperty({ enum: Object.keys(RUN_TROUBLES) }) code: RunTroubleCode;
  @ApiProperty() message: string;
  @ApiProperty({ description: 'What to do about it.' }) hint: string;
  @ApiProperty({ format: 'date-time' }) since: string;
}

export class RunResource implements RunView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() project: string;
  @ApiProperty({ format: 'uuid' }) workflowId: string;
  @ApiProperty({ description: "The workflow's name." }) workflow: string;
  @ApiProperty() version: number;
  @ApiPropertyOptional({ description: 'What that version was published as; absent of a draft.' })
  publishedAs?: string;
  @ApiProperty({ enum: RUN_STATUSES }) status: RunViewStatus;
  @ApiPropertyOptional({ type: RerunOfResource, description: 'The run that this one repeats in part.' })
  rerunOf?: RerunOfResource;
  @ApiPropertyOptional({ type: ParentRunResource, description: 'The run whose step started this one.' })
  parent?: ParentRunResource;
  @ApiProperty({ enum: RUN_TRIGGERS }) trigger: RunTrigger;
  @ApiPropertyOptional({ format: 'uuid', description: 'The delivery of a webhook that started it.' })
  delivery?: string;
  @ApiPropertyOptional({ type: WaitingResource, description: 'Why it is still queued.' })
  waitingFor?: NonNullable<RunView['waitingFor']>;
  @ApiPropertyOptional({
    type: RunTroubleResource,
    description: 'What keeps it from going on, though nothing in its definition does.',
  })
  trouble?: RunTroubleResource;
  @ApiProperty() startedBy: string;
  @ApiProperty({ type: 'object', additionalProperties: true }) inputs: JsonObject;
  @ApiPropertyOptional({ type: Object }) output?: Json;
  @ApiPropertyOptional({ type: StepErrorResource }) error?: StepErrorResource;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiPropertyOptional({ format: 'date-time' }) startedAt?: string;
  @ApiPropertyOptional({ format: 'date-time' }) endedAt?: string;
  @ApiPropertyOptional({ type: CancelResource }) cancel?: CancelResource;
  @ApiProperty({ type: ProgressResource }) progress: ProgressResource;
  @ApiProperty() temporalWorkflowId: string;
  @ApiPropertyOptional({ format: 'uri', description: 'Its page in the Temporal Web UI.' })
  temporalUrl?: string;
}

export class RunPage extends ListedResource implements Page<RunResource> {
  @ApiProperty({ type: [RunResource] }) items: RunResource[];
}

/** Fields that are absent are not looked at twice: a page has many runs. */
export function toRun(row: ListedRunRow): RunResource {
  const run = {
    id: row.id,
    project: row.project,
    workflowId: row.workflowId,
    workflow: row.workflow,
    version: row.version,
  } as RunResource;
  if (row.semver !== null) run.publishedAs = row.semver;
  run.status = row.status;
  run.trigger = row.trigger;
  addOrigin(run, row);
  addHindrance(run, row);
  run.startedBy = row.startedBy;
  run.inputs = row.inputs;
  if (row.output !== null) run.output = row.output;
  if (row.error !== null) run.error = row.error;
  run.createdAt = row.createdAt.toISOString();
  if (row.startedAt !== null) run.startedAt = row.startedAt.toISOString();
  if (row.endedAt !== null) run.endedAt = row.endedAt.toISOString();
  if (row.cancelAt !== null && row.cancelBy !== null) {
    const reason = row.cancelReason === null ? {} : { reason: row.cancelReason };
    run.cancel = { by: row.cancelBy, ...reason, at: row.cancelAt.toISOString() };
  }
  run.progress = { settled: row.settled, total: row.total };
  run.temporalWorkflowId = workflowIdOf(row.id);
  return run;
}

function addOrigin(run: RunResource, row: ListedRunRow): void {
  if (row.rerunOf !== null) {
    const from = row.rerunFrom === null ? {} : { from: row.rerunFrom };
    run.rerunOf = { run: row.rerunOf, ...from };
  }
  if (row.parentRun !== null && row.parentStep !== null) {
    run.parent = { run: row.parentRun, step: row.parentStep };
  }
  if (row.webhookDelivery !== null) run.delivery = row.webhookDelivery;
}

/** What it waits for, and what is in its way. */
function addHindrance(run: RunResource, row: ListedRunRow): void {
  if (row.freezeOver !== null) run.waitingFor = { freeze: row.freezeOver };
  else if (row.runAhead !== null && row.concurrencyGroup !== null) {
    run.waitingFor = { group: row.concurrencyGroup, run: row.runAhead };
  }
  if (row.trouble === null) return;
  const { code, message, since } = row.trouble;
  run.trouble = { code, message, hint: RUN_TROUBLES[code], since: new Date(since).toISOString() };
}
