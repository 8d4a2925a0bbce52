import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { FreezeChoice } from '#contracts/rest/runs.js';
import type { VersionName } from '#contracts/rest/workflows.js';
import { checkInputs } from '#domain/definition/check-inputs.js';
import type { Seed } from '#domain/execution/state.js';
import type { Json, JsonObject } from '#domain/json.js';
import { countSteps } from '#domain/plan/count-steps.js';
import { computeDigest } from '#domain/plan/digest.js';
import type { Plan } from '#domain/plan/plan.js';
import { type NewRun, RunRepository, type RunRow } from '#persistence/repositories/run-repository.js';
import type { WorkflowRow } from '#persistence/repositories/workflow-repository.js';
import { createUuidV7 } from '#persistence/uuid-v7.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { Metrics } from '../observability/metrics.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindVersion } from '../workflows/find-version.js';
import { resolveVersion } from '../workflows/resolve-version.js';
import { requireVersionName } from '../workflows/version-name.js';
import { acceptRun } from './accept-run.js';
import { OutboxRelay } from './outbox-relay.js';

interface StartRequest {
  readonly workflow: WorkflowRow;
  /** The newest when undefined. */
  readonly version: VersionName | undefined;
  /** What that means, where the caller has found it out already. */
  readonly number?: number;
  readonly inputs: JsonObject;
  readonly freeze?: FreezeChoice | undefined;
  readonly reason?: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly caller: Caller;
  /** `api` when absent, or `rerun`. */
  readonly trigger?: 'schedule';
  readonly rerun?: RerunOrigin;
  readonly webhook?: WebhookOrigin;
}

/** The delivery that starts a run. */
interface WebhookOrigin {
  readonly delivery: string;
  /** Writes it, in the transaction of the run; what it throws undoes both. */
  note(manager: EntityManager, run: string): Promise<void>;
}

/** The run that a new one repeats in part. */
interface RerunOrigin {
  readonly of: string;
  readonly from: string | undefined;
  readonly checkpoint: string | undefined;
  readonly reason: string | undefined;
  readonly seed: Seed;
}

/** Accepts runs: once it has answered, nothing can lose the run or start it twice. */
@Injectable()
export class StartRun {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(OutboxRelay) private readonly relay: OutboxRelay,
    @Inject(FindVersion) private readonly findVersion: FindVersion,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /**
   * Throws SluiceError `workflow-version-not-found`, `inputs-invalid`, `idempotency-key-reused`, `frozen`,
   * `concurrency-rejected`, `concurrency-group-invalid`. The same request under the same key is the same run, even where
   * a newer version has other inputs by now.
   */
  async start(request: StartRequest): Promise<RunRow> {
    const digest = digestRequest(request);
    const earlier = await this.findEarlier(request, digest);
    if (earlier !== undefined) return earlier;

    const { run, plan } = await this.prepare(request, digest);
    const { rerun } = request;
    const { name } = request.workflow;
    const accepted = await acceptRun(this.dataSource, {
      run,
      workflow: name,
      plan,
      freeze: request.freeze,
      caller: request.caller,
      action: rerun === undefined ? 'run.start' : 'run.rerun',
      reason: rerun === undefined ? request.reason : rerun.reason,
      alongside: request.webhook && ((manager, id) => request.webhook!.note(manager, id)),
      facts: {
        workflow: name,
        version: run.version,
        ...askedFor(request),
        inputs: run.inputs,
        ...originOf(request),
        ...(request.webhook === undefined ? {} : { delivery: request.webhook.delivery }),
      },
    });
    if (accepted === undefined) {
      const winner = await this.findEarlier(request, digest);
      if (winner !== undefined) return winner;
      throw problemError('internal-error', 'A run vanished while it was being started.');
    }
    this.metrics.runAccepted(accepted.trigger);
    this.relay.nudge();
    return accepted;
  }

  private async findEarlier(request: StartRequest, digest: string): Promise<RunRow | undefined> {
    if (request.idempotencyKey === undefined) return undefined;
    const runs = new RunRepository(this.dataSource.manager);
    const run = await runs.findByIdempotencyKey(request.caller.project, request.idempotencyKey);
    if (run === undefined || run.requestDigest === digest) return run;
    throw problemError(
      'idempotency-key-reused',
      'This Idempotency-Key started another run with another request.',
    );
  }

  private async chooseVersion({ workflow, version, number }: StartRequest): Promise<number> {
    if (number !== undefined || version === undefined) return number ?? workflow.latestVersion;
    return resolveVersion(this.dataSource.manager, workflow, requireVersionName(version));
  }

  private async prepare(
    request: StartRequest,
    requestDigest: string,
  ): Promise<{ readonly run: NewRun; readonly plan: Plan }> {
    const { workflow, idempotencyKey, caller, rerun } = request;
    const number = await this.chooseVersion(request);
    const version = await this.findVersion.find(workflow.id, number);
    if (version === undefined) {
      const message = `${workflow.name} has no version ${number}; its latest is ${workflow.latestVersion}.`;
      throw problemError('workflow-version-not-found', message);
    }
    const checked = checkInputs(version.inputs, request.inputs);
    if (checked.errors !== undefined) {
      const text = checked.errors.map((error) => `${error.path} ${error.message}`).join(' ');
      throw problemError('inputs-invalid', text.slice(0, 1_000), { errors: checked.errors });
    }
    const run: NewRun = {
      id: createUuidV7(),
      project: caller.project,
      workflowId: workflow.id,
      version: number,
      startedBy: caller.actor,
      inputs: checked.inputs,
      idempotencyKey,
      requestDigest,
      total: countSteps(version.plan),
      ...(request.trigger === undefined ? {} : { trigger: request.trigger }),
      ...(rerun === undefined
        ? {}
        : { trigger: 'rerun', rerun: { of: rerun.of, from: rerun.from, seed: rerun.seed } }),
      ...(request.webhook === undefined ? {} : { trigger: 'webhook', delivery: request.webhook.delivery }),
    };
    return { run, plan: version.plan };
  }
}

/** The name by which the version was asked for, where that says more than its number. */
function askedFor({ version }: StartRequest): { readonly asked?: string } {
  return typeof version === 'string' ? { asked: version } : {};
}

function digestRequest(request: StartRequest): string {
  const { workflow, version, inputs, freeze } = request;
  return computeDigest({
    workflow: workflow.id,
    version: version ?? null,
    inputs,
    ...(freeze === undefined ? {} : { freeze }),
    ...originOf(request),
  } satisfies Record<string, Json>);
}

function originOf({ rerun }: StartRequest): { readonly rerun?: JsonObject } {
  if (rerun === undefined) return {};
  return { rerun: { of: rerun.of, from: rerun.from ?? null, checkpoint: rerun.checkpoint ?? null } };
}
