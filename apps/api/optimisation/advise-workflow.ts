import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import type { AdviceView, EstimateView, RemainingView } from '#contracts/rest/history.js';
import { FINAL_RUN_STATUSES } from '#contracts/rest/runs.js';
import { adviseWorkflow } from '#domain/optimisation/advise.js';
import { estimateRemaining, estimateRun, type LiveStep } from '#domain/optimisation/estimate.js';
import type { RecordedRun } from '#domain/optimisation/recorded-run.js';
import { readDefinition } from '#domain/validation/validate.js';
import { HistoryRepository } from '#persistence/repositories/history-repository.js';
import type { RunRow } from '#persistence/repositories/run-repository.js';
import { StepRepository } from '#persistence/repositories/step-repository.js';
import type { WorkflowRow } from '#persistence/repositories/workflow-repository.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindVersion } from '../workflows/find-version.js';

/** How long the history that was read last is good enough for those who watch a run, and of how many workflows it is kept. */
const FRESH_MS = 15_000;
const REMEMBERED = 16;

/** What recorded runs tell of those to come. */
@Injectable()
export class AdviseWorkflow {
  private readonly known = new Map<
    string,
    { readonly until: number; readonly runs: Promise<RecordedRun[]> }
  >();

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(FindVersion) private readonly findVersion: FindVersion,
  ) {}

  async estimate(workflow: WorkflowRow): Promise<EstimateView> {
    const version = workflow.latestVersion;
    const { plan } = await this.findVersion.require({ workflowId: workflow.id, version });
    const runs = await this.readRuns(workflow.id);
    return { workflow: workflow.name, version, ...estimateRun(plan, version, runs) };
  }

  /** Throws SluiceError `advice-not-possible` for a workflow that was written in another language. */
  async advise(workflow: WorkflowRow): Promise<AdviceView> {
    const version = workflow.latestVersion;
    const { plan, source } = await this.findVersion.require({ workflowId: workflow.id, version });
    const { definition } = readDefinition(source, ACTIONS);
    if (definition === undefined) {
      throw problemError(
        'advice-not-possible',
        'The workflow is written in a language that advice does not speak of.',
      );
    }
    const runs = await this.readRuns(workflow.id);
    return { workflow: workflow.name, version, ...adviseWorkflow(plan, definition, version, runs) };
  }

  async estimateRemaining(run: RunRow): Promise<RemainingView> {
    const { plan } = await this.findVersion.require(run);
    const recorded = await this.recallRuns(run.workflowId);
    const facts = { run: run.id, status: run.status };
    if (FINAL_RUN_STATUSES.includes(run.status)) {
      const { runs, conclusive } = estimateRemaining(plan, recorded, new Map(), 0);
      return { ...facts, runs, conclusive, percent: 100, p50Ms: 0, p90Ms: 0 };
    }
    const now = Date.now();
    const steps = await new StepRepository(this.dataSource.manager).listSteps(run.id);
    const live = new Map<string, LiveStep>(
      steps.map(({ key, status, startedAt }) => [
        key,
        {
          over: status !== 'running',
          ...(startedAt === null ? {} : { elapsedMs: Math.max(0, now - startedAt.getTime()) }),
        },
      ]),
    );
    const elapsed = run.startedAt === null ? 0 : Math.max(0, now - run.startedAt.getTime());
    const left = estimateRemaining(plan, recorded, live, elapsed);
    return {
      ...facts,
      ...left,
      ...(left.conclusive ? { expectedEnd: new Date(now + left.p50Ms).toISOString() } : {}),
    };
  }

  /** Those who watch a run ask every few seconds; its history changes seldom, and takes a while to read. */
  private async recallRuns(workflowId: string): Promise<RecordedRun[]> {
    const found = this.known.get(workflowId);
    return found !== undefined && found.until > Date.now() ? found.runs : this.readRuns(workflowId);
  }

  private async readRuns(workflowId: string): Promise<RecordedRun[]> {
    const runs = new HistoryRepository(this.dataSource.manager).listRecorded(workflowId);
    this.known.delete(workflowId);
    this.known.set(workflowId, { until: Date.now() + FRESH_MS, runs });
    if (this.known.size > REMEMBERED) this.known.delete(this.known.keys().next().value!);
    runs.catch(() => this.known.delete(workflowId));
    return runs;
  }
}
