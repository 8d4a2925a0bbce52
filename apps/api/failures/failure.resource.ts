import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { FailureStatisticsView, FailureView } from '#contracts/rest/failures.js';
import type { Page } from '#contracts/rest/page.js';
import { FAILURE_CLASSES, type FailureClass } from '#domain/execution/step-error.js';
import { ListedResource } from '../http/list-query.js';
import { StepErrorResource } from '../runs/run.resource.js';

class ClassCountResource {
  @ApiProperty({ enum: FAILURE_CLASSES }) class: FailureClass;
  @ApiProperty() count: number;
}

class LatestResource {
  @ApiProperty({ format: 'uuid' }) run: string;
  @ApiProperty({ description: 'Its key.' }) step: string;
  @ApiProperty({ format: 'date-time' }) at: string;
}

class CategoryCountResource extends ClassCountResource {
  @ApiProperty({ example: 'connection_refused' }) category: string;
  @ApiProperty({ type: LatestResource }) latest: LatestResource;
}

class StepCountResource extends ClassCountResource {
  @ApiProperty() workflow: string;
  @ApiProperty({ description: 'Its id.' }) step: string;
}

class WorkflowCountResource {
  @ApiProperty() workflow: string;
  @ApiProperty({ description: 'Attempts that failed.' }) count: number;
  @ApiProperty({ description: 'Runs in which they were.' }) runs: number;
}

export class FailureStatisticsResource implements FailureStatisticsView {
  @ApiProperty({ format: 'date-time' }) from: string;
  @ApiProperty({ format: 'date-time' }) to: string;
  @ApiProperty({ description: 'Attempts that failed.' }) total: number;
  @ApiProperty({ type: [ClassCountResource] }) classes: ClassCountResource[];
  @ApiProperty({ type: [CategoryCountResource], description: 'The 50 most frequent.' })
  categories: CategoryCountResource[];
  @ApiProperty({ type: [StepCountResource], description: 'The 50 most frequent.' })
  steps: StepCountResource[];
  @ApiProperty({ type: [WorkflowCountResource], description: 'The 50 most frequent.' })
  workflows: WorkflowCountResource[];
}

class FailureResource implements FailureView {
  @ApiProperty({ format: 'uuid' }) run: string;
  @ApiProperty() workflow: string;
  @ApiProperty({ description: 'Its key.' }) step: string;
  @ApiProperty() attempt: number;
  @ApiPropertyOptional() action?: string;
  @ApiProperty({ format: 'date-time' }) startedAt: string;
  @ApiProperty({ format: 'date-time' }) endedAt: string;
  @ApiProperty({ type: StepErrorResource }) error: StepErrorResource;
}

export class FailurePage extends ListedResource implements Page<FailureResource> {
  @ApiProperty({ type: [FailureResource] }) items: FailureResource[];
}
