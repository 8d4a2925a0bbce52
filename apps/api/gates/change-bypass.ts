import { Inject, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import type { DataSource } from 'typeorm';
import type { BypassRequest } from '#contracts/rest/gates.js';
import { parseDuration } from '#domain/definition/duration.js';
import { GateBypassRepository, type GateBypassRow } from '#persistence/gates/gate-bypass-repository.js';
import { GateRepository } from '#persistence/gates/gate-repository.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { gateNotFound } from './find-gate.js';

const LONGEST_DAYS = 7;
const DAY_MS = 86_400_000;

/** Lets changes through that a gate does not pass, for a time, and ends that. */
@Injectable()
export class ChangeBypass {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Throws SluiceError `gate-not-found`, `request-invalid`, `gate-bypassed`. */
  async create(
    idOrName: string,
    { reason, for: duration }: BypassRequest,
    caller: Caller,
  ): Promise<GateBypassRow> {
    const lastsMs = readDuration(duration);
    return this.dataSource.transaction(async (manager) => {
      const gate = await new GateRepository(manager).findLocked(caller.project, idOrName);
      if (gate === undefined) throw gateNotFound();
      const bypasses = new GateBypassRepository(manager);
      const active = (await bypasses.findActive([gate.id])).get(gate.id);
      if (active !== undefined) {
        const { createdBy, expiresAt } = active;
        throw problemError(
          'gate-bypassed',
          `${createdBy} has bypassed ${gate.name} until ${expiresAt.toISOString()}.`,
        );
      }
      const bypass = await bypasses.add({
        project: gate.project,
        gateId: gate.id,
        reason,
        createdBy: caller.actor,
        expiresAt: new Date(Date.now() + lastsMs),
      });
      await new AuditRepository(manager).add({
        ...caller,
        action: 'gate.bypass',
        objectType: 'gate',
        objectId: gate.id,
        after: { bypass: bypass.id, expiresAt: bypass.expiresAt.toISOString() },
        reason,
      });
      return bypass;
    });
  }

  /** One that is over stays as it is. Throws SluiceError `gate-not-found`, `gate-bypass-not-found`. */
  async revoke(idOrName: string, id: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const gate = await new GateRepository(manager).find(caller.project, idOrName);
      if (gate === undefined) throw gateNotFound();
      const bypasses = new GateBypassRepository(manager);
      const bypass = isUUID(id) ? await bypasses.find(gate.id, id, true) : undefined;
      if (bypass === undefined)
        throw problemError('gate-bypass-not-found', `${gate.name} has no such bypass.`);
      if (!isActive(bypass, Date.now())) return;
      await bypasses.revoke(bypass.id, caller.actor);
      await new AuditRepository(manager).add({
        ...caller,
        action: 'gate.revoke',
        objectType: 'gate',
        objectId: gate.id,
        before: {
          bypass: bypass.id,
          createdBy: bypass.createdBy,
          reason: bypass.reason,
          expiresAt: bypass.expiresAt.toISOString(),
        },
      });
    });
  }
}

export function isActive(
  { revokedAt, expiresAt }: Pick<GateBypassRow, 'revokedAt' | 'expiresAt'>,
  now: number,
): boolean {
  return revokedAt === null && expiresAt.getTime() > now;
}

function readDuration(text: string): number {
  const ms = parseDuration(text);
  const path = 'for';
  const message = `must be a duration of 1s to ${LONGEST_DAYS}d, as 90m`;
  if (ms !== undefined && ms >= 1_000 && ms <= LONGEST_DAYS * DAY_MS) return ms;
  throw problemError('request-invalid', `The request is not valid: ${path} ${message}.`, {
    errors: [{ path, message }],
  });
}
