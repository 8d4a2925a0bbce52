import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { PlatformEvent } from '#connectors/cicd/platform.js';
import {
  IntegrationRepository,
  type IntegrationRow,
} from '#persistence/integrations/integration-repository.js';
import {
  PlatformDeliveryRepository,
  type PlatformDeliveryRow,
} from '#persistence/integrations/platform-delivery-repository.js';
import { ExecutionRepository } from '#persistence/pipelines/execution-repository.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { createUuidV7 } from '#persistence/uuid-v7.js';
import type { Caller } from '../http/caller.js';
import { Metrics } from '../observability/metrics.js';
import { DATA_SOURCE } from '../tokens.js';

/** A delivery as it is kept. */
export interface KeptDelivery {
  readonly integration: IntegrationRow;
  readonly event: PlatformEvent;
  /** Without those that hold secrets, or say whence it came. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it came. */
  readonly text: string;
  /** By what the same delivery is known when it comes again; null of a replay. */
  readonly key: string | null;
  readonly content: string | null;
  /** Who asks for it again, and which one that is. */
  readonly replay?: { readonly of: string; readonly caller: Caller; readonly reason: string | undefined };
}

/** Of events that prove nothing by themselves: how soon the platform may be asked for the next of them. */
const HINT_PAUSE_MS = 10_000;
const MOST_TEXT = 500;

/** Somebody else noted the same delivery at the same moment. */
class DeliveryKnown extends Error {}

/** Notes what a platform told, and the delivery by which it did, in one transaction. */
@Injectable()
export class NoteEvent {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** The same delivery again is answered as the first one. */
  async note(delivery: KeptDelivery): Promise<PlatformDeliveryRow> {
    const { integration, key, content } = delivery;
    const id = createUuidV7();
    try {
      await this.dataSource.transaction((manager) => noteIn(manager, id, delivery));
    } catch (error) {
      if (!(error instanceof DeliveryKnown)) throw error;
    }
    const deliveries = new PlatformDeliveryRepository(this.dataSource.manager);
    const row =
      (await deliveries.find(integration.id, id)) ??
      (await deliveries.findSame(integration.id, key, content));
    if (row === undefined) throw new Error(`delivery ${id} vanished while it was being noted`);
    this.metrics.eventReceived(row.id === id ? row.outcome : 'repeated');
    return row;
  }
}

/** Throws DeliveryKnown. */
async function noteIn(manager: EntityManager, id: string, delivery: KeptDelivery): Promise<void> {
  const { integration, event, headers, text, key, content, replay } = delivery;
  const executionId = await observe(manager, delivery);
  const outcome = event.execution === undefined ? 'filtered' : event.signed ? 'observed' : 'hinted';
  const added = await new PlatformDeliveryRepository(manager).add({
    id,
    project: integration.project,
    integrationId: integration.id,
    key,
    content,
    event: { id: shorten(event.delivery), type: shorten(event.type), source: '', subject: '' },
    headers,
    body: text,
    outcome,
    executionId,
    replayOf: replay?.of ?? null,
    replayedBy: replay?.caller.actor ?? null,
  });
  if (!added) throw new DeliveryKnown();
  if (replay === undefined) return;
  await new AuditRepository(manager).add({
    ...replay.caller,
    action: 'integration.replay',
    objectType: 'integration',
    objectId: integration.id,
    after: { delivery: id, of: replay.of, outcome, execution: executionId },
    reason: replay.reason,
  });
}

/** The execution here, where it was noted. */
async function observe(manager: EntityManager, { integration, event }: KeptDelivery): Promise<string | null> {
  const { execution, jobs, signed } = event;
  if (execution === undefined) return null;
  const { id, project, platform } = integration;
  const executions = new ExecutionRepository(manager);
  const through = { id, project, platform };
  if (signed)
    return executions.observe(through, { execution, told: true, ...(jobs === undefined ? {} : { jobs }) });
  await executions.hint(through, execution);
  await new IntegrationRepository(manager).hintSync(id, HINT_PAUSE_MS);
  return null;
}

function shorten(text: string): string {
  return text
    .slice(0, MOST_TEXT)
    .replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed();
}
