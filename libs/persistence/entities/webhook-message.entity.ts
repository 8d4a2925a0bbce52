import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation } from 'typeorm';
import type { Json } from '#domain/json.js';
import { Run } from './run.entity.js';
import { WebhookDelivery } from './webhook-delivery.entity.js';

/** An event on its way from outside to a run. Written with its delivery; kept once delivered. */
@Entity('webhook_messages')
@Index(['targetRun'])
@Index(['nextAttemptAt'], { where: 'delivered_at IS NULL' })
export class WebhookMessage {
  @PrimaryColumn('uuid') deliveryId: string;
  @PrimaryColumn('uuid') targetRun: string;
  @Column('text', { default: 'default' }) project: string;
  @Column('text') event: string;
  @Column('json', { nullable: true }) data: Json;
  /** Who sends it, as the run is told. */
  @Column('text') sender: string;
  @Column('integer', { default: 0 }) attempts: number;
  /** As in the outbox. */
  @Column('integer', { default: 0 }) failures: number;
  @Column('timestamptz', { nullable: true }) setAsideAt: Date | null;
  /** As in the outbox. */
  @Column('timestamptz', { default: () => 'now()' }) nextAttemptAt: Date;
  @Column('text', { nullable: true }) lastError: string | null;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { nullable: true }) deliveredAt: Date | null;

  @ManyToOne(() => WebhookDelivery, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'delivery_id' })
  delivery?: Relation<WebhookDelivery>;

  @ManyToOne(() => Run, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'target_run' })
  target?: Relation<Run>;
}
