import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { SealedText, WebhookAction, WebhookScheme } from '#contracts/webhooks.js';
import { Workflow } from './workflow.entity.js';

/** A secret that was made here, or where it is. */
export type StoredSecret = { readonly sealed: SealedText } | { readonly reference: string };

/** Where a sender outside brings events. */
@Entity('webhooks')
@Index(['project', 'name'], { unique: true, where: 'deleted_at IS NULL' })
@Index(['project', 'createdAt', 'id'])
@Index(['workflowId'], { where: 'deleted_at IS NULL' })
@Check('ck_webhooks_status', `status IN ('active', 'disabled')`)
export class Webhook {
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  /** Unique among those that are not deleted. */
  @Column('text') name: string;
  @Column('text', { nullable: true }) description: string | null;
  @Column('json') scheme: WebhookScheme;
  @Column('json') secret: StoredSecret;
  /** Valid beside it until then. */
  @Column('json', { nullable: true }) previousSecret: StoredSecret | null;
  @Column('timestamptz', { nullable: true }) previousUntil: Date | null;
  @Column('json') action: WebhookAction;
  /** Of an action that starts runs. */
  @Column('uuid', { nullable: true }) workflowId: string | null;
  /** Expression: whether an event is meant. */
  @Column('text', { nullable: true }) filter: string | null;
  /** Expression: what tells deliveries apart; by their ids when null. */
  @Column('text', { nullable: true }) deliveryKey: string | null;
  @Column('text') status: 'active' | 'disabled';
  /** The last request that proved nothing, or could not be read, and why. */
  @Column('timestamptz', { nullable: true }) refusedAt: Date | null;
  @Column('text', { nullable: true }) refusedFor: string | null;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('timestamptz', { nullable: true }) deletedAt: Date | null;

  @ManyToOne(() => Workflow)
  @JoinColumn({ name: 'workflow_id' })
  workflow?: Relation<Workflow>;
}
