import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { JsonObject } from '#domain/json.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { createUuidV7 } from '#persistence/uuid-v7.js';
import {
  type WebhookFields,
  WebhookRepository,
  type WebhookRow,
} from '#persistence/webhooks/webhook-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindWorkflow } from '../workflows/find-workflow.js';
import { resolveVersion } from '../workflows/resolve-version.js';
import { requireVersionName } from '../workflows/version-name.js';
import { checkRules } from './decide-event.js';
import { webhookNotFound } from './find-webhook.js';
import type { ActionBody, RotateBody, WebhookBody, WebhookChangeBody } from './webhook.body.js';
import { readAction, readScheme, refuseErrors } from './webhook-fields.js';
import { WebhookSecrets } from './webhook-secrets.js';

const MAX_WEBHOOKS = 1_000;
const OVERLAP_S = 86_400;

/** A webhook, and its secret where one was made just now. */
export interface ChangedWebhook {
  readonly row: WebhookRow;
  readonly secret: string | undefined;
}

/** Makes webhooks, changes and removes them. */
@Injectable()
export class ChangeWebhook {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
    @Inject(WebhookSecrets) private readonly secrets: WebhookSecrets,
  ) {}

  /**
   * Throws SluiceError `request-invalid`, `workflow-not-found`, `workflow-version-not-found`, `webhook-name-taken`,
   * `webhook-limit-reached`, `webhook-secret-needs-key`.
   */
  async create(body: WebhookBody, caller: Caller): Promise<ChangedWebhook> {
    const fields: WebhookFields = {
      name: body.name,
      description: body.description ?? null,
      scheme: readScheme(body.scheme),
      ...(await this.readAction(body.action, caller.project)),
      filter: body.filter ?? null,
      deliveryKey: body.deliveryKey ?? null,
      status: body.status ?? 'active',
    };
    refuseErrors(checkRules(fields));
    const id = createUuidV7();
    const { stored, secret } = this.secrets.create(id, fields.scheme, body.secret);
    return this.dataSource.transaction(async (manager) => {
      const webhooks = new WebhookRepository(manager);
      if ((await webhooks.count(caller.project)) >= MAX_WEBHOOKS) {
        throw problemError('webhook-limit-reached', `There are ${MAX_WEBHOOKS} webhooks already.`);
      }
      await keepWorkflow(webhooks, fields);
      const row = await webhooks.add(caller.project, fields, { id, secret: stored, createdBy: caller.actor });
      if (row === undefined) throw nameTaken(fields.name);
      await audit(manager, caller, 'webhook.create', { after: row, reason: body.reason });
      return { row, secret };
    });
  }

  /** What the body does not name stays. Throws SluiceError as `create` does, and `webhook-not-found`. */
  async change(idOrName: string, body: WebhookChangeBody, caller: Caller): Promise<WebhookRow> {
    const said = {
      ...(body.name !== undefined && { name: body.name }),
      ...(body.description !== undefined && { description: body.description }),
      ...(body.scheme !== undefined && { scheme: readScheme(body.scheme) }),
      ...(body.action !== undefined && (await this.readAction(body.action, caller.project))),
      ...(body.filter !== undefined && { filter: body.filter }),
      ...(body.deliveryKey !== undefined && { deliveryKey: body.deliveryKey }),
      ...(body.status !== undefined && { status: body.status }),
    };
    return this.dataSource.transaction(async (manager) => {
      const webhooks = new WebhookRepository(manager);
      const before = await requireLocked(webhooks, caller, idOrName);
      const fields: WebhookFields = { ...before, ...said };
      refuseErrors(checkRules(fields));
      await keepWorkflow(webhooks, fields);
      if (!(await webhooks.change(before.id, fields))) throw nameTaken(fields.name);
      const after = (await webhooks.find(caller.project, before.id))!;
      await audit(manager, caller, 'webhook.change', { before, after, reason: body.reason });
      return after;
    });
  }

  /** The secret before stays valid for a while. Throws SluiceError `webhook-not-found`, `webhook-secret-needs-key`. */
  async rotate(idOrName: string, body: RotateBody, caller: Caller): Promise<ChangedWebhook> {
    return this.dataSource.transaction(async (manager) => {
      const webhooks = new WebhookRepository(manager);
      const before = await requireLocked(webhooks, caller, idOrName);
      const { stored, secret } = this.secrets.create(before.id, before.scheme, body.secret);
      const until = new Date(Date.now() + (body.overlapS ?? OVERLAP_S) * 1_000);
      await webhooks.rotate(before.id, stored, until);
      const row = (await webhooks.find(caller.project, before.id))!;
      await audit(manager, caller, 'webhook.rotate', { before, after: row, reason: body.reason });
      return { row, secret };
    });
  }

  /** Its deliveries stay until their period ends. Throws SluiceError `webhook-not-found`. */
  async remove(idOrName: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const webhooks = new WebhookRepository(manager);
      const before = await requireLocked(webhooks, caller, idOrName);
      await webhooks.remove(before.id);
      await audit(manager, caller, 'webhook.delete', { before });
    });
  }

  private async readAction(
    body: ActionBody,
    project: string,
  ): Promise<Pick<WebhookFields, 'action' | 'workflowId'>> {
    const action = readAction(body);
    if (action.type !== 'start') return { action, workflowId: null };
    const workflow = await this.findWorkflow.require(project, body.workflow ?? '');
    if (action.version !== undefined) {
      await resolveVersion(this.dataSource.manager, workflow, requireVersionName(action.version));
    }
    return { action, workflowId: workflow.id };
  }
}

async function requireLocked(
  webhooks: WebhookRepository,
  { project }: Caller,
  idOrName: string,
): Promise<WebhookRow> {
  const row = await webhooks.find(project, idOrName, true);
  if (row === undefined) throw webhookNotFound();
  return row;
}

async function keepWorkflow(webhooks: WebhookRepository, { workflowId }: WebhookFields): Promise<void> {
  if (workflowId === null || (await webhooks.keepWorkflow(workflowId))) return;
  throw problemError('workflow-not-found', 'No workflow has this id or name.');
}

function nameTaken(name: string): Error {
  return problemError('webhook-name-taken', `The project has a webhook ${name} already.`);
}

interface Change {
  readonly before?: WebhookRow;
  readonly after?: WebhookRow;
  readonly reason?: string | undefined;
}

async function audit(
  manager: EntityManager,
  caller: Caller,
  action: 'webhook.create' | 'webhook.change' | 'webhook.rotate' | 'webhook.delete',
  { before, after, reason }: Change,
): Promise<void> {
  await new AuditRepository(manager).add({
    ...caller,
    action,
    objectType: 'webhook',
    objectId: (after ?? before)!.id,
    ...(before === undefined ? {} : { before: describe(before) }),
    ...(after === undefined ? {} : { after: describe(after) }),
    reason,
  });
}

/** Of a secret, whence it is. */
function describe(row: WebhookRow): JsonObject {
  const { name, description, scheme, secret, previousUntil, action, workflow, filter, deliveryKey, status } =
    row;
  const origin = 'reference' in secret ? secret.reference : `made here, key ${secret.sealed.key}`;
  return {
    name,
    description,
    scheme: { ...scheme },
    secretOrigin: origin,
    previousUntil: previousUntil?.toISOString() ?? null,
    action: { ...action, workflow } as JsonObject,
    filter,
    deliveryKey,
    status,
  };
}
