import { Check, Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { DeliveryOutcome, PlatformDeliveryOutcome, WebhookEvent } from '#contracts/webhooks.js';
import { Integration } from './integration.entity.js';
import { Webhook } from './webhook.entity.js';

/** An event that a sender proved to be its own, and what became of it. Never changes once written. */
@Entity('webhook_deliveries')
@Index(['webhookId', 'key'], { unique: true })
@Index(['webhookId', 'content'], { unique: true })
@Index(['webhookId', 'id'])
@Index(['integrationId', 'key'], { unique: true })
@Index(['integrationId', 'content'], { unique: true })
@Index(['integrationId', 'id'])
@Index(['project', 'receivedAt', 'id'])
@Check(
  'ck_webhook_deliveries_outcome',
  `outcome IN ('started', 'sent', 'filtered', 'refused', 'observed', 'hinted')`,
)
export class WebhookDelivery {
  /** Version 7: sorts by time. */
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  /** One of the two: who proved it, and to whom. */
  @Column('uuid', { nullable: true }) webhookId: string | null;
  @Column('uuid', { nullable: true }) integrationId: string | null;
  /** Another delivery of the same key is the same delivery. Null of a replay. */
  @Column('text', { nullable: true }) key: string | null;
  /** SHA-256 of what the sender signed: a copy under another id is known by it. Null of a replay, and where nothing is signed. */
  @Column('text', { nullable: true }) content: string | null;
  @Column('json') event: WebhookEvent;
  /** Without those that hold secrets, or say whence it came. */
  @Column('json') headers: Readonly<Record<string, string>>;
  /** As it came. */
  @Column('text') body: string;
  @Column('text') outcome: DeliveryOutcome | PlatformDeliveryOutcome;
  /** Why it was refused, and what more there is to say. */
  @Column('text', { nullable: true }) code: string | null;
  @Column('text', { nullable: true }) message: string | null;
  /** That it started. Ids stay when what they name is gone. */
  @Column('uuid', { nullable: true }) runId: string | null;
  /** Runs that it was sent to. */
  @Column('integer', { nullable: true }) targets: number | null;
  /** Of a pipeline, that it told of. */
  @Column('uuid', { nullable: true }) executionId: string | null;
  @Column('uuid', { nullable: true }) replayOf: string | null;
  @Column('text', { nullable: true }) replayedBy: string | null;
  @Column('timestamptz', { default: () => 'now()' }) receivedAt: Date;

  @ManyToOne(() => Webhook)
  @JoinColumn({ name: 'webhook_id' })
  webhook?: Relation<Webhook>;

  @ManyToOne(() => Integration)
  @JoinColumn({ name: 'integration_id' })
  integration?: Relation<Integration>;
}
