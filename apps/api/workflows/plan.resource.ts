import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ValidationView, WorkflowPlanView } from '#contracts/rest/workflows.js';
import type { ForecastStep } from '#domain/forecast/forecast.js';
import type { Json } from '#domain/json.js';
import { FindingResource } from '../http/finding.resource.js';

export class ValidationResource implements ValidationView {
  @ApiProperty({ description: 'Whether it can be saved and run.' }) valid: boolean;
  @ApiPropertyOptional() name?: string;
  @ApiPropertyOptional({ description: 'That its version would have.' }) digest?: string;
  @ApiProperty({ type: [FindingResource], description: 'Errors and warnings.' }) findings: FindingResource[];
}

class PlannedStepResource implements ForecastStep {
  @ApiProperty({ description: '`deploy[2]`; `deploy[*]` where it is not known how often.' }) key: string;
  @ApiProperty() id: string;
  @ApiProperty() kind: string;
  @ApiPropertyOptional() name?: string;
  @ApiPropertyOptional() parent?: string;
  @ApiProperty() depth: number;
  @ApiProperty({ enum: ['runs', 'may-run', 'skipped', 'on-failure'] }) outlook: ForecastStep['outlook'];
  @ApiProperty({ type: [String], description: 'Conditions that are not known yet, outermost first.' })
  when: readonly string[];
  @ApiPropertyOptional() wave?: number;
  @ApiPropertyOptional() action?: string;
  @ApiPropertyOptional() workflow?: string;
  @ApiPropertyOptional() queue?: string;
  @ApiPropertyOptional() pool?: string;
  @ApiPropertyOptional({ type: Object }) input?: Json;
  @ApiPropertyOptional({ type: Object, additionalProperties: true }) claims?: NonNullable<
    ForecastStep['claims']
  >;
  @ApiProperty({ type: [String] }) notes: readonly string[];
}

class PlannedConcurrencyResource {
  @ApiProperty({ type: Object }) group: Json;
  @ApiProperty() policy: string;
}

export class WorkflowPlanResource implements WorkflowPlanView {
  @ApiProperty() name: string;
  @ApiPropertyOptional({ description: 'Number of the version, where it is stored.' }) version?: number;
  @ApiProperty({ type: [PlannedStepResource], description: 'In the order in which they would begin.' })
  steps: readonly PlannedStepResource[];
  @ApiProperty({ description: 'Waves of steps, one after the other.' }) waves: number;
  @ApiProperty({ type: [String] }) longestChain: readonly string[];
  @ApiProperty({ description: 'Milliseconds of waiting on the way to its end.' }) waitsMs: number;
  @ApiPropertyOptional({ type: Object }) output?: Json;
  @ApiPropertyOptional({ type: PlannedConcurrencyResource }) concurrency?: PlannedConcurrencyResource;
  @ApiProperty({ type: [String] }) missingInputs: readonly string[];
  @ApiProperty({ type: [String], description: 'What is taken for granted.' }) assumed: readonly string[];
  @ApiPropertyOptional({ type: [FindingResource], description: 'Warnings.' }) findings?: FindingResource[];
}
