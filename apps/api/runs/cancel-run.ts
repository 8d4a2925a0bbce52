import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { orderCancel } from '#persistence/order-cancel.js';
import type { RunRow } from '#persistence/repositories/run-repository.js';
import { lockRuns } from '#persistence/run-lock.js';
import { RunNotifier } from '#persistence/run-notifier.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE, PROJECT } from '../tokens.js';
import { FindRun } from './find-run.js';
import { OutboxRelay } from './outbox-relay.js';

/** Asks a run to end; the wish survives whatever is away. */
@Injectable()
export class CancelRun {
  private readonly notifier: RunNotifier;

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(OutboxRelay) private readonly relay: OutboxRelay,
    @Inject(FindRun) private readonly findRun: FindRun,
  ) {
    this.notifier = new RunNotifier(dataSource);
  }

  /** Repeating it changes nothing. Throws SluiceError `run-not-found`, `run-already-ended`. */
  async cancel(id: string, reason: string | undefined, caller: Caller): Promise<RunRow> {
    const run = await this.findRun.require(id);
    const { status } = run;
    const requested = await lockRuns(this.dataSource, [id], (manager) =>
      orderCancel(manager, { project: PROJECT, run: id, status, ...caller, reason }),
    );
    const now = await this.findRun.require(id);
    if (!requested && now.cancelAt === null) {
      throw problemError('run-already-ended', `The run has ended already: ${now.status}.`);
    }
    this.relay.nudge();
    this.notifier.notify(id);
    return now;
  }
}
