import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { type RerunRequest } from '#contracts/rest/operations.js';
import { FINAL_RUN_STATUSES } from '#contracts/rest/runs.js';
import type { Refusal } from '#domain/execution/operation.js';
import { canonicalJson } from '#domain/plan/canonical-json.js';
import type { EarlierStep, EarlierSteps } from '#domain/rerun/earlier-step.js';
import { computeSeed } from '#domain/rerun/seed.js';
import { EventRepository } from '#persistence/repositories/event-repository.js';
import type { RunRow } from '#persistence/repositories/run-repository.js';
import { StepRepository } from '#persistence/repositories/step-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindVersion } from '../workflows/find-version.js';
import { FindWorkflow } from '../workflows/find-workflow.js';
import { resolveVersion } from '../workflows/resolve-version.js';
import { requireVersionName } from '../workflows/version-name.js';
import { StartRun } from './start-run.js';

/** Starts a new run that takes over what an ended one achieved. */
@Injectable()
export class RerunRun {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindVersion) private readonly findVersion: FindVersion,
    @Inject(FindWorkflow) private readonly findWorkflow: FindWorkflow,
    @Inject(StartRun) private readonly startRun: StartRun,
  ) {}

  /**
   * Throws SluiceError `operation-refused` for a run that lives, `checkpoint-not-found`, `rerun-impossible`, and what
   * `StartRun.start` throws.
   */
  async rerun(
    run: RunRow,
    request: RerunRequest,
    { idempotencyKey, caller }: { readonly idempotencyKey: string | undefined; readonly caller: Caller },
  ): Promise<RunRow> {
    requireEnded(run);
    const { from, checkpoint, reason } = request;
    const workflow = await this.findWorkflow.require(run.project, run.workflowId);
    const version =
      request.version === undefined
        ? run.version
        : await resolveVersion(this.dataSource.manager, workflow, requireVersionName(request.version));
    const [oldVersion, newVersion] = await Promise.all([
      this.findVersion.require(run),
      this.findVersion.require({ workflowId: run.workflowId, version }),
    ]);
    const result = computeSeed({
      oldPlan: oldVersion.plan,
      newPlan: newVersion.plan,
      steps: await this.readSteps(run, checkpoint),
      ...(from === undefined ? {} : { from }),
      startedBy: caller.actor,
      inputsEdited:
        request.inputs !== undefined && canonicalJson(request.inputs) !== canonicalJson(run.inputs),
    });
    if (!result.ok) {
      const errors = result.findings.map(({ step, ...finding }) => ({ path: step, ...finding }));
      const text = result.findings.map(({ message, hint }) => `${message} ${hint}`).join(' ');
      throw problemError('rerun-impossible', text.slice(0, 1_000), { errors });
    }
    const { seed } = result;
    return this.startRun.start({
      workflow,
      version: request.version ?? version,
      number: version,
      inputs: request.inputs ?? run.inputs,
      idempotencyKey,
      caller,
      rerun: { of: run.id, from, checkpoint, reason, seed },
    });
  }

  /**
   * Of a checkpoint: what was over by then, with the turns of loops that were gone by, which only the projection knows,
   * and with what was undone since.
   */
  private async readSteps(run: RunRow, checkpoint: string | undefined): Promise<EarlierSteps> {
    const rows = await new StepRepository(this.dataSource.manager).listResults(run.id);
    if (checkpoint === undefined) return Object.fromEntries(rows.map((row) => [row.key, toEarlier(row)]));
    const found = await new EventRepository(this.dataSource.manager).findCheckpoint(run.id, checkpoint);
    if (found === undefined) {
      throw problemError('checkpoint-not-found', 'The run has no checkpoint of this name.');
    }
    const undone = rows.filter(({ key }) => key.includes(':'));
    const goneBy = rows.filter(({ key, sequence }) => key.includes('[') && sequence < found.sequence);
    const entries = (of: typeof rows) => of.map((row) => [row.key, toEarlier(row)] as const);
    return { ...Object.fromEntries(entries(goneBy)), ...found.steps, ...Object.fromEntries(entries(undone)) };
  }
}

function toEarlier({
  status,
  output,
  skipped,
}: Awaited<ReturnType<StepRepository['listResults']>>[number]): EarlierStep {
  return { status, output, ...(skipped === null ? {} : { skipped }) };
}

/** What a living run does meanwhile would be done twice. */
function requireEnded(run: RunRow): void {
  if (FINAL_RUN_STATUSES.includes(run.status)) return;
  const refusal: Refusal = {
    code: 'run-state',
    message: `The run has not ended: it is ${run.status}.`,
    fits: 'A run that has ended.',
  };
  throw problemError('operation-refused', `${refusal.message} Fits: ${refusal.fits}`, { refusal });
}
