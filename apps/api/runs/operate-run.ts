import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { type OperationView } from '#contracts/rest/operations.js';
import { FINAL_RUN_STATUSES } from '#contracts/rest/runs.js';
import type { OperationAnswer, RunGateway } from '#contracts/temporal-port.js';
import { isSluiceError } from '#domain/errors.js';
import type { Operation, OperationRequest, Refusal } from '#domain/execution/operation.js';
import type { Json } from '#domain/json.js';
import { computeDigest } from '#domain/plan/digest.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import type { RunRow } from '#persistence/repositories/run-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { isProblemCode } from '../http/problem-codes.js';
import { DATA_SOURCE, LOGGER, RUN_GATEWAY } from '../tokens.js';
import { FindVersion } from '../workflows/find-version.js';
import { checkOperation } from './check-operation.js';
import { withDeadline } from './delivery.js';
import { FindRun } from './find-run.js';
import { logIdsOf } from './log-ids.js';

export interface OperationOrder {
  readonly run: string;
  readonly request: OperationRequest;
  readonly reason: string | undefined;
  readonly idempotencyKey: string | undefined;
  readonly caller: Caller;
}

/** No answer by then: the workers are away or far behind. */
const ANSWER_MS = 25_000;
const LIVING = 'A run that is running, paused, canceling or rolling-back.';

/** Does to a living run what people and programs ask, or says why not; either way it is audited. */
@Injectable()
export class OperateRun {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(RUN_GATEWAY) private readonly gateway: RunGateway,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(FindRun) private readonly findRun: FindRun,
    @Inject(FindVersion) private readonly findVersion: FindVersion,
  ) {}

  /**
   * Throws SluiceError `run-not-found`, `step-not-found`, `inputs-invalid`, `request-invalid`, `operation-refused`,
   * `operation-not-allowed`, `temporal-unavailable`.
   */
  async operate(order: OperationOrder): Promise<OperationView> {
    const run = await this.findRun.require(order.caller.project, order.run);
    const untimely = refuseByStatus(run);
    if (untimely !== undefined) return this.refuse(order, run, untimely);
    const { plan } = await this.findVersion.require(run);
    const checked = checkOperation(plan, order.request);
    if (checked.refusal !== undefined) return this.refuse(order, run, checked.refusal);
    // What Temporal is told is in no transaction of ours: who asked is known even if this process ends here.
    await this.audit(order, run, { outcome: 'asked' });
    const answer = await this.ask(order, run, checked.request);
    switch (answer.outcome) {
      case 'done':
        await this.audit(order, run, { outcome: 'done', result: answer.result as unknown as Json });
        return { run: run.id, ...answer.result };
      case 'refused':
        return this.refuse(order, run, answer.refusal);
      case 'already-ended':
        return this.refuse(order, run, runState('The run has ended.'));
      case 'not-found':
        return this.refuse(order, run, runState('Temporal does not know the run.'));
    }
  }

  private async ask(order: OperationOrder, run: RunRow, request: OperationRequest): Promise<OperationAnswer> {
    const { caller, reason } = order;
    const operation: Operation = {
      ...request,
      by: caller.actor,
      roles: caller.roles,
      ...(reason === undefined ? {} : { reason }),
    };
    try {
      return await withDeadline(this.gateway.operate(run.id, operation, idOf(order)), ANSWER_MS);
    } catch (error) {
      if (isSluiceError(error) && isProblemCode(error.code)) throw error;
      this.logger.warn(
        { err: error, ...logIdsOf(run.id, run.correlationId), operation: request.type },
        'a run could not be asked',
      );
      await this.audit(order, run, { outcome: 'unknown' });
      throw problemError('temporal-unavailable', 'The run did not answer; it may still do what was asked.');
    }
  }

  private async refuse(order: OperationOrder, run: RunRow, refusal: Refusal): Promise<never> {
    await this.audit(order, run, { outcome: 'refused', refusal: { ...refusal } });
    if (refusal.code === 'step-unknown') throw problemError('step-not-found', refusal.message);
    const code = refusal.code === 'not-allowed' ? 'operation-not-allowed' : 'operation-refused';
    throw problemError(code, `${refusal.message} Fits: ${refusal.fits}`, { refusal });
  }

  private async audit(order: OperationOrder, run: RunRow, outcome: Record<string, Json>): Promise<void> {
    const { type, ...values } = order.request;
    await new AuditRepository(this.dataSource.manager).add({
      ...order.caller,
      action: `run.${type}`,
      objectType: 'run',
      objectId: run.id,
      before: { status: run.status },
      after: { ...(values as Record<string, Json>), ...outcome },
      reason: order.reason,
    });
  }
}

/** Why nothing can be asked of it now; undefined when it lives. */
function refuseByStatus({ status }: RunRow): Refusal | undefined {
  if (status === 'queued') return runState('The run has not begun yet.');
  return FINAL_RUN_STATUSES.includes(status) ? runState(`The run has ended: ${status}.`) : undefined;
}

function runState(message: string): Refusal {
  return { code: 'run-state', message, fits: LIVING };
}

/** The same key with the same request is the same operation; with another one, it is told apart. */
function idOf({ idempotencyKey, request, caller }: OperationOrder): string {
  if (idempotencyKey === undefined) return randomUUID();
  const digest = computeDigest({ by: caller.actor, ...(request as unknown as Record<string, Json>) });
  return `${idempotencyKey}:${digest.slice(-16)}`;
}
