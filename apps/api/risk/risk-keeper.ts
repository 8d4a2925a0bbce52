import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Logger } from 'pino';
import { LOGGER } from '../tokens.js';
import { KEPT_AT_ONCE, KeepAssessments } from './keep-assessments.js';
import { ReassessOpen } from './reassess-open.js';
import { TellRuns } from './tell-runs.js';

const POLL_MS = 1_000;

/** Keeps what steps say of risks, assesses it again when the environment changes, and tells runs that wait for that. */
@Injectable()
export class RiskKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopped = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(KeepAssessments) private readonly keep: KeepAssessments,
    @Inject(ReassessOpen) private readonly reassess: ReassessOpen,
    @Inject(TellRuns) private readonly runs: TellRuns,
  ) {}

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    for (;;) {
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        while (!signal.aborted && (await this.keep.collect()) === KEPT_AT_ONCE);
        await this.keep.removeForgotten();
        await this.reassess.sweep();
        await this.runs.tell();
      } catch (error) {
        this.logger.warn({ err: error }, 'assessments of risks could not be kept up to date');
      }
    }
  }
}
