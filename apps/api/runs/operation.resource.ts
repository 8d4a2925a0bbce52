import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { OperationView } from '#contracts/rest/operations.js';
import type { RunStatus } from '#domain/execution/state.js';
import { RUN_STATUSES } from './run.resource.js';

class OperatedStepResource {
  @ApiProperty() key: string;
  @ApiProperty() status: string;
}

export class OperationResource implements OperationView {
  @ApiProperty({ format: 'uuid' }) run: string;
  @ApiProperty({ enum: RUN_STATUSES.filter((status) => status !== 'queued') }) status: RunStatus;
  @ApiPropertyOptional({ type: OperatedStepResource, description: 'The step that it was about.' })
  step?: OperatedStepResource;
}
