import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Page } from '#contracts/rest/page.js';
import type {
  AttemptView,
  FullAttemptView,
  LogView,
  StepView,
  StepViewStatus,
} from '#contracts/rest/runs.js';
import type { Waiting } from '#domain/execution/state.js';
import type { Json } from '#domain/json.js';
import type { StoredLogLine } from '#persistence/repositories/log-repository.js';
import { ApprovalStateResource } from '../approvals/approval.resource.js';
import { ListedResource } from '../http/list-query.js';
import { RiskMarkResource } from '../risk/risk-mark.resource.js';
import { StepErrorResource } from './run.resource.js';

export const STEP_STATUSES = [
  'pending',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'skipped',
  'canceled',
] as const satisfies readonly StepViewStatus[];

class AttemptResource implements AttemptView {
  @ApiProperty({ description: 'From 1.' }) attempt: number;
  @ApiProperty({ enum: ['running', 'succeeded', 'failed', 'canceled', 'lost'] })
  status: AttemptView['status'];
  @ApiProperty() worker: string;
  @ApiProperty({ description: "A lost workspace was made anew; not the step's turn." }) rebuild: boolean;
  @ApiProperty({ format: 'date-time' }) startedAt: string;
  @ApiPropertyOptional({ format: 'date-time' }) endedAt?: string;
  @ApiPropertyOptional({ type: StepErrorResource }) error?: StepErrorResource;
}

export class StepResource implements StepView {
  @ApiProperty({ example: 'deploy[2]' }) key: string;
  @ApiProperty() id: string;
  @ApiPropertyOptional() name?: string;
  @ApiProperty() kind: string;
  @ApiPropertyOptional() action?: string;
  @ApiPropertyOptional({ description: 'Id of the step or stage that holds it.' }) parent?: string;
  @ApiProperty() depth: number;
  @ApiProperty({ enum: STEP_STATUSES })
  status: StepViewStatus;
  @ApiPropertyOptional({ enum: ['condition', 'upstream-failed', 'rejected', 'stopped', 'operator'] })
  skipped?: string;
  @ApiPropertyOptional({ enum: ['approval', 'event', 'intervention', 'claims'] })
  waitingFor?: Waiting;
  @ApiPropertyOptional({ type: ApprovalStateResource }) approval?: ApprovalStateResource;
  @ApiPropertyOptional({ description: 'Name of the event that it waits for.' }) event?: string;
  @ApiPropertyOptional({ description: 'Its result was taken over from an earlier run.' }) reused?: boolean;
  @ApiPropertyOptional({ format: 'date-time' }) startedAt?: string;
  @ApiPropertyOptional({ format: 'date-time' }) endedAt?: string;
  @ApiPropertyOptional({ type: Object }) output?: Json;
  @ApiPropertyOptional({ type: StepErrorResource }) error?: StepErrorResource;
  @ApiPropertyOptional({ type: RiskMarkResource, description: 'What it said of a risk, as assessed last.' })
  risk?: RiskMarkResource;
  @ApiProperty({ type: [AttemptResource] }) attempts: AttemptResource[];
}

export class FullAttemptResource extends AttemptResource implements FullAttemptView {
  @ApiPropertyOptional() action?: string;
  @ApiPropertyOptional({ type: Object, description: 'What the action was given, secrets as references.' })
  input?: Json;
}

export class AttemptPage extends ListedResource implements Page<FullAttemptResource> {
  @ApiProperty({ type: [FullAttemptResource] }) items: FullAttemptResource[];
}

export class StepPage implements Page<StepResource> {
  @ApiProperty({ type: [StepResource] }) items: StepResource[];
  @ApiPropertyOptional({ description: 'Only where there is too much for one answer.' }) next?: string;
}

export class LogResource implements LogView {
  @ApiProperty({ description: 'Continue after this line with `after`.' }) cursor: string;
  @ApiProperty() step: string;
  @ApiProperty() attempt: number;
  @ApiProperty() line: number;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ enum: ['stdout', 'stderr', 'sluice'] }) stream: string;
  @ApiProperty() text: string;
}

export class LogPage implements Page<LogResource> {
  @ApiProperty({ type: [LogResource] }) items: LogResource[];
  @ApiPropertyOptional() next?: string;
}

export function toLog(line: StoredLogLine): LogResource {
  return { ...line, at: line.at.toISOString() };
}
