import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { AgentAuth } from '#contracts/agents.js';
import type { AgentHealth, AgentView } from '#contracts/rest/agents.js';
import type { Page } from '#contracts/rest/page.js';
import type { AgentRow } from '#persistence/agents/agent-repository.js';
import { AgentAuthBody, AgentRetryBody } from './agent.body.js';

export class AgentHealthResource implements AgentHealth {
  @ApiProperty({ enum: ['healthy', 'unhealthy'] }) status: AgentHealth['status'];
  @ApiProperty({ format: 'date-time' }) checkedAt: string;
  @ApiProperty({ description: 'Milliseconds until it answered, or did not.' }) ms: number;
  @ApiPropertyOptional({ description: 'Absent where it did not answer.' }) httpStatus?: number;
  @ApiPropertyOptional({ description: 'What is wrong.' }) message?: string;
}

export class AgentResource implements AgentView {
  @ApiProperty({ format: 'uuid' }) id: string;
  @ApiProperty() name: string;
  @ApiProperty({ format: 'uri' }) url: string;
  @ApiPropertyOptional({ format: 'uri' }) healthUrl?: string;
  @ApiPropertyOptional() description?: string;
  @ApiProperty({ type: AgentAuthBody }) auth: AgentAuth;
  @ApiProperty() timeoutMs: number;
  @ApiProperty({ type: AgentRetryBody }) retry: AgentRetryBody;
  @ApiProperty({ enum: ['active', 'disabled'] }) status: AgentView['status'];
  @ApiPropertyOptional({ type: AgentHealthResource, description: 'As it was found last.' })
  health?: AgentHealthResource;
  @ApiProperty() createdBy: string;
  @ApiProperty({ format: 'date-time' }) createdAt: string;
  @ApiProperty({ format: 'date-time' }) updatedAt: string;
}

export class AgentPage implements Page<AgentResource> {
  @ApiProperty({ type: [AgentResource] }) items: AgentResource[];
  @ApiPropertyOptional() next?: string;
  @ApiPropertyOptional() total?: number;
}

export function toAgent(row: AgentRow): AgentResource {
  const { id, name, url, auth, timeoutMs, retry, status, createdBy } = row;
  return {
    id,
    name,
    url,
    ...(row.healthUrl === null ? {} : { healthUrl: row.healthUrl }),
    ...(row.description === null ? {} : { description: row.description }),
    auth,
    timeoutMs,
    retry,
    status,
    ...(row.health === null ? {} : { health: row.health }),
    createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
