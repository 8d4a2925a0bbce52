import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { FINAL_RUN_STATUSES } from '#contracts/rest/runs.js';
import { orderCancel } from '#persistence/order-cancel.js';
import { RunRepository, type RunRow } from '#persistence/repositories/run-repository.js';
import { lockRuns } from '#persistence/run-lock.js';
import { RunNotifier } from '#persistence/run-notifier.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindRun } from './find-run.js';
import { OperateRun } from './operate-run.js';
import { OutboxRelay } from './outbox-relay.js';

/** Asks a run to end; the wish survives whatever is away. */
@Injectable()
export class CancelRun {
  private readonly notifier: RunNotifier;

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(OutboxRelay) private readonly relay: OutboxRelay,
    @Inject(FindRun) private readonly findRun: FindRun,
    @Inject(OperateRun) private readonly operateRun: OperateRun,
  ) {
    this.notifier = new RunNotifier(dataSource);
  }

  /**
   * As an operation: when it answers, the run undoes what it did. Throws what `OperateRun.operate` throws, also for a run
   * that has not begun, which has nothing to undo.
   */
  async compensate(
    id: string,
    reason: string | undefined,
    { idempotencyKey, caller }: { readonly idempotencyKey: string | undefined; readonly caller: Caller },
  ): Promise<RunRow> {
    const request = { type: 'cancel', compensate: true } as const;
    const { status } = await this.operateRun.operate({ run: id, request, reason, idempotencyKey, caller });
    await new RunRepository(this.dataSource.manager).noteCancel(id, caller.actor, reason);
    this.notifier.notify(id);
    const now = await this.findRun.require(caller.project, id);
    return FINAL_RUN_STATUSES.includes(now.status) ? now : { ...now, status };
  }

  /** Repeating it changes nothing. Throws SluiceError `run-not-found`, `run-already-ended`. */
  async cancel(id: string, reason: string | undefined, caller: Caller): Promise<RunRow> {
    const run = await this.findRun.require(caller.project, id);
    const { status } = run;
    const requested = await lockRuns(this.dataSource, [id], (manager) =>
      orderCancel(manager, { run: id, status, ...caller, reason }),
    );
    const now = await this.findRun.require(caller.project, id);
    if (!requested && now.cancelAt === null) {
      throw problemError('run-already-ended', `The run has ended already: ${now.status}.`);
    }
    this.relay.nudge();
    this.notifier.notify(id);
    return now;
  }
}
