import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ApprovalView } from '#contracts/rest/operations.js';
import type { Page } from '#contracts/rest/page.js';
import type { ApprovalState, Vote } from '#domain/execution/state.js';
import type { JsonObject } from '#domain/json.js';
import { ListedResource } from '../http/list-query.js';
import { RiskMarkResource } from '../risk/risk-mark.resource.js';

class VoteResource implements Vote {
  @ApiProperty() by: string;
  @ApiProperty({ enum: ['approved', 'rejected'] }) decision: Vote['decision'];
  @ApiProperty({ description: 'Milliseconds since the epoch.' }) at: number;
  @ApiPropertyOptional() reason?: string;
  @ApiPropertyOptional({ type: 'object', additionalProperties: true }) inputs?: JsonObject;
}

export class ApprovalStateResource implements ApprovalState {
  @ApiProperty({ type: [String], description: 'Roles, and people as `user:<name>`.' }) by: readonly string[];
  @ApiProperty({ description: 'How many different people must approve.' }) quorum: number;
  @ApiProperty({ description: 'Whether who started the run may decide.' }) selfApproval: boolean;
  @ApiPropertyOptional() message?: string;
  @ApiPropertyOptional({ description: 'Milliseconds since the epoch.' }) expiresAt?: number;
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    description: 'JSON Schema of each value that is asked of the approver.',
  })
  inputs?: Readonly<Record<string, JsonObject>>;
  @ApiProperty({ type: [VoteResource] }) votes: readonly VoteResource[];
  @ApiProperty() reminders: number;
}

export class ApprovalResource implements ApprovalView {
  @ApiProperty({ format: 'uuid' }) run: string;
  @ApiProperty({ description: "The workflow's name." }) workflow: string;
  @ApiProperty({ description: 'Key of the step.' }) step: string;
  @ApiPropertyOptional() name?: string;
  @ApiProperty({ format: 'date-time' }) requestedAt: string;
  @ApiProperty({ type: ApprovalStateResource }) approval: ApprovalStateResource;
  @ApiPropertyOptional({
    type: RiskMarkResource,
    description: 'What the run found last of the risk of its change, as assessed last.',
  })
  risk?: RiskMarkResource;
}

export class ApprovalPage extends ListedResource implements Page<ApprovalResource> {
  @ApiProperty({ type: [ApprovalResource] }) items: ApprovalResource[];
}
