import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { RunGateway } from '#contracts/temporal-port.js';
import { AssessmentRepository, type UntoldRun } from '#persistence/risk/assessment-repository.js';
import { withDeadline } from '../runs/delivery.js';
import { DATA_SOURCE, LOGGER, RUN_GATEWAY } from '../tokens.js';

/** The event that a step of a run may wait for. */
const RISK_EVENT = 'risk.changed';

const AT_ONCE = 20;
const TELL_MS = 5_000;

/** Tells runs that wait for it that the risk of their change was assessed again. */
@Injectable()
export class TellRuns {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(RUN_GATEWAY) private readonly gateway: RunGateway,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** What cannot be told now is told at the next look; Temporal takes each version once. */
  async tell(): Promise<void> {
    const assessments = new AssessmentRepository(this.dataSource.manager);
    const untold = await assessments.listUntold(RISK_EVENT, AT_ONCE);
    await Promise.all(
      untold.map(async (each) => {
        try {
          await withDeadline(this.send(each), TELL_MS);
          await assessments.noteTold(each);
        } catch (error) {
          this.logger.debug({ err: error, runId: each.run }, 'a run was not told of its risk');
        }
      }),
    );
  }

  private async send(untold: UntoldRun): Promise<void> {
    const { id, version, run, commit, step, environment, reason, score, level, scoreBefore } = untold;
    const data = { assessment: id, version, commit, step, environment, reason, score, level, scoreBefore };
    await this.gateway.operate(
      run,
      { type: 'send-event', name: RISK_EVENT, data, by: 'risk-keeper', roles: [] },
      `risk/${id}/${version}`,
    );
  }
}
