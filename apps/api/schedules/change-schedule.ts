import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { checkInputs } from '#domain/definition/check-inputs.js';
import type { Json, JsonObject } from '#domain/json.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { WorkflowRemoval } from '#persistence/repositories/workflow-removal.js';
import type { WorkflowRow } from '#persistence/repositories/workflow-repository.js';
import {
  type ScheduleFields,
  ScheduleRepository,
  type ScheduleRow,
} from '#persistence/schedules/schedule-repository.js';
import type { Caller } from '../http/caller.js';
import { fulfilsMatch } from '../http/entity-tag.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindVersion } from '../workflows/find-version.js';
import { FindWorkflow } from '../workflows/find-workflow.js';
import { resolveVersion } from '../workflows/resolve-version.js';
import { requireVersionName } from '../workflows/version-name.js';
import { scheduleNotFound } from './find-schedule.js';
import { readSchedule } from './read-schedule.js';
import type { ScheduleBody, ScheduleChangeBody } from './schedule.body.js';
import { ScheduleKeeper } from './schedule-keeper.js';

const MAX_SCHEDULES = 1_000;

/** Makes schedules, changes and removes them. Temporal follows, once it can be told. */
@Injectable()
export class ChangeSchedule {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
    @Inject(FindVersion) private readonly findVersion: FindVersion,
    @Inject(ScheduleKeeper) private readonly keeper: ScheduleKeeper,
  ) {}

  /**
   * Throws SluiceError `request-invalid`, `workflow-not-found`, `workflow-version-not-found`, `inputs-invalid`,
   * `schedule-name-taken`, `schedule-limit-reached`.
   */
  async create({ reason, ...body }: ScheduleBody, caller: Caller): Promise<ScheduleRow> {
    const read = readSchedule(body, undefined, Date.now());
    const workflow = await this.findWorkflow.require(caller.project, body.workflow);
    const fields: ScheduleFields = { ...read, workflowId: workflow.id };
    await this.requireRunnable(workflow, fields);
    const schedule = await this.dataSource.transaction(async (manager) => {
      const schedules = new ScheduleRepository(manager);
      await requireThere(manager, workflow);
      if ((await schedules.count(caller.project)) >= MAX_SCHEDULES) {
        throw problemError('schedule-limit-reached', `There are ${MAX_SCHEDULES} schedules already.`);
      }
      const added = await schedules.add(caller.project, fields, caller.actor);
      if (added === undefined) throw nameTaken(fields.name);
      await record(manager, caller, 'schedule.create', { id: added.id, after: describe(added), reason });
      return added;
    });
    this.keeper.nudge();
    return schedule;
  }

  /** What the body does not name stays. Throws also SluiceError `schedule-not-found`, `schedule-changed`. */
  async change(
    idOrName: string,
    { reason, ...body }: ScheduleChangeBody,
    ifMatch: string | undefined,
    caller: Caller,
  ): Promise<ScheduleRow> {
    const known = await this.require(this.dataSource.manager, { idOrName, caller });
    const workflow = await this.findWorkflow.require(caller.project, body.workflow ?? known.workflowId);
    const schedule = await this.dataSource.transaction(async (manager) => {
      const schedules = new ScheduleRepository(manager);
      await requireThere(manager, workflow);
      const before = await this.require(manager, { idOrName, caller, ifMatch });
      const fields: ScheduleFields = { ...readSchedule(body, before, Date.now()), workflowId: workflow.id };
      await this.requireRunnable(workflow, fields);
      if (!(await schedules.change(before.id, fields))) throw nameTaken(fields.name);
      const after = (await schedules.findById(before.id))!;
      await record(manager, caller, 'schedule.change', {
        id: before.id,
        before: describe(before),
        after: describe(after),
        reason,
      });
      return after;
    });
    this.keeper.nudge();
    return schedule;
  }

  /** Runs that it has started go on. Throws SluiceError `schedule-not-found`, `schedule-changed`. */
  async remove(idOrName: string, ifMatch: string | undefined, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const before = await this.require(manager, { idOrName, caller, ifMatch });
      await new ScheduleRepository(manager).remove(before.id);
      await record(manager, caller, 'schedule.delete', { id: before.id, before: describe(before) });
    });
    this.keeper.nudge();
  }

  /** With an `ifMatch` locked, and as the caller knows it. */
  private async require(
    manager: EntityManager,
    asked: { readonly idOrName: string; readonly caller: Caller; readonly ifMatch?: string | undefined },
  ): Promise<ScheduleRow> {
    const { idOrName, caller, ifMatch } = asked;
    const row = await new ScheduleRepository(manager).find(caller.project, idOrName, 'ifMatch' in asked);
    if (row === undefined) throw scheduleNotFound();
    if (!fulfilsMatch(ifMatch, tagOf(row))) {
      throw problemError('schedule-changed', `The schedule ${row.name} has the tag ${tagOf(row)} by now.`);
    }
    return row;
  }

  /** Would it start now? Each tick asks again. */
  private async requireRunnable(workflow: WorkflowRow, { version, inputs }: ScheduleFields): Promise<void> {
    const number =
      version === null
        ? workflow.latestVersion
        : await resolveVersion(this.dataSource.manager, workflow, requireVersionName(version));
    const found = await this.findVersion.find(workflow.id, number);
    if (found === undefined) {
      throw problemError('workflow-version-not-found', `${workflow.name} has no version ${number}.`);
    }
    const checked = checkInputs(found.inputs, inputs);
    if (checked.errors === undefined) return;
    const text = checked.errors.map((error) => `${error.path} ${error.message}`).join(' ');
    throw problemError('inputs-invalid', text.slice(0, 1_000), { errors: checked.errors });
  }
}

/** Of the schedule as it is. */
export function tagOf({ revision }: Pick<ScheduleRow, 'revision'>): string {
  return `"${revision}"`;
}

/** Nobody deletes it until this is done. */
async function requireThere(manager: EntityManager, { id }: WorkflowRow): Promise<void> {
  if (await new WorkflowRemoval(manager).lock(id)) return;
  throw problemError('workflow-not-found', 'No workflow has this id or name.');
}

function nameTaken(name: string): Error {
  return problemError('schedule-name-taken', `The project has a schedule ${name} already.`);
}

function record(
  manager: EntityManager,
  caller: Caller,
  action: 'schedule.create' | 'schedule.change' | 'schedule.delete',
  change: {
    readonly id: string;
    readonly before?: Json;
    readonly after?: Json;
    readonly reason?: string | undefined;
  },
): Promise<void> {
  const { id, ...rest } = change;
  return new AuditRepository(manager).add({
    ...caller,
    ...rest,
    action,
    objectType: 'schedule',
    objectId: id,
  });
}

function describe(row: ScheduleRow): JsonObject {
  const { name, description, workflow, version, inputs, timing, overlap, catchUpMs, pauseOnFailure } = row;
  return {
    name,
    description,
    workflow,
    version,
    inputs,
    timing: { ...timing } as JsonObject,
    overlap,
    catchUpMs: Number(catchUpMs),
    pauseOnFailure,
  };
}
