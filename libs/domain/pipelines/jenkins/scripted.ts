import type { Place } from '../pipeline.js';
import type { Reading } from '../reading/context.js';
import type { Draft, Drafts, Surroundings } from './draft.js';
import { blocksOf, type Names } from './names.js';
import { addStep, argumentOf, enter, isStep, isWork } from './steps.js';
import type { Call, Expression, MapEntry, Statement } from './syntax.js';

/** Functions that call functions of the file. */
const MAX_CALLS = 20;

/** Blocks that say how something is configured, not what is done. */
const NO_WORK = ['properties', 'parameters', 'options', 'triggers', 'environment', 'tools', 'libraries'];

/** Walks statements in their order, and makes jobs of their stages. */
export class ScriptWalk {
  private open: readonly string[] = [];
  /** A stage without a block, which begins with its first step. */
  private pending: { readonly name: string; readonly place: Place } | undefined;

  constructor(
    private readonly drafts: Drafts,
    private readonly names: Names,
    private readonly reading: Reading,
  ) {}

  /** @returns the job that goes on behind them */
  walk(
    statements: readonly Statement[],
    around: Surroundings,
    current: Draft | undefined,
  ): Draft | undefined {
    let job = current;
    for (const statement of statements) {
      if (statement.kind === 'call') job = this.call(statement.call, around, job);
      else if (statement.kind === 'control') job = this.walk(statement.body, around, job);
      else if (statement.kind !== 'function') job = this.expression(statement.value, around, job);
    }
    return job;
  }

  /** `def out = sh(…)`: calls in an expression are done too; blocks that are put into names are not. */
  private expression(value: Expression, around: Surroundings, current: Draft | undefined): Draft | undefined {
    if (value.kind === 'call' && isStep(value.call)) return this.call(value.call, around, current);
    return current;
  }

  private call(call: Call, around: Surroundings, current: Draft | undefined): Draft | undefined {
    this.reading.spend(1, call.place);
    const { name, block } = call;
    if (name === 'stage') return this.stage(call, around);
    if (name === 'parallel') {
      this.parallel(call, around);
      return undefined;
    }
    if (NO_WORK.includes(name)) return current;
    const own = this.names.functions.get(name);
    if (own !== undefined && block === undefined) return this.enterFunction(name, own, around, current);
    if (block !== undefined) {
      const inner = this.walk(block, this.inside(call, around, current), current);
      // Steps behind a block of a machine of its own belong to no machine.
      return name === 'node' ? (current === undefined ? undefined : inner) : inner;
    }
    if (call.on?.kind === 'call' && call.on.call.block !== undefined)
      return this.call(call.on.call, around, current);
    if (!isWork(call)) return current;
    const job = current ?? this.startOpen(call, around);
    if (job !== undefined) addStep(call, job, this.names, around);
    return job;
  }

  private inside(call: Call, around: Surroundings, current: Draft | undefined): Surroundings {
    const inner = enter(call, around, this.names);
    if (call.name === 'node') {
      if (current !== undefined) current.runner.push(...inner.runner);
      return { ...inner, machine: { jobs: current === undefined ? 0 : 1 } };
    }
    if (current === undefined) return inner;
    if (call.name === 'timeout' && inner.timeLimit !== undefined) current.timeLimit ??= inner.timeLimit;
    if (call.name === 'lock' && inner.concurrency !== undefined) current.concurrency ??= inner.concurrency;
    if (inner.images.length > around.images.length)
      current.images.push(...inner.images.slice(around.images.length));
    return inner;
  }

  private enterFunction(
    name: string,
    body: readonly Statement[],
    around: Surroundings,
    current: Draft | undefined,
  ) {
    if (this.open.includes(name) || this.open.length > MAX_CALLS) return current;
    const before = this.open;
    this.open = [...before, name];
    const job = this.walk(body, around, current);
    this.open = before;
    return job;
  }

  private stage(call: Call, around: Surroundings): Draft | undefined {
    const given = argumentOf(call, 'name');
    const name = this.names.text(given) ?? (given?.kind === 'text' ? given.text : '…');
    if (given !== undefined && this.names.text(given) === undefined && around.branch === undefined)
      this.reading.note('made-at-run-time', call.place, 'The name of the stage is computed.');
    if (call.block === undefined) {
      this.pending = { name, place: call.place };
      return undefined;
    }
    if (holdsStages(call.block)) {
      this.walk(call.block, { ...around, stage: name }, undefined);
      return undefined;
    }
    const { machine: _, ...alone } = around;
    const job = this.drafts.start(name, call.place, takesMachine(call.block) ? alone : around);
    this.walk(call.block, around, job);
    return undefined;
  }

  /** A job for steps outside of the blocks of stages. */
  private startOpen(call: Call, around: Surroundings): Draft | undefined {
    const stage = this.pending;
    this.pending = undefined;
    const { name, place } = stage ?? around.branch ?? { name: 'pipeline', place: call.place };
    return this.drafts.start(name, place, around);
  }

  private parallel(call: Call, around: Surroundings): void {
    const branches = this.branchesOf(call);
    if (branches.length === 0)
      this.reading.note('made-at-run-time', call.place, 'What runs in parallel is computed.');
    this.drafts.fork(
      branches.map(({ key, value, place }) => () => {
        const body = this.names.value(value);
        if (body?.kind !== 'closure') {
          if (key !== 'failFast') this.reading.note('made-at-run-time', place, 'A branch is computed.');
          return;
        }
        const { branch: _, machine: __, ...outer } = around;
        this.pending = undefined;
        this.walk(body.body, { ...outer, branch: { name: key ?? 'branch', place } }, undefined);
      }),
    );
  }

  private branchesOf(call: Call): readonly MapEntry[] {
    const [argument] = call.args;
    if (argument === undefined) return call.named;
    const value = this.names.value(argument);
    const literal = value?.kind === 'map' ? value.entries : [];
    const added = argument.kind === 'name' ? (this.names.branches.get(argument.name) ?? []) : [];
    for (const { key, value: branch } of added) {
      if (key === undefined)
        this.reading.note(
          'made-at-run-time',
          branch.place,
          'The branches are made at run time; one stands for all.',
        );
    }
    return [...literal, ...added.map((each) => ({ ...each, place: each.value.place }))];
  }
}

function holdsStages(statements: readonly Statement[]): boolean {
  return statements.some((statement) => {
    const isStage = statement.kind === 'call' && ['stage', 'parallel'].includes(statement.call.name);
    return isStage || blocksOf(statement).some(holdsStages);
  });
}

function takesMachine(statements: readonly Statement[]): boolean {
  return statements.some(
    (statement) =>
      (statement.kind === 'call' && statement.call.name === 'node') || blocksOf(statement).some(takesMachine),
  );
}
