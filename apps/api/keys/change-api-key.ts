import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { ApiKeyRequest } from '#contracts/rest/api-keys.js';
import { parseDuration } from '#domain/definition/duration.js';
import { AccessRepository, EVERY_PROJECT } from '#persistence/repositories/access-repository.js';
import { ApiKeyRepository, type ApiKeyRow } from '#persistence/repositories/api-key-repository.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { ProjectRepository } from '#persistence/repositories/project-repository.js';
import { UserRepository } from '#persistence/repositories/user-repository.js';
import { createApiKey } from '../auth/api-key.js';
import type { Identity } from '../auth/identity.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { toUserName } from '../users/user.body.js';

const MAX_KEYS = 1_000;

/** Projects whose keys the caller sees and changes; undefined: all. */
export function reachOf({ everywhere, project }: Identity): readonly string[] | undefined {
  return everywhere.includes('admin') ? undefined : [project];
}

/** Makes API keys and revokes them. */
@Injectable()
export class ChangeApiKey {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /**
   * Throws SluiceError `request-invalid`, `permission-missing` for what reaches beyond the caller's project,
   * `project-not-found`, `user-not-found`, `api-key-taken`, `api-key-limit-reached`.
   */
  async create(
    request: ApiKeyRequest,
    caller: Identity,
  ): Promise<{ readonly row: ApiKeyRow; readonly key: string }> {
    const { name, roles = [], projects = [caller.project], reason } = request;
    requireReach(request, projects, caller);
    const expiresAt = readExpiry(request.expiresAt);
    if ((request.user === undefined) === (roles.length === 0)) {
      throw invalid('roles', 'must be given, unless `user` is: a person has roles already');
    }
    return this.dataSource.transaction(async (manager) => {
      const keys = new ApiKeyRepository(manager);
      await keys.lock();
      await requireProjects(manager, projects, expiresAt);
      const userId = request.user === undefined ? null : await requireUser(manager, request.user);
      if (await keys.isNameTaken(name, projects)) {
        throw problemError('api-key-taken', `A living API key has the name ${name}.`);
      }
      for (const project of projects) {
        if ((await keys.countLiving(project)) >= MAX_KEYS) {
          throw problemError('api-key-limit-reached', `${project} has ${MAX_KEYS} living API keys already.`);
        }
      }
      const { id, text, hash } = createApiKey();
      const rights = { name, roles: [...roles], projects: [...projects], expiresAt };
      await keys.add({ ...rights, id, hash, userId, createdBy: caller.actor });
      await new AuditRepository(manager).add({
        ...caller,
        action: 'key.create',
        objectType: 'key',
        objectId: id,
        after: { ...rights, expiresAt: expiresAt?.toISOString() ?? null, user: request.user ?? null },
        reason,
      });
      return { row: (await keys.find(id, undefined))!, key: text };
    });
  }

  /** A second time it is as if it were the first. Throws SluiceError `api-key-not-found`. */
  async revoke(id: string, caller: Identity): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const keys = new ApiKeyRepository(manager);
      const row = await keys.find(id, reachOf(caller));
      if (row === undefined) throw problemError('api-key-not-found', 'No API key has this id.');
      if (!(await keys.revoke(id, caller.actor))) return;
      await new AuditRepository(manager).add({
        ...caller,
        action: 'key.revoke',
        objectType: 'key',
        objectId: id,
        before: { name: row.name, roles: row.roles, projects: row.projects },
      });
    });
  }
}

function requireReach({ user }: ApiKeyRequest, projects: readonly string[], caller: Identity): void {
  const reach = reachOf(caller);
  if (reach === undefined) return;
  if (user === undefined && projects.every((project) => reach.includes(project))) return;
  const message =
    'Only an administrator of all projects makes keys of other projects, or that stand for a person.';
  throw problemError('permission-missing', message);
}

/** That they are there, and that a key may live so long in them. */
async function requireProjects(
  manager: EntityManager,
  names: readonly string[],
  expiresAt: Date | null,
): Promise<void> {
  for (const name of names.filter((each) => each !== EVERY_PROJECT)) {
    if (!(await new AccessRepository(manager).projectExists(name))) {
      throw problemError('project-not-found', `There is no project ${name}.`);
    }
    const { keyLifetime } = await new ProjectRepository(manager).readSettings(name);
    const limit = keyLifetime === undefined ? undefined : parseDuration(keyLifetime);
    if (limit === undefined) continue;
    if (expiresAt === null || expiresAt.getTime() - Date.now() > limit) {
      throw invalid('expiresAt', `must be within ${keyLifetime}, as the settings of the project ${name} say`);
    }
  }
}

async function requireUser(manager: EntityManager, given: string): Promise<string> {
  const name = toUserName(given);
  const user = name === undefined ? undefined : await new UserRepository(manager).find(name);
  if (user === undefined) throw problemError('user-not-found', 'Nobody is known by this name.');
  return user.id;
}

function readExpiry(text: string | undefined): Date | null {
  if (text === undefined) return null;
  const time = new Date(text);
  const [now, last] = [Date.now(), Date.UTC(9999, 11, 31)];
  if (!(time.getTime() > now && time.getTime() < last)) throw invalid('expiresAt', 'must be a time to come');
  return time;
}

function invalid(path: string, message: string) {
  return problemError('request-invalid', `${path} ${message}.`, { errors: [{ path, message }] });
}
