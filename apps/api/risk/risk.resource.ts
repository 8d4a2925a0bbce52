import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Afterwards } from '#contracts/judgement/gate-result.js';
import {
  type ChangeFactors,
  RISK_LEVELS,
  type RiskAssessment,
  type RiskEnvironment,
  type RiskLevel,
} from '#contracts/judgement/risk.js';
import type { HistoryFacts } from '#contracts/judgement/risk-report.js';
import type { Page } from '#contracts/rest/page.js';
import type {
  AssessmentSummary,
  AssessmentVersionView,
  AssessmentView,
  EnvironmentState,
  EnvironmentView,
  OutcomeView,
  RiskModelFacts,
} from '#contracts/rest/risk.js';
import type {
  AssessmentRow,
  AssessmentSummaryRow,
  AssessmentVersionRow,
} from '#persistence/risk/assessment-repository.js';
import type { EnvironmentRow } from '#persistence/risk/environment-repository.js';
import type { OutcomeRow } from '#persistence/risk/outcome-repository.js';
import { ListedResource } from '../http/list-query.js';

const ANY_OBJECT = { type: 'object', additionalProperties: true } as const;

export class AssessmentSummaryResource implements AssessmentSummary {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty({ description: 'Full id.' }) commit: string;
  @ApiPropertyOptional({ format: 'uuid', description: 'The run whose step assessed it.' }) run?: string;
  @ApiPropertyOptional({ description: 'Key of the step.' }) step?: string;
  @ApiPropertyOptional({ description: 'Of the step, from 1.' }) attempt?: number;
  @ApiProperty({ description: 'Its name.' }) environment: string;
  @ApiProperty({ description: 'From 1; greater each time it was assessed again.' }) version: number;
  @ApiProperty({ description: '0 to 100.' }) score: number;
  @ApiProperty({ enum: RISK_LEVELS }) level: RiskLevel;
  @ApiProperty({ description: 'Of a defect, by the model alone; 0 to 1.' }) probability: number;
  @ApiProperty({ description: 'Whether it is assessed again when the environment changes.' }) open: boolean;
  @ApiProperty({ description: 'The whole in a few sentences.' }) text: string;
  @ApiProperty() by: string;
  @ApiProperty({ format: 'date-time' }) at: string;
  @ApiProperty({ format: 'date-time', description: 'Of the version.' }) updatedAt: string;
}

export class AssessmentResource extends AssessmentSummaryResource implements AssessmentView {
  @ApiProperty({ ...ANY_OBJECT, description: 'Contributions, mitigations, confidence, model and so on.' })
  result: RiskAssessment;
  @ApiProperty({ ...ANY_OBJECT, description: 'Of the change.' }) factors: ChangeFactors;
  @ApiPropertyOptional({ ...ANY_OBJECT, description: 'What the factors rest on.' }) history?: HistoryFacts;
  @ApiProperty({ ...ANY_OBJECT, description: 'The environment as it was taken into account.' })
  state: RiskEnvironment;
  @ApiPropertyOptional({ description: 'Why it was assessed again.' }) reason?: string;
}

export class AssessmentPage extends ListedResource implements Page<AssessmentSummaryResource> {
  @ApiProperty({ type: [AssessmentSummaryResource] }) items: AssessmentSummaryResource[];
}

export class AssessmentVersionResource implements AssessmentVersionView {
  @ApiProperty() version: number;
  @ApiProperty() score: number;
  @ApiProperty({ enum: RISK_LEVELS }) level: RiskLevel;
  @ApiPropertyOptional({ description: 'What had changed; absent of the first.' }) reason?: string;
  @ApiProperty({ ...ANY_OBJECT, description: 'The environment as it was taken into account.' })
  state: RiskEnvironment;
  @ApiProperty(ANY_OBJECT) result: RiskAssessment;
  @ApiProperty() by: string;
  @ApiProperty({ format: 'date-time' }) at: string;
}

export class AssessmentVersionPage extends ListedResource implements Page<AssessmentVersionResource> {
  @ApiProperty({ type: [AssessmentVersionResource] }) items: AssessmentVersionResource[];
}

class DeploymentsResource {
  @ApiProperty() total: number;
  @ApiProperty() failed: number;
}

