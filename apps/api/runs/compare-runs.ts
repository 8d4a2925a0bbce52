import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { ComparedRun, ComparisonView } from '#contracts/rest/comparison.js';
import { parseStepKey } from '#domain/execution/instance.js';
import type { Json } from '#domain/json.js';
import type { Plan } from '#domain/plan/plan.js';
import { findNode } from '#domain/plan/plan-index.js';
import { type ComparedStep, compareSteps } from '#domain/rerun/compare-runs.js';
import { compareValues } from '#domain/rerun/compare-values.js';
import type { RunRow } from '#persistence/repositories/run-repository.js';
import { StepRepository, type StepRow } from '#persistence/repositories/step-repository.js';
import { DATA_SOURCE } from '../tokens.js';
import { FindVersion } from '../workflows/find-version.js';

const MAX_STEPS = 1_000;
/** Characters of outputs that are read to be compared. */
const OUTPUT_BUDGET = 16 << 20;

@Injectable()
export class CompareRuns {
  private readonly steps: StepRepository;

  constructor(
    @Inject(DATA_SOURCE) dataSource: DataSource,
    @Inject(FindVersion) private readonly findVersion: FindVersion,
  ) {
    this.steps = new StepRepository(dataSource.manager);
  }

  async compare(before: RunRow, after: RunRow): Promise<ComparisonView> {
    const unlike = await this.steps.listUnlikeOutputs(before.id, after.id);
    const read = withinBudget(unlike);
    const [left, right] = await Promise.all([this.readSide(before, read), this.readSide(after, read)]);
    const keys = orderKeys([left.plan, right.plan], new Set([...left.steps.keys(), ...right.steps.keys()]));
    const differences = compareSteps(
      keys,
      (key) => left.steps.get(key),
      (key) => right.steps.get(key),
    );
    const more = differences.length > MAX_STEPS || read.length < unlike.length;
    return {
      runs: [toCompared(before), toCompared(after)],
      inputs: compareValues(before.inputs, after.inputs),
      output: compareValues(before.output ?? undefined, after.output ?? undefined),
      steps: differences.slice(0, MAX_STEPS),
      ...(more ? { more } : {}),
    };
  }

  private async readSide(
    run: RunRow,
    withOutput: readonly string[],
  ): Promise<{ readonly plan: Plan; readonly steps: ReadonlyMap<string, ComparedStep> }> {
    const [{ plan }, rows, attempts, outputs] = await Promise.all([
      this.findVersion.require(run),
      this.steps.listSteps(run.id),
      this.steps.countAttempts(run.id),
      this.steps.listOutputs(run.id, withOutput),
    ]);
    const counts = new Map(attempts.map(({ step, count }) => [step, count]));
    const values = new Map(outputs.map(({ key, output }) => [key, output]));
    return {
      plan,
      steps: new Map(
        rows.map((row) => [row.key, toStep(row, counts.get(row.key) ?? 0, values.get(row.key))]),
      ),
    };
  }
}

function withinBudget(unlike: readonly { readonly key: string; readonly size: number }[]): string[] {
  let characters = 0;
  const within = unlike.filter(({ size }) => {
    characters += size;
    return characters <= OUTPUT_BUDGET;
  });
  return within.map(({ key }) => key);
}

function toStep(row: StepRow, attempts: number, output: Json | undefined): ComparedStep {
  return {
    status: row.status,
    durationMs: durationOf(row) ?? null,
    attempts,
    ...(output === undefined ? {} : { output }),
    error: row.error?.code ?? null,
  };
}

function toCompared(run: RunRow): ComparedRun {
  const durationMs = durationOf(run);
  return {
    id: run.id,
    workflow: run.workflow,
    version: run.version,
    status: run.status,
    ...(durationMs === undefined ? {} : { durationMs }),
  };
}

function durationOf(row: {
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}): number | undefined {
  if (row.startedAt === null || row.endedAt === null) return undefined;
  return row.endedAt.getTime() - row.startedAt.getTime();
}

/** In written order of the first plan, then of the second; instances of a step in their own. */
function orderKeys(plans: readonly [Plan, Plan], keys: Iterable<string>): string[] {
  const [first, second] = plans;
  const rank = (id: string) =>
    findNode(first, id)?.index ?? first.nodes.length + (findNode(second, id)?.index ?? second.nodes.length);
  return [...keys]
    .map((key) => {
      const { id, iterations } = parseStepKey(key);
      return { key, place: [rank(id), ...iterations] };
    })
    .sort((a, b) => comparePlaces(a.place, b.place))
    .map(({ key }) => key);
}

function comparePlaces(left: readonly number[], right: readonly number[]): number {
  const position = left.findIndex((number, index) => number !== right[index]);
  return position === -1 ? left.length - right.length : left[position]! - (right[position] ?? -1);
}
