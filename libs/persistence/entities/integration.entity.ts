import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { PlatformAuth, WatchedPipeline } from '#contracts/cicd/integration.js';
import type { IntegrationHealth, IntegrationSync } from '#contracts/rest/integrations.js';
import type { JsonObject } from '#domain/json.js';
import type { StoredSecret } from './webhook.entity.js';

/** A platform of CI/CD that a project is connected with. */
@Entity('integrations')
@Index(['project', 'name'], { unique: true, where: 'deleted_at IS NULL' })
@Index(['project', 'createdAt', 'id'])
@Index(['nextCheckAt'], { where: `deleted_at IS NULL AND status = 'active'` })
@Index(['nextSyncAt'], { where: `deleted_at IS NULL AND status = 'active'` })
@Check('ck_integrations_status', `status IN ('active', 'disabled')`)
export class Integration {
  @PrimaryColumn('uuid') id: string;
  @Column('text', { default: 'default' }) project: string;
  /** Unique among those that are not deleted. */
  @Column('text') name: string;
  @Column('text', { nullable: true }) description: string | null;
  @Column('text') platform: string;
  /** Of its API, without a final slash. */
  @Column('text') baseUrl: string;
  /** Secrets stand in it as references. */
  @Column('json') auth: PlatformAuth;
  @Column('json') options: JsonObject;
  @Column('text', { nullable: true }) authorities: string | null;
  @Column('text', { nullable: true }) proxy: string | null;
  @Column('text') status: 'active' | 'disabled';
  /** Greater with each change of what is above. */
  @Column('integer', { default: 1 }) revision: number;
  /** Whose executions are asked for, those not started here too. */
  @Column('json') sync: readonly WatchedPipeline[];
  /** With which deliveries are signed; null where none are taken. */
  @Column('json', { nullable: true }) hookSecret: StoredSecret | null;
  /** Valid beside it until then. */
  @Column('json', { nullable: true }) previousHookSecret: StoredSecret | null;
  @Column('timestamptz', { nullable: true }) previousHookUntil: Date | null;
  /** The last delivery that proved nothing, or could not be read, and why. */
  @Column('timestamptz', { nullable: true }) refusedAt: Date | null;
  @Column('text', { nullable: true }) refusedFor: string | null;
  /** As it was found last. */
  @Column('json', { nullable: true }) health: IntegrationHealth | null;
  @Column('timestamptz', { default: () => 'now()' }) nextCheckAt: Date;
  /** How its executions were asked for last. */
  @Column('json', { nullable: true }) synced: IntegrationSync | null;
  @Column('timestamptz', { default: () => 'now()' }) nextSyncAt: Date;
  @Column('text') createdBy: string;
  @Column('timestamptz', { default: () => 'now()' }) createdAt: Date;
  @Column('timestamptz', { default: () => 'now()' }) updatedAt: Date;
  @Column('timestamptz', { nullable: true }) deletedAt: Date | null;
}
