import type { Matrix, Use } from '../pipeline.js';
import type { Reading } from '../reading/context.js';
import { readImage } from '../reading/references.js';
import type { Draft, Drafts, Surroundings } from './draft.js';
import type { Names } from './names.js';
import type { ScriptWalk } from './scripted.js';
import { argumentOf, readTimeout } from './steps.js';
import type { Call, Statement } from './syntax.js';

const NOTHING: readonly Statement[] = [];

/** The calls of a block, in their order. */
export function callsIn(statements: readonly Statement[], name?: string): readonly Call[] {
  return statements.flatMap((each) =>
    each.kind === 'call' && (name === undefined || each.call.name === name) ? [each.call] : [],
  );
}

export function blockIn(statements: readonly Statement[], name: string): readonly Statement[] {
  return callsIn(statements, name)[0]?.block ?? NOTHING;
}

/** Reads `stages` of `pipeline { }`. */
export class DeclarativeWalk {
  constructor(
    private readonly drafts: Drafts,
    private readonly names: Names,
    private readonly reading: Reading,
    private readonly script: ScriptWalk,
  ) {}

  pipeline(block: readonly Statement[]): void {
    const around = this.surround(block, { runner: [], images: [] });
    this.stages(blockIn(block, 'stages'), around);
  }

  private stages(block: readonly Statement[], around: Surroundings): void {
    for (const call of callsIn(block)) {
      if (call.name === 'stage') this.stage(call, around);
      else this.reading.note('key-unknown', call.place, `\`stages\` holds no ${call.name.slice(0, 80)}.`);
    }
  }

  private stage(call: Call, outer: Surroundings): void {
    this.reading.spend(1, call.place);
    const block = call.block ?? NOTHING;
    const name = this.names.text(argumentOf(call, 'name')) ?? '…';
    const around = this.surround(block, outer);
    const [parallel] = callsIn(block, 'parallel');
    const [matrix] = callsIn(block, 'matrix');
    const [nested] = callsIn(block, 'stages');
    const inner = { ...around, stage: name };
    if (parallel?.block !== undefined) {
      const stages = callsIn(parallel.block, 'stage');
      this.drafts.fork(stages.map((each) => () => this.stage(each, inner)));
    } else if (matrix?.block !== undefined) {
      const axes = this.readMatrix(matrix.block);
      const { machine: _, ...cell } = this.surround(matrix.block, inner);
      this.stages(blockIn(matrix.block, 'stages'), { ...cell, matrix: axes });
    } else if (nested?.block !== undefined) this.stages(nested.block, inner);
    else this.leaf(name, call, block, around);
  }

  private leaf(name: string, call: Call, block: readonly Statement[], around: Surroundings): void {
    const job = this.drafts.start(name, call.place, around);
    if (job === undefined) return;
    if (callsIn(block, 'input').length > 0) job.approval = true;
    this.steps(blockIn(block, 'steps'), job, around);
    for (const outcome of callsIn(blockIn(block, 'post'))) this.steps(outcome.block ?? NOTHING, job, around);
    // Where steps of it are stages by themselves, they go on from it.
    if (this.drafts.front.length === 0) this.drafts.front = [job.id];
  }

  private steps(block: readonly Statement[], job: Draft, around: Surroundings): void {
    this.script.walk(block, around, job);
  }

  /** What `agent`, `options` and `when` of a pipeline or a stage say. */
  private surround(block: readonly Statement[], outer: Surroundings): Surroundings {
    const [agent] = callsIn(block, 'agent');
    const options = blockIn(block, 'options');
    const [limit] = callsIn(options, 'timeout');
    const [lock] = callsIn(options, 'lock');
    const condition = callsIn(blockIn(block, 'when'))
      .map((each) => this.describe(each))
      .join(' and ');
    const own = agent === undefined ? undefined : this.readAgent(agent);
    const isNone = agent !== undefined && this.nameOf(agent) === 'none';
    const { machine: outerMachine, ...inherited } = outer;
    const machine = agent === undefined ? outerMachine : isNone ? undefined : { jobs: 0 };
    return {
      ...inherited,
      ...(own === undefined ? {} : own),
      ...(machine === undefined ? {} : { machine }),
      ...(limit === undefined ? {} : { timeLimit: readTimeout(limit, this.names) }),
      ...(lock === undefined ? {} : { concurrency: this.names.text(argumentOf(lock, 'resource')) ?? '…' }),
      ...(condition === '' ? {} : { condition }),
    };
  }

  private nameOf(agent: Call): string | undefined {
    const [first] = agent.args;
    return first?.kind === 'name' ? first.name : undefined;
  }

  private readAgent(agent: Call): { readonly runner: readonly string[]; readonly images: readonly Use[] } {
    const runner: string[] = [];
    const images: Use[] = [];
    const gather = (block: readonly Statement[]) => {
      for (const call of callsIn(block)) {
        const value = argumentOf(call, call.name);
        const text = this.names.text(value);
        if (call.name === 'label' && text !== undefined) runner.push(text);
        else if (
          (call.name === 'image' || call.name === 'docker') &&
          text !== undefined &&
          value !== undefined
        )
          images.push(readImage(text, value.place));
        if (call.name === 'kubernetes' || call.name === 'dockerfile') runner.push(call.name);
        gather(call.block ?? NOTHING);
      }
    };
    gather(agent.block ?? NOTHING);
    return { runner, images };
  }

  private describe({ name, args, named, block }: Call): string {
    const texts = [...args, ...named.map(({ value }) => value)].map((each) => this.names.text(each) ?? '…');
    const inner = callsIn(block ?? NOTHING).map((each) => this.describe(each));
    return `${name}${texts.length === 0 ? '' : ` ${texts.join(' ')}`}${inner.length === 0 ? '' : ` (${inner.join(', ')})`}`;
  }

  private readMatrix(block: readonly Statement[]): Matrix {
    const axes = this.readAxes(blockIn(block, 'axes'));
    const size = Object.values(axes).reduce((product, values) => product * values.length, 1);
    const excludes = callsIn(blockIn(block, 'excludes'), 'exclude').map(({ block: each = NOTHING }) =>
      callsIn(each, 'axis').map(({ block: axis = NOTHING }) => ({
        name: this.textsOf(axis, 'name')[0] ?? '',
        values: this.textsOf(axis, 'values'),
        notValues: this.textsOf(axis, 'notValues'),
      })),
    );
    if (excludes.length === 0) return { axes, size };
    if (size > 4_096) return { axes };
    const cells = Object.entries(axes).reduce<Record<string, string>[]>(
      (all, [name, values]) => all.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value }))),
      [{}],
    );
    const isOut = (cell: Record<string, string>) =>
      excludes.some((exclude) =>
        exclude.every(({ name, values, notValues }) =>
          values.length > 0 ? values.includes(cell[name] ?? '') : !notValues.includes(cell[name] ?? ''),
        ),
      );
    return { axes, size: cells.filter((cell) => !isOut(cell)).length };
  }

  private readAxes(block: readonly Statement[]): Readonly<Record<string, readonly string[]>> {
    return Object.fromEntries(
      callsIn(block, 'axis').map(({ block: axis = NOTHING }) => [
        this.textsOf(axis, 'name')[0] ?? '…',
        this.textsOf(axis, 'values'),
      ]),
    );
  }

  private textsOf(block: readonly Statement[], name: string): readonly string[] {
    return callsIn(block, name).flatMap(({ args }) => args.map((each) => this.names.text(each) ?? '…'));
  }
}
