import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { AliasRequest } from '#contracts/rest/versions.js';
import { LATEST_ALIAS } from '#domain/versions/version-reference.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { type AliasRow, VersionRepository } from '#persistence/repositories/version-repository.js';
import type { WorkflowRow } from '#persistence/repositories/workflow-repository.js';
import type { Caller } from '../http/caller.js';
import { fulfilsMatch } from '../http/entity-tag.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { resolveVersion } from './resolve-version.js';
import { requireVersionName } from './version-name.js';

/** Besides `latest`. */
const MAX_ALIASES = 100;

/** What the caller knows of the alias: headers of the request (RFC 9110, 13.1). */
export interface Condition {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

interface AliasChange {
  readonly workflow: WorkflowRow;
  readonly name: string;
  readonly condition: Condition;
  readonly caller: Caller;
}

/** Sets aliases up, moves and removes them; what runs already stays with its version. */
@Injectable()
export class MoveAlias {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /**
   * True where it is new. One that stands there already is left as it is. Throws SluiceError `alias-reserved`,
   * `alias-moved`, `alias-limit-reached`, `workflow-version-not-found`, `version-not-published`.
   */
  async move(change: AliasChange, { version, reason }: AliasRequest): Promise<boolean> {
    const { workflow, name, caller } = change;
    refuseReserved(name);
    return this.dataSource.transaction(async (manager) => {
      const aliases = new VersionRepository(manager);
      await aliases.lock(workflow.id);
      const before = await aliases.findAlias(workflow.id, name);
      requireCondition(change, before);
      const number = await resolveVersion(manager, workflow, requireVersionName(version));
      if (before?.version === number) return false;
      const target = await aliases.find(workflow.id, number);
      if (target?.semver == null) {
        throw problemError('version-not-published', `Version ${number} of ${workflow.name} is a draft.`);
      }
      if (before === undefined) await refuseTooMany(aliases, workflow);
      await aliases.moveAlias({
        project: caller.project,
        workflowId: workflow.id,
        name,
        version: number,
        reason,
        by: caller.actor,
      });
      const after = { version: number, as: target.semver };
      await record(manager, change, { action: 'workflow.alias', before, after, reason });
      return before === undefined;
    });
  }

  /** Throws SluiceError `alias-reserved`, `alias-not-found`, `alias-moved`. */
  async remove(change: AliasChange, reason: string): Promise<void> {
    const { workflow, name, caller } = change;
    refuseReserved(name);
    await this.dataSource.transaction(async (manager) => {
      const aliases = new VersionRepository(manager);
      await aliases.lock(workflow.id);
      const before = await aliases.findAlias(workflow.id, name);
      if (before === undefined) {
        throw problemError('alias-not-found', `${workflow.name} has no alias ${name}.`);
      }
      requireCondition(change, before);
      await aliases.removeAlias({
        project: caller.project,
        workflowId: workflow.id,
        name,
        reason,
        by: caller.actor,
      });
      await record(manager, change, { action: 'workflow.unalias', before, reason });
    });
  }
}

/** Of where the alias stands. */
export function tagOf({ lastMove }: Pick<AliasRow, 'lastMove'>): string {
  return `"${lastMove}"`;
}

function refuseReserved(name: string): void {
  if (name !== LATEST_ALIAS) return;
  throw problemError('alias-reserved', '`latest` always names the newest published version.');
}

function requireCondition({ name, condition }: AliasChange, before: AliasRow | undefined): void {
  const { ifMatch, ifNoneMatch } = condition;
  const unwanted = ifNoneMatch?.trim() === '*' && before !== undefined;
  if (!unwanted && fulfilsMatch(ifMatch, before && tagOf(before))) return;
  const where =
    before === undefined ? 'is not there' : `names version ${before.version}, published as ${before.semver}`;
  throw problemError('alias-moved', `The alias ${name} ${where}.`);
}

async function refuseTooMany(aliases: VersionRepository, { id, name }: WorkflowRow): Promise<void> {
  const own = (await aliases.listAliases(id)).filter((alias) => alias.name !== LATEST_ALIAS);
  if (own.length < MAX_ALIASES) return;
  throw problemError('alias-limit-reached', `${name} has ${MAX_ALIASES} aliases already.`);
}

interface AliasRecord {
  readonly action: 'workflow.alias' | 'workflow.unalias';
  readonly before: AliasRow | undefined;
  readonly after?: { readonly version: number; readonly as: string };
  readonly reason: string;
}

async function record(
  manager: EntityManager,
  { workflow, name, caller }: AliasChange,
  { action, before, after, reason }: AliasRecord,
): Promise<void> {
  await new AuditRepository(manager).add({
    ...caller,
    action,
    objectType: 'workflow',
    objectId: workflow.id,
    ...(before === undefined ? {} : { before: { alias: name, version: before.version, as: before.semver } }),
    ...(after === undefined ? {} : { after: { alias: name, ...after } }),
    reason,
  });
}
