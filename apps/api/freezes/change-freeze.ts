import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { FreezeRequest } from '#contracts/rest/freezes.js';
import { parseMoment } from '#domain/definition/moment.js';
import type { Freeze } from '#persistence/entities/freeze.entity.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { FreezeRepository } from '#persistence/repositories/freeze-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindWorkflow } from '../workflows/find-workflow.js';

const LONGEST_MS = 366 * 24 * 60 * 60 * 1_000;
/** That have not ended: every start is held against them. */
const MAX_FREEZES = 1_000;

/** Makes freezes and ends them. */
@Injectable()
export class ChangeFreeze {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
  ) {}

  /** Throws SluiceError `request-invalid`, `workflow-not-found`, `freeze-limit-reached`. */
  async create(request: FreezeRequest, caller: Caller): Promise<Freeze> {
    const [startsAt, endsAt] = readWindow(request);
    const workflows =
      request.workflows === undefined ? null : await this.readWorkflows(caller.project, request.workflows);
    return this.dataSource.transaction(async (manager) => {
      const freezes = new FreezeRepository(manager);
      if ((await freezes.countOpen(caller.project)) >= MAX_FREEZES) {
        throw problemError('freeze-limit-reached', `There are ${MAX_FREEZES} freezes that have not ended.`);
      }
      const { name, reason = null } = request;
      const row = {
        project: caller.project,
        name,
        startsAt,
        endsAt,
        reason,
        workflows,
        createdBy: caller.actor,
      };
      const freeze = await freezes.add(row);
      await new AuditRepository(manager).add({
        ...caller,
        action: 'freeze.create',
        objectType: 'freeze',
        objectId: freeze.id,
        after: describe(freeze),
        reason: request.reason,
      });
      return freeze;
    });
  }

  /** What waits for its end goes on. Throws SluiceError `freeze-not-found`. */
  async remove(freeze: Freeze, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      if (!(await new FreezeRepository(manager).remove(caller.project, freeze.id))) {
        throw problemError('freeze-not-found', 'No freeze has this id.');
      }
      await new AuditRepository(manager).add({
        ...caller,
        action: 'freeze.delete',
        objectType: 'freeze',
        objectId: freeze.id,
        before: describe(freeze),
      });
    });
  }

  /** Each by its name, as runs are held by it. */
  private async readWorkflows(project: string, given: readonly string[]): Promise<string[]> {
    const names: string[] = [];
    for (const idOrName of new Set(given))
      names.push((await this.findWorkflow.require(project, idOrName)).name);
    return names;
  }
}

function readWindow(request: FreezeRequest): readonly [Date, Date] {
  const [startsAt, endsAt] = [readMoment(request, 'startsAt'), readMoment(request, 'endsAt')];
  if (endsAt <= startsAt) throw invalid('endsAt', 'must be after startsAt');
  if (endsAt.getTime() - startsAt.getTime() > LONGEST_MS)
    throw invalid('endsAt', 'must be at most 366 days after startsAt');
  if (endsAt.getTime() <= Date.now()) throw invalid('endsAt', 'is over already');
  return [startsAt, endsAt];
}

function readMoment(request: FreezeRequest, key: 'startsAt' | 'endsAt'): Date {
  const moment = parseMoment(request[key]);
  if (moment === undefined) throw invalid(key, 'is no moment in the form of RFC 3339');
  return new Date(moment);
}

function invalid(path: string, message: string) {
  return problemError('request-invalid', `${path} ${message}.`, { errors: [{ path, message }] });
}

function describe({ name, startsAt, endsAt, workflows }: Freeze) {
  return { name, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString(), workflows };
}
