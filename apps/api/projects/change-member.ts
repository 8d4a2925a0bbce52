import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { MemberRequest } from '#contracts/rest/projects.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { UserRepository } from '#persistence/repositories/user-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { toUserName } from '../users/user.body.js';

/** Says who is in a project, and as what. */
@Injectable()
export class ChangeMember {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** True where the person was not in it. Throws SluiceError `user-not-found`. */
  async set(user: string, { roles, reason }: MemberRequest, caller: Caller): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const users = new UserRepository(manager);
      const name = toUserName(user);
      const found = name === undefined ? undefined : await users.find(name);
      if (found === undefined) throw problemError('user-not-found', 'Nobody is known by this name.');
      const before = await users.setRoles({ project: caller.project, userId: found.id }, roles, caller.actor);
      await new AuditRepository(manager).add({
        ...caller,
        action: 'member.set',
        objectType: 'member',
        objectId: found.name,
        ...(before === undefined ? {} : { before: { roles: before } }),
        after: { roles },
        reason,
      });
      return before === undefined;
    });
  }

  /** Throws SluiceError `member-not-found`. */
  async remove(user: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const users = new UserRepository(manager);
      const name = toUserName(user);
      const found = name === undefined ? undefined : await users.find(name);
      const before =
        found && (await users.setRoles({ project: caller.project, userId: found.id }, [], caller.actor));
      if (found === undefined || before === undefined) {
        throw problemError('member-not-found', 'Nobody of this name is in the project.');
      }
      await new AuditRepository(manager).add({
        ...caller,
        action: 'member.remove',
        objectType: 'member',
        objectId: found.name,
        before: { roles: before },
      });
    });
  }
}
