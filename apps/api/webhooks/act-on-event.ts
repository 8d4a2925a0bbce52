import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { isSluiceError } from '#domain/errors.js';
import type { JsonObject } from '#domain/json.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { createUuidV7 } from '#persistence/uuid-v7.js';
import {
  DeliveryRepository,
  type DeliveryRow,
  type NewDelivery,
  type OutgoingEvent,
} from '#persistence/webhooks/delivery-repository.js';
import type { WebhookRow } from '#persistence/webhooks/webhook-repository.js';
import type { Caller } from '../http/caller.js';
import { Metrics } from '../observability/metrics.js';
import { StartRun } from '../runs/start-run.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindWorkflow } from '../workflows/find-workflow.js';
import { type Decision, decideEvent } from './decide-event.js';
import type { ReceivedEvent } from './received-event.js';
import { WebhookRelay } from './webhook-relay.js';

/** Of one delivery: by what it is known, and with what it came. */
export interface DeliveryOrigin extends Pick<NewDelivery, 'key' | 'content'> {
  readonly correlationId: string;
  readonly traceparent: string | undefined;
  /** Who asks for it again, and which one that is. */
  readonly replay?: { readonly of: string; readonly caller: Caller; readonly reason: string | undefined };
}

interface Work {
  readonly webhook: WebhookRow;
  readonly origin: DeliveryOrigin;
  readonly delivery: Omit<NewDelivery, 'outcome' | 'code' | 'message' | 'runId' | 'targets'>;
}

type Result = Pick<NewDelivery, 'outcome'> &
  Partial<Pick<NewDelivery, 'code' | 'message' | 'runId' | 'targets'>>;

/** Somebody else noted the same delivery at the same moment. */
class DeliveryKnown extends Error {}

/** Does what a webhook says about an event: it and the note of it are one transaction. */
@Injectable()
export class ActOnEvent {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
    @Inject(StartRun) private readonly startRun: StartRun,
    @Inject(WebhookRelay) private readonly relay: WebhookRelay,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** What cannot be done, because of the event or of the webhook, is noted as refused; what fails here is thrown. */
  async carryOut(webhook: WebhookRow, received: ReceivedEvent, origin: DeliveryOrigin): Promise<DeliveryRow> {
    const work: Work = { webhook, origin, delivery: toDelivery(webhook, received, origin) };
    try {
      await this.perform(work, decideEvent(webhook, received));
    } catch (error) {
      if (!(error instanceof DeliveryKnown)) throw error;
    }
    const { id, key, content } = work.delivery;
    const deliveries = new DeliveryRepository(this.dataSource.manager);
    const row =
      (await deliveries.find(webhook.id, id)) ?? (await deliveries.findSame(webhook.id, key, content));
    if (row === undefined) throw new Error(`delivery ${id} vanished while it was being noted`);
    this.metrics.eventReceived(row.id === id ? row.outcome : 'repeated');
    return row;
  }

  private async perform(work: Work, decision: Decision): Promise<void> {
    switch (decision.does) {
      case 'nothing':
        return this.noteAlone(work, { outcome: 'filtered' });
      case 'refuse':
        return this.noteAlone(work, { outcome: 'refused', code: decision.code, message: decision.message });
      case 'start':
        return this.start(work, decision.inputs);
      case 'send': {
        const { name, data, run } = decision;
        return this.send(work, { name, data, run, sender: actorOf(work.webhook) });
      }
    }
  }

  private async start(work: Work, inputs: JsonObject): Promise<void> {
    const { webhook, delivery } = work;
    const { action, workflowId, project } = webhook;
    if (action.type !== 'start') throw new Error(`webhook ${webhook.id} starts nothing`);
    try {
      const workflow = await this.findWorkflow.require(project, workflowId ?? '');
      await this.startRun.start({
        workflow,
        version: action.version,
        inputs,
        freeze: action.freeze,
        idempotencyKey: undefined,
        caller: callerOf(work),
        webhook: {
          delivery: delivery.id,
          note: (manager, runId) => note(manager, work, { outcome: 'started', runId }),
        },
      });
    } catch (error) {
      if (!isSluiceError(error) || error.fault !== 'user') throw error;
      await this.noteAlone(work, { outcome: 'refused', code: error.code, message: error.message });
    }
  }

  private async send(work: Work, event: OutgoingEvent): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const deliveries = new DeliveryRepository(manager);
      const targets = await deliveries.findTargets(work.delivery.project, event);
      const missing = event.run !== undefined && targets.length === 0;
      await note(
        manager,
        work,
        missing
          ? {
              outcome: 'refused',
              code: 'run-not-found',
              message: 'No living run of the project has this id.',
            }
          : { outcome: 'sent', targets: targets.length },
      );
      await deliveries.addMessages(work.delivery, event, targets);
    });
    this.relay.nudge();
  }

  private noteAlone(work: Work, result: Result): Promise<void> {
    return this.dataSource.transaction((manager) => note(manager, work, result));
  }
}

/** Throws DeliveryKnown. */
async function note(manager: EntityManager, { delivery, origin }: Work, result: Result): Promise<void> {
  const row = { ...delivery, code: null, message: null, runId: null, targets: null, ...result };
  if (!(await new DeliveryRepository(manager).add(row))) throw new DeliveryKnown();
  const { replay } = origin;
  if (replay === undefined) return;
  const { outcome, runId, code } = row;
  await new AuditRepository(manager).add({
    ...replay.caller,
    action: 'webhook.replay',
    objectType: 'webhook',
    objectId: delivery.webhookId,
    after: { delivery: delivery.id, of: replay.of, outcome, run: runId, code },
    reason: replay.reason,
  });
}

function toDelivery(
  { id: webhookId, project }: WebhookRow,
  { event, headers, text }: ReceivedEvent,
  { key, content, replay }: DeliveryOrigin,
): Work['delivery'] {
  return {
    id: createUuidV7(),
    project,
    webhookId,
    key,
    content,
    event,
    headers,
    body: text,
    replayOf: replay?.of ?? null,
    replayedBy: replay?.caller.actor ?? null,
  };
}

/** Runs are the webhook's, whoever lets a delivery be repeated. */
function callerOf({ webhook, origin: { correlationId, traceparent } }: Work): Caller {
  return { actor: actorOf(webhook), project: webhook.project, roles: [], correlationId, traceparent };
}

function actorOf({ name }: WebhookRow): string {
  return `webhook:${name}`;
}
