import type { OperationType } from '#domain/execution/operation.js';

/** What the audit log knows, by the kind of thing that it happens to. */
export type AuditAction =
  | 'agent.create'
  | 'agent.change'
  | 'agent.delete'
  | 'webhook.create'
  | 'webhook.change'
  | 'webhook.rotate'
  | 'webhook.delete'
  | 'webhook.replay'
  | 'workflow.create'
  | 'workflow.version'
  | 'workflow.delete'
  | 'workflow.publish'
  | 'workflow.alias'
  | 'workflow.unalias'
  | 'run.start'
  | 'run.rerun'
  | 'run.repair'
  | `run.${OperationType}`
  | 'schedule.create'
  | 'schedule.change'
  | 'schedule.delete'
  | 'schedule.pause'
  | 'schedule.resume'
  | 'schedule.trigger'
  | 'schedule.backfill'
  | 'pool.set'
  | 'pool.delete'
  | 'freeze.create'
  | 'freeze.delete'
  | 'template.create'
  | 'template.change'
  | 'template.delete'
  | 'template.instantiate'
  | 'audit.archive'
  | 'retention.policy'
  | 'retention.run'
  | 'personal-data.export'
  | 'personal-data.erase'
  | 'project.create'
  | 'project.change'
  | 'project.delete'
  | 'member.set'
  | 'member.remove'
  | 'user.create'
  | 'user.change'
  | 'key.create'
  | 'key.revoke'
  | 'settings.change';

/** Kinds of things. */
export type AuditObject = KindOf<AuditAction>;

type KindOf<Action> = Action extends `${infer Kind}.${string}` ? Kind : never;
