import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { AgentAuth, AgentRetry } from '#contracts/agents.js';
import type { AgentHealth } from '#contracts/rest/agents.js';

/** An external executor. */
@Entity('agents')
@Index(['project', 'name'], { unique: true, where: 'deleted_at IS NULL' })
@Index(['project', 'createdAt', 'id'])
@Check('ck_agents_status', `status IN ('active', 'disabled')`)
export class Agent {
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  /** Unique among those that are not deleted. */
  @Column('text') name: string;
  @Column('text') url: string;
  @Column('text', { nullable: true }) healthUrl: string | null;
  @Column('text', { nullable: true }) description: string | null;
  /** Secrets stand in it as references. */
  @Column('json') auth: AgentAuth;
  @Column('integer') timeoutMs: number;
  @Column('json') retry: AgentRetry;
  @Column('text') status: 'active' | 'disabled';
  /** As it was found last. */
  @Column('json', { nullable: true }) health: AgentHealth | null;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('timestamptz', { nullable: true }) deletedAt: Date | null;
}
