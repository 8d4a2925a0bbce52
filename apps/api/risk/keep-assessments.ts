import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { ENVIRONMENT_NAME, type RiskEnvironment } from '#contracts/judgement/risk.js';
import { isJsonObject, type Json } from '#domain/json.js';
import { AssessmentRepository } from '#persistence/risk/assessment-repository.js';
import { type EndedRiskStep, RiskStepRepository } from '#persistence/risk/risk-step-repository.js';
import { lockRunsIn } from '#persistence/run-lock.js';
import { RunNotifier } from '#persistence/run-notifier.js';
import { readReport } from '#risk/read-report.js';
import { Metrics } from '../observability/metrics.js';
import { DATA_SOURCE, LOGGER } from '../tokens.js';
import { DEFAULT_ENVIRONMENT } from './know-environment.js';

export const KEPT_AT_ONCE = 50;

/** Keeps what steps said of risks, once for each attempt, whichever worker they ran on. */
@Injectable()
export class KeepAssessments {
  private readonly notifier: RunNotifier;

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {
    this.notifier = new RunNotifier(dataSource);
  }

  /** Of those that ended since; answers with how many steps it looked at. */
  async collect(): Promise<number> {
    const ended = await this.dataSource.transaction(async (manager) => {
      const steps = new RiskStepRepository(manager);
      const claimed = await steps.claimEnded(KEPT_AT_ONCE);
      const assessments = new AssessmentRepository(manager);
      const kept: EndedRiskStep[] = [];
      for (const step of claimed) if (await this.keep(assessments, step)) kept.push(step);
      await steps.remove(claimed);
      await lockRunsIn(
        manager,
        kept.map(({ run }) => run),
      );
      for (const { run, step } of kept) await assessments.touchStep(run, step);
      return { claimed, kept };
    });
    for (const { run } of ended.kept) {
      this.metrics.riskAssessed('step');
      this.notifier.notify(run);
    }
    return ended.claimed.length;
  }

  async removeForgotten(): Promise<void> {
    await new RiskStepRepository(this.dataSource.manager).removeForgotten();
    await new AssessmentRepository(this.dataSource.manager).closeOver();
  }

  private async keep(assessments: AssessmentRepository, ended: EndedRiskStep): Promise<boolean> {
    const { run, step, project, attempt, startedBy, endedAt, living, output, input } = ended;
    if (output === null || attempt === null) return false;
    const report = readReport(output);
    if (report === undefined) {
      this.logger.warn({ runId: run, step }, 'what a step said of a risk is no assessment');
      return false;
    }
    const { factors, history, ...result } = report;
    const given = givenOf(input);
    const id = await assessments.add({
      project,
      runId: run,
      step,
      attempt,
      environment: given.name ?? DEFAULT_ENVIRONMENT,
      given,
      factors,
      history,
      open: living,
      openUntil: null,
      createdBy: startedBy,
      result,
      state: given,
      at: endedAt,
    });
    if (id === undefined) return false;
    await assessments.closeEarlier(run, step, id);
    return true;
  }
}

/** What the step was told of the environment; its input was checked when it began. */
function givenOf(input: Json): RiskEnvironment {
  const environment = isJsonObject(input) ? input['environment'] : undefined;
  if (!isJsonObject(environment)) return {};
  const { name, ...rest } = environment as RiskEnvironment;
  return typeof name === 'string' && ENVIRONMENT_NAME.test(name) ? { name, ...rest } : rest;
}
