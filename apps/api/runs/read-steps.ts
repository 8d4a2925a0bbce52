import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { riskAssess } from '#contracts/catalogue/risk-assess.js';
import { FINAL_RUN_STATUSES } from '#contracts/rest/runs.js';
import { formatCursor, parseCursor } from '#persistence/listing/cursor.js';
import type { RunRow } from '#persistence/repositories/run-repository.js';
import { StepRepository } from '#persistence/repositories/step-repository.js';
import { AssessmentRepository } from '#persistence/risk/assessment-repository.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindVersion } from '../workflows/find-version.js';
import type { StepListQuery } from './run.query.js';
import type { StepPage, StepResource } from './step.resource.js';
import { listSteps } from './step-list.js';

/** Characters in one answer, of outputs and, roughly, of all else that is said of a step. */
const PAGE_CHARACTERS = 16 << 20;
const STEP_CHARACTERS = 500;

const STEP_ORDER = { list: 'steps', sort: 'written', types: ['text'] } as const;

@Injectable()
export class ReadSteps {
  private readonly steps: StepRepository;
  private readonly assessments: AssessmentRepository;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(FindVersion) private readonly findVersion: FindVersion,
  ) {
    this.steps = new StepRepository(dataSource.manager);
    this.assessments = new AssessmentRepository(dataSource.manager);
  }

  /** Steps of the run with their outputs, in written order; `next` only where that is too much for one answer. */
  async readPage(run: RunRow, { status, after }: StepListQuery): Promise<StepPage> {
    const last = after === undefined ? undefined : parseCursor(after, STEP_ORDER)[0];
    const every = await this.read(run);
    // Instances of loops come and go while it runs: what was shown ends with a step, not with a number of them.
    const from = last === undefined ? 0 : every.findIndex(({ key }) => key === last) + 1;
    const all = every.slice(from).filter((step) => status === undefined || status.includes(step.status));
    const sizes = new Map((await this.steps.measureOutputs(run.id)).map(({ key, size }) => [key, size]));
    let end = 0;
    for (let characters = 0; end < all.length; end++) {
      characters += STEP_CHARACTERS + (sizes.get(all[end]!.key) ?? 0);
      if (characters > PAGE_CHARACTERS && end > 0) break;
    }
    const items = all.slice(0, end);
    const keys = items.map((step) => step.key).filter((key) => sizes.has(key));
    const outputs = new Map(
      (await this.steps.listOutputs(run.id, keys)).map(({ key, output }) => [key, output]),
    );
    for (const step of items) {
      const output = outputs.get(step.key);
      if (output !== undefined) step.output = output;
    }
    return { items, ...(end < all.length ? { next: formatCursor(STEP_ORDER, [items.at(-1)!.key]) } : {}) };
  }

  /** Steps without their outputs: all, or those with these keys. */
  async read(run: RunRow, keys?: readonly string[]): Promise<StepResource[]> {
    const { plan } = await this.findVersion.require(run);
    const [steps, attempts] = await Promise.all([
      this.steps.listSteps(run.id, keys),
      this.steps.listAttempts(run.id, keys),
    ]);
    const ended = FINAL_RUN_STATUSES.includes(run.status);
    const list = listSteps({ plan, steps, attempts, ended });
    if (list.some(({ action }) => action === riskAssess.name)) await this.markRisks(run, list);
    if (keys === undefined) return list;
    const wanted = new Set(keys);
    return list.filter((step) => wanted.has(step.key));
  }

  private async markRisks({ id }: RunRow, list: readonly StepResource[]): Promise<void> {
    const marks = new Map((await this.assessments.listMarks([id])).map((mark) => [mark.step, mark]));
    for (const step of list) {
      const mark = marks.get(step.key);
      if (mark === undefined) continue;
      const { run: _, step: __, ...risk } = mark;
      step.risk = risk;
    }
  }
}
