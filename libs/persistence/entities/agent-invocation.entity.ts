import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { AgentAnswer } from '#contracts/agents.js';
import { Run } from './run.entity.js';

/** The use of an agent by a step. Closed once its answer was taken, or nobody waits for it any more. */
@Entity('agent_invocations')
@Index(['runId', 'step'], { unique: true, where: `state <> 'closed'` })
@Index(['nextLookAt'], { where: `state <> 'closed'` })
@Check('ck_agent_invocations_state', `state IN ('sending', 'accepted', 'answered', 'closed')`)
export class AgentInvocation {
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  /** Its name. */
  @Column('text') agent: string;
  @Column('uuid') runId: string;
  @Column('text') step: string;
  @Column('integer') attempt: number;
  @Column('text') state: 'sending' | 'accepted' | 'answered' | 'closed';
  /** Of the attempt that waits, as Temporal knows it. */
  @Column('bytea') taskToken: Buffer;
  /** Signs the agent's token. */
  @Column('bytea') key: Buffer;
  /** Until it is taken: what an agent tells is not kept here. */
  @Column('json', { nullable: true }) answer: AgentAnswer | null;
  /** Tells the same answer, sent again, from another one. */
  @Column('text', { nullable: true }) answerDigest: string | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { nullable: true }) acceptedAt: Date | null;
  @Column('timestamptz', { nullable: true }) answeredAt: Date | null;
  @Column('timestamptz', { nullable: true }) closedAt: Date | null;
  /** When Temporal is next told that the attempt lives, or that its answer has come. */
  @Column('timestamptz', { default: () => 'now()' }) nextLookAt: Date;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'run_id' })
  run?: Relation<Run>;
}
