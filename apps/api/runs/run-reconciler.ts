import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { RunDescription, RunGateway } from '#contracts/temporal-port.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { OutboxRepository } from '#persistence/repositories/outbox-repository.js';
import { RunRepository, type SilentRun } from '#persistence/repositories/run-repository.js';
import { lockRuns } from '#persistence/run-lock.js';
import { RunNotifier } from '#persistence/run-notifier.js';
import type { Configuration } from '../configuration.js';
import { CONFIGURATION, DATA_SOURCE, LOGGER, RUN_GATEWAY } from '../tokens.js';
import { findTrouble } from './find-trouble.js';
import { OutboxRelay } from './outbox-relay.js';
import { decideRepair, type Repair } from './repair.js';

const BATCH = 50;
/** Beyond the interval: time for what was just started to be heard of. */
const PATIENCE_MS = 5_000;

/** Runs of which is remembered that they were heard of. */
const MOST_HEARD = 100_000;

/** Time for what a worker records to be written. */
const RECORD_MS = 500;

/** Asks Temporal what became of runs of which nothing was heard, and mends what the projection shows of them. */
@Injectable()
export class RunReconciler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopped = new AbortController();
  private readonly notifier: RunNotifier;
  private running: Promise<void> = Promise.resolve();
  /** Length of the history with which a run was last heard of, the longest ago first. */
  private readonly heard = new Map<string, number>();

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(RUN_GATEWAY) private readonly gateway: RunGateway,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CONFIGURATION) private readonly configuration: Pick<Configuration, 'reconcileMs'>,
    @Inject(OutboxRelay) private readonly relay: OutboxRelay,
  ) {
    this.notifier = new RunNotifier(dataSource);
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  /** One look at runs that have been silent for so many milliseconds; answers with how many it learned of. */
  async sweep(silentMs: number): Promise<number> {
    const silent = await new RunRepository(this.dataSource.manager).claimSilent(silentMs, BATCH);
    const asked = await Promise.all(silent.map((run) => this.reconcile(run)));
    // While Temporal is away, the others would be asked about in vain.
    return asked.includes(true) ? silent.length : 0;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    const { reconcileMs } = this.configuration;
    for (;;) {
      await sleep(reconcileMs, undefined, { signal }).catch(() => undefined);
      try {
        while (!signal.aborted && (await this.sweep(reconcileMs + PATIENCE_MS)) === BATCH);
      } catch (error) {
        this.logger.warn({ err: error }, 'runs could not be reconciled');
      }
      if (signal.aborted) return;
    }
  }

  /** False when Temporal could not be asked. */
  private async reconcile(run: SilentRun): Promise<boolean> {
    let found: RunDescription;
    try {
      found = await this.gateway.describe(run.id);
    } catch (error) {
      this.logger.debug({ err: error, runId: run.id }, 'Temporal could not be asked about a run');
      return false;
    }
    const repair = decideRepair(run, found);
    if (repair === undefined) await this.lookAfter(run, found);
    else await this.mend(run, found, repair);
    return true;
  }

  private async mend(run: SilentRun, found: RunDescription, repair: Repair): Promise<void> {
    if (isOver(found) && !(await this.haveRecorded(run.id))) return;
    const changed = await this.carryOut(run, repair);
    if (changed)
      this.logger.warn({ runId: run.id, temporal: found.status, repair: repair.type }, 'repaired a run');
  }

  /** Of a run that goes on, or should. */
  private async lookAfter(run: SilentRun, found: RunDescription): Promise<void> {
    const trouble = findTrouble(found, Date.now());
    if (trouble?.code !== run.trouble?.code || trouble?.message !== run.trouble?.message) {
      await new RunRepository(this.dataSource.manager).noteTrouble(run.id, trouble);
      this.notifier.notify(run.id);
      if (trouble !== undefined) this.logger.warn({ runId: run.id, trouble }, 'a run cannot go on');
    }
    if (trouble === undefined) await this.hearAgain(run.id, found);
  }

  /**
   * A worker that was killed may not have written down what its runs came to, and one that then waits for people wakes no
   * other: once for each length of its history, another is asked to go through it.
   */
  private async hearAgain(id: string, { events }: RunDescription): Promise<void> {
    if (events === undefined || this.heard.get(id) === events) return;
    if (!(await this.haveRecorded(id))) return;
    this.heard.delete(id);
    this.heard.set(id, events);
    if (this.heard.size > MOST_HEARD) this.heard.delete(this.heard.keys().next().value!);
  }

  /** A worker that was killed may not have written down the end of its run; any other can. False: not now. */
  private async haveRecorded(id: string): Promise<boolean> {
    try {
      await this.gateway.replay(id);
    } catch (error) {
      this.logger.debug({ err: error, runId: id }, 'no worker could be asked about a run');
      return false;
    }
    await sleep(RECORD_MS);
    return true;
  }

  private async carryOut(run: SilentRun, repair: Repair): Promise<boolean> {
    const changed = await lockRuns(this.dataSource, [run.id], async (manager) => {
      if (repair.type === 'start-again') {
        await new OutboxRepository(manager).reopen(run.id, 'start');
        return true;
      }
      if (!(await new RunRepository(manager).end(run.id, repair.result, repair.stepError))) return false;
      const { status, error } = repair.result;
      await new AuditRepository(manager).add({
        project: run.project,
        actor: 'reconciler',
        action: 'run.repair',
        objectType: 'run',
        objectId: run.id,
        before: { status: run.status },
        after: { status },
        reason: error?.message,
      });
      return true;
    });
    if (repair.type === 'start-again') this.relay.nudge();
    else if (changed) this.notifier.notify(run.id);
    return changed;
  }
}

/** Whether the interpreter itself came to an end, so that it can say all that it knew. */
function isOver({ status }: RunDescription): boolean {
  return status === 'completed' || status === 'failed' || status === 'canceled';
}
