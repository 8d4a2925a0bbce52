import type { Transition } from '../execution/command.js';
import { parseStepKey } from '../execution/instance.js';
import type { StepKey } from '../execution/state.js';
import type { StepError } from '../execution/step-error.js';
import { evaluate } from '../expressions/evaluate.js';
import type { Json, JsonObject } from '../json.js';
import { canonicalJson } from '../plan/canonical-json.js';
import type { Rehearsal } from './rehearse.js';
import type { Expectation, ExpectedError, StepExpectation } from './test-file.js';

/** One thing that came otherwise than the test expects. */
export interface Mismatch {
  /** `steps.deploy.attempts`; empty where it is about the test as a whole. */
  readonly what: string;
  readonly message: string;
  /** Where there are two values to be compared. */
  readonly expected?: Json;
  readonly got?: Json;
}

/** All that came otherwise than expected. `inputs`: of the run. */
export function judge(expected: Expectation, rehearsal: Rehearsal, inputs: JsonObject): Mismatch[] {
  const { state } = rehearsal;
  const ends = new StepEnds(rehearsal);
  return [
    ...rehearsal.problems.map((message) => ({ what: '', message })),
    ...compare('status', expected.status, state.status),
    ...compare('output', expected.output, state.output ?? null),
    ...compareError('error', expected.error, state.error),
    ...expected.check.flatMap(({ dialect, source }) => {
      const result = evaluate(
        { dialect, source },
        {
          lookup: (name) =>
            ({
              status: state.status,
              output: state.output ?? null,
              error: (state.error ?? null) as Json,
              inputs,
            })[name],
          step: (key) => ends.view(key),
        },
      );
      if (result.ok && result.value === true) return [];
      const why = result.ok ? `is ${JSON.stringify(result.value)}` : `fails: ${result.message}`;
      return [{ what: 'check', message: `\`${source}\` ${why}` }];
    }),
    ...[...expected.steps].flatMap(([key, step]) => judgeStep(key, step, ends)),
    ...expected.order.flatMap((chain) => judgeOrder(chain, ends)),
    ...expected.notRun.flatMap((key) =>
      ends
        .instances(key)
        .filter((instance) => ends.ran(instance))
        .map((instance) => ({ what: 'notRun', message: `${instance} ran` })),
    ),
  ];
}

/** The last that was told of each step, also of the turns of a loop that the state has forgotten. */
class StepEnds {
  private readonly last = new Map<StepKey, Transition>();
  private readonly began = new Map<StepKey, number>();
  private readonly ended = new Map<StepKey, number>();
  private readonly keys = new Map<string, StepKey[]>();
  readonly inputs: ReadonlyMap<StepKey, Json>;

  constructor({ transitions, inputs }: Rehearsal) {
    this.inputs = inputs;
    for (const transition of transitions) {
      const { step, status, sequence } = transition;
      if (step === undefined) continue;
      if (!this.last.has(step)) {
        const { id } = parseStepKey(step);
        const known = this.keys.get(id);
        if (known === undefined) this.keys.set(id, [step]);
        else known.push(step);
      }
      this.last.set(step, transition);
      if (status === 'running' && !this.began.has(step)) this.began.set(step, sequence);
      if (status !== 'running') this.ended.set(step, sequence);
    }
  }

  /** Keys that a name means: `probe` and `probe[1]` all that begin so. */
  instances(key: string): readonly StepKey[] {
    const { id } = parseStepKey(key);
    const all = this.keys.get(id) ?? [];
    return key === id ? all : all.filter((instance) => instance === key || instance.startsWith(`${key}[`));
  }

  end(key: StepKey): Transition | undefined {
    return this.last.get(key);
  }

  ran(key: StepKey): boolean {
    return this.began.has(key);
  }

  view(key: string): Json {
    const end = this.last.get(key);
    if (end === undefined) return { status: 'not-run', output: null, error: null, attempts: 0 };
    const { status, output = null, error = null, attempt = 0 } = end;
    return { status, output, error: error as Json, attempts: attempt };
  }

  /** Number of the transition by which the first of its instances began; undefined where none ran. */
  firstBegan(key: string): number | undefined {
    const numbers = this.instances(key).flatMap((instance) => this.began.get(instance) ?? []);
    return numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.min(a, b));
  }

  /** Number of the transition by which the last of its instances ended; undefined where none did. */
  lastEnded(key: string): number | undefined {
    const numbers = this.instances(key).flatMap((instance) => this.ended.get(instance) ?? []);
    return numbers.length === 0 ? undefined : numbers.reduce((a, b) => Math.max(a, b));
  }
}

function judgeStep(name: string, expected: StepExpectation, ends: StepEnds): Mismatch[] {
  const instances = ends.instances(name);
  if (instances.length === 0) return judgeInstance(name, expected, ends);
  return instances.flatMap((key) => judgeInstance(key, expected, ends));
}

function judgeInstance(key: StepKey, expected: StepExpectation, ends: StepEnds): Mismatch[] {
  const end = ends.end(key);
  const at = (what: string) => `steps.${key}.${what}`;
  return [
    ...compare(at('status'), expected.status, end?.status ?? 'not-run'),
    ...compare(at('skipped'), expected.skipped, end?.skipped ?? null),
    ...compare(at('attempts'), expected.attempts, end?.attempt ?? 0),
    ...compare(at('input'), expected.input, ends.inputs.get(key) ?? null),
    ...compare(at('output'), expected.output, end?.output ?? null),
    ...compareError(at('error'), expected.error, end?.error),
  ];
}

function judgeOrder(chain: readonly string[], ends: StepEnds): Mismatch[] {
  return chain.slice(1).flatMap((after, index) => {
    const before = chain[index]!;
    const ended = ends.lastEnded(before);
    const began = ends.firstBegan(after);
    if (ended === undefined) return [{ what: 'order', message: `${before} did not end` }];
    if (began === undefined) return [{ what: 'order', message: `${after} did not run` }];
    return ended < began ? [] : [{ what: 'order', message: `${before} was not over when ${after} began` }];
  });
}

function compare(what: string, expected: Json | undefined, got: Json): Mismatch[] {
  if (expected === undefined || canonicalJson(expected) === canonicalJson(got)) return [];
  return [{ what, message: `${what} is not as expected`, expected, got }];
}

function compareError(
  what: string,
  expected: ExpectedError | undefined,
  got: StepError | undefined,
): Mismatch[] {
  if (expected === undefined) return [];
  const fits =
    got !== undefined &&
    (expected.code ?? got.code) === got.code &&
    (expected.message === undefined || got.message.includes(expected.message));
  if (fits) return [];
  const shown = got === undefined ? null : { code: got.code, message: got.message };
  return [{ what, message: `${what} is not as expected`, expected: { ...expected }, got: shown }];
}