class EnvironmentStateResource implements EnvironmentState {
  @ApiPropertyOptional({ type: DeploymentsResource }) deployments?: DeploymentsResource;
  @ApiPropertyOptional() openIncidents?: number;
  @ApiPropertyOptional() frozen?: boolean;
}

export class EnvironmentResource implements EnvironmentView {
  @ApiProperty() name: string;
  @ApiProperty({ type: EnvironmentStateResource, description: 'As somebody said.' })
  said: EnvironmentStateResource;
  @ApiPropertyOptional({ type: [String] }) workflows?: readonly string[];
  @ApiProperty({
    type: EnvironmentStateResource,
    description: 'What is known now: what was said, runs of its workflows, and freezes.',
  })
  state: EnvironmentStateResource;
  @ApiProperty() updatedBy: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class EnvironmentPage extends ListedResource implements Page<EnvironmentResource> {
  @ApiProperty({ type: [EnvironmentResource] }) items: EnvironmentResource[];
}

export class OutcomeResource implements OutcomeView {
  @ApiProperty() commit: string;
  @ApiProperty({ enum: ['good', 'bad'] }) outcome: Afterwards;
  @ApiProperty({ format: 'date-time', description: 'When it was known.' }) at: string;
  @ApiProperty({ ...ANY_OBJECT, description: 'Of the change, as it was assessed last.' })
  factors: ChangeFactors;
  @ApiPropertyOptional() reason?: string;
  @ApiProperty() by: string;
  @ApiProperty({ format: 'date-time' }) notedAt: string;
}

export class OutcomePage extends ListedResource implements Page<OutcomeResource> {
  @ApiProperty({ type: [OutcomeResource] }) items: OutcomeResource[];
}

class TrainedOnResource {
  @ApiProperty({ type: [String] }) projects: readonly string[];
  @ApiProperty() changes: number;
  @ApiProperty({ format: 'date-time', description: 'Of the first change.' }) from: string;
  @ApiProperty({ format: 'date-time', description: 'Of the last change.' }) to: string;
}

export class RiskModelResource implements RiskModelFacts {
  @ApiProperty() name: string;
  @ApiProperty({ description: 'SHA-256 of its data.' }) digest: string;
  @ApiProperty({ type: TrainedOnResource }) trainedOn: TrainedOnResource;
  @ApiProperty({ description: 'It comes with Sluice.' }) shipped: boolean;
  @ApiPropertyOptional() by?: string;
  @ApiPropertyOptional({ format: 'date-time' }) at?: string;
}

export function toAssessmentSummary(row: AssessmentSummaryRow): AssessmentSummaryResource {
  return {
    id: row.id,
    commit: row.commit,
    ...(row.runId === null ? {} : { run: row.runId }),
    ...(row.step === null ? {} : { step: row.step }),
    ...(row.attempt === null ? {} : { attempt: row.attempt }),
    environment: row.environment,
    version: row.version,
    score: row.score,
    level: row.level,
    probability: row.probability,
    open: row.open,
    text: row.text,
    by: row.createdBy,
    at: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toAssessment(row: AssessmentRow): AssessmentResource {
  const { result, factors, history, state, reason } = row;
  const { score, probability, text } = result;
  return {
    ...toAssessmentSummary({ ...row, score, probability, text }),
    result,
    factors,
    ...(history === null ? {} : { history }),
    state,
    ...(reason === null ? {} : { reason }),
  };
}

export function toAssessmentVersion(row: AssessmentVersionRow): AssessmentVersionResource {
  const { version, reason, environment, result, createdBy, createdAt } = row;
  return {
    version,
    score: result.score,
    level: result.level,
    ...(reason === null ? {} : { reason }),
    state: environment,
    result,
    by: createdBy,
    at: createdAt.toISOString(),
  };
}

export function toEnvironment(row: EnvironmentRow, state: EnvironmentState): EnvironmentResource {
  return {
    name: row.name,
    said: row.state,
    ...(row.workflows === null ? {} : { workflows: row.workflows }),
    state,
    updatedBy: row.updatedBy,
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toOutcome(row: OutcomeRow): OutcomeResource {
  return {
    commit: row.commit,
    outcome: row.outcome,
    at: row.at.toISOString(),
    factors: row.factors,
    ...(row.reason === null ? {} : { reason: row.reason }),
    by: row.notedBy,
    notedAt: row.notedAt.toISOString(),
  };
}
