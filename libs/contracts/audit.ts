import type { OperationType } from '#domain/execution/operation.js';

/** What the audit log knows, by the kind of thing that it happens to. */
export type AuditAction =
  | 'workflow.create'
  | 'workflow.version'
  | 'workflow.publish'
  | 'workflow.alias'
  | 'workflow.unalias'
  | 'run.start'
  | 'run.rerun'
  | 'run.repair'
  | `run.${OperationType}`
  | 'pool.set'
  | 'pool.delete'
  | 'freeze.create'
  | 'freeze.delete'
  | 'template.create'
  | 'template.change'
  | 'template.delete'
  | 'template.instantiate'
  | 'project.create'
  | 'project.change'
  | 'project.delete'
  | 'member.set'
  | 'member.remove'
  | 'user.create'
  | 'user.change'
  | 'key.create'
  | 'key.revoke';

/** Kinds of things. */
export type AuditObject = KindOf<AuditAction>;

type KindOf<Action> = Action extends `${infer Kind}.${string}` ? Kind : never;
