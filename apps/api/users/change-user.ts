import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { UserChange, UserRequest } from '#contracts/rest/users.js';
import type { Json } from '#domain/json.js';
import { EVERY_PROJECT } from '#persistence/repositories/access-repository.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { UserRepository, type UserRow } from '#persistence/repositories/user-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { toUserName } from './user.body.js';

/** Adds people and changes what is known of them. */
@Injectable()
export class ChangeUser {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Throws SluiceError `user-taken`. */
  async create(request: UserRequest, caller: Caller): Promise<UserRow> {
    const { displayName = null, issuer = null, subject = null, roles = [], reason } = request;
    const name = request.name.toLowerCase();
    return this.dataSource.transaction(async (manager) => {
      const users = new UserRepository(manager);
      const id = await users.add({ name, displayName, issuer, subject, createdBy: caller.actor });
      if (id === undefined) {
        throw problemError('user-taken', `Somebody is known as ${name}, or by this subject of the issuer.`);
      }
      await users.setRoles({ project: EVERY_PROJECT, userId: id }, roles, caller.actor);
      const row = (await users.find(name))!;
      await record(manager, caller, 'user.create', { name, after: toRecord(row), reason });
      return row;
    });
  }

  /** Throws SluiceError `user-not-found`. */
  async change(given: string, change: UserChange, caller: Caller): Promise<UserRow> {
    return this.dataSource.transaction(async (manager) => {
      const users = new UserRepository(manager);
      const name = toUserName(given);
      const before = name === undefined ? undefined : await users.find(name);
      if (before === undefined) throw problemError('user-not-found', 'Nobody is known by this name.');
      if (change.roles !== undefined) {
        await users.setRoles({ project: EVERY_PROJECT, userId: before.id }, change.roles, caller.actor);
      }
      await users.change(before.id, {
        displayName: change.displayName === undefined ? before.displayName : change.displayName,
        disabled: change.disabled ?? before.disabledAt !== null,
      });
      const row = (await users.find(before.name))!;
      await record(manager, caller, 'user.change', {
        name: before.name,
        before: toRecord(before),
        after: toRecord(row),
        reason: change.reason,
      });
      return row;
    });
  }
}

function toRecord({ displayName, issuer, subject, roles, disabledAt }: UserRow): Json {
  return { displayName, issuer, subject, roles, disabled: disabledAt !== null };
}

interface Change {
  readonly name: string;
  readonly before?: Json;
  readonly after: Json;
  readonly reason?: string | undefined;
}

/** People are in no project by themselves. */
async function record(
  manager: EntityManager,
  caller: Caller,
  action: 'user.create' | 'user.change',
  { name, ...change }: Change,
): Promise<void> {
  await new AuditRepository(manager).add({
    ...caller,
    ...change,
    project: EVERY_PROJECT,
    action,
    objectType: 'user',
    objectId: name,
  });
}
