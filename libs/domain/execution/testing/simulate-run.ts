import type { Definition, StageDefinition, StepDefinition } from '../../definition/definition.js';
import type { Json, JsonObject } from '../../json.js';
import type { PlanActions } from '../../plan/action.js';
import { compile } from '../../plan/compile.js';
import type { Plan } from '../../plan/plan.js';
import type { Command, Transition } from '../command.js';
import { createState, decide } from '../decide.js';
import type { RunEvent } from '../event.js';
import type { RunState, Seed } from '../state.js';
import type { StepError } from '../step-error.js';

/** Something under way outside the engine; `choose` says which of them comes to an end next. */
export interface Pending {
  readonly kind: 'action' | 'timer' | 'claims' | 'breath';
  readonly step: string;
  readonly canceling: boolean;
  /** When a timer fires, in milliseconds since the epoch; of anything else 0. */
  readonly due: number;
  readonly command: Extract<
    Command,
    { type: 'run-action' | 'run-workflow' | 'start-timer' | 'acquire-claims' | 'take-breath' }
  >;
}

export interface World {
  /** Outcome of an action; an Error-like object fails it. */
  readonly act?: (
    step: string,
    input: JsonObject,
  ) => { readonly output: Json } | { readonly error: StepError };
  /** Index of the pending thing that ends next; when absent the oldest, and timers last, in their order. */
  readonly choose?: (pending: readonly Pending[]) => number;
  /** Events put in before the n-th end, by n. */
  readonly interrupt?: (ends: number, state: RunState) => RunEvent | undefined;
  /** What people do when nothing is under way any more: the run stays as it is where they do nothing. */
  readonly idle?: (state: RunState) => RunEvent | undefined;
  readonly seed?: Seed;
  /** The world stands still as soon as this holds; asked before each end. */
  readonly until?: (state: RunState, pending: readonly Pending[]) => boolean;
}

export interface Simulation {
  readonly state: RunState;
  readonly transitions: readonly Transition[];
  /** Steps in the order in which their actions were started, with their inputs. */
  readonly actions: readonly { readonly step: string; readonly with: JsonObject }[];
  /** Every command in order. */
  readonly commands: readonly Command[];
}

const RUN = {
  id: 'r1',
  workflow: 'w',
  version: 1,
  trigger: 'api',
  startedBy: 'ann',
  startedAt: '2026-01-01T00:00:00Z',
};

/** Runs a Plan to its end with `decide` alone: what is outside is played by `world`; timers jump the clock. */
export function simulateRun(plan: Plan, inputs: JsonObject = {}, world: World = {}): Simulation {
  let state = createState(RUN, inputs, world.seed);
  let now = Date.parse(RUN.startedAt);
  const pending: Pending[] = [];
  const commands: Command[] = [];
  const made = new Map<string, number>();
  const give = (event: RunEvent): void => {
    const decision = decide(plan, state, event, now);
    state = decision.state;
    commands.push(...decision.commands);
    for (const command of decision.commands) carryOut(pending, command, now);
  };
  give({ type: 'run-started' });
  for (let ends = 0; ; ends++) {
    if (ends > 100_000) throw new Error('the run does not end');
    if (world.until?.(state, pending) === true) break;
    const interruption = world.interrupt?.(ends, state);
    if (interruption !== undefined) give(interruption);
    const [next] =
      pending.length === 0 ? [] : pending.splice(world.choose?.(pending) ?? chooseFirst(pending), 1);
    if (next === undefined) {
      const done = world.idle?.(state);
      if (done === undefined) break;
      give(done);
    } else {
      now = Math.max(now, next.due);
      if (next.kind === 'action') made.set(next.step, (made.get(next.step) ?? 0) + 1);
      give(endOf(next, world, made.get(next.step) ?? 0));
    }
  }
  return {
    state,
    commands,
    transitions: commands.flatMap((command) => (command.type === 'record' ? [command.transition] : [])),
    actions: commands.flatMap((command) =>
      command.type === 'run-action' ? [{ step: command.step, with: command.with }] : [],
    ),
  };
}

function chooseFirst(pending: readonly Pending[]): number {
  const first = Math.min(...pending.map(({ due }) => due));
  return pending.findIndex(({ due }) => due === first);
}

function carryOut(pending: Pending[], command: Command, now: number): void {
  const { type } = command;
  if (type === 'run-action' || type === 'run-workflow')
    pending.push({ kind: 'action', step: command.step, canceling: false, due: 0, command });
  if (type === 'acquire-claims')
    pending.push({ kind: 'claims', step: command.step, canceling: false, due: 0, command });
  if (type === 'take-breath') pending.push({ kind: 'breath', step: '', canceling: false, due: 0, command });
  if (type === 'release-claims') {
    const at = pending.findIndex((item) => item.kind === 'claims' && item.step === command.step);
    if (at !== -1) pending.splice(at, 1);
  }
  if (type === 'start-timer')
    pending.push({ kind: 'timer', step: command.step, canceling: false, due: now + command.ms, command });
  if (type === 'cancel-action') {
    const at = pending.findIndex((item) => item.kind === 'action' && item.step === command.step);
    if (at !== -1) pending[at] = { ...pending[at]!, canceling: true };
  }
  if (type === 'cancel-timer') {
    const at = pending.findIndex(
      ({ command: started }) =>
        started.type === 'start-timer' && started.step === command.step && started.timer === command.timer,
    );
    if (at !== -1) pending.splice(at, 1);
  }
}

/** @param attempts of the step, this one included, whatever holds it */
function endOf({ command, step, canceling }: Pending, world: World, attempts: number): RunEvent {
  if (command.type === 'take-breath') return { type: 'breath-taken' };
  if (command.type === 'start-timer') return { type: 'timer-fired', step, timer: command.timer };
  if (canceling) return { type: 'action-canceled', step };
  if (command.type === 'acquire-claims') return { type: 'claims-granted', step };
  const input = command.type === 'run-workflow' ? command.inputs : command.with;
  const outcome = world.act?.(step, input) ?? { output: {} };
  return 'error' in outcome
    ? { type: 'action-failed', step, error: outcome.error, attempts }
    : { type: 'action-succeeded', step, output: outcome.output, attempts };
}

/** A catalogue of one action. */
export const ACTIONS: PlanActions = new Map([
  [
    'test/do',
    {
      name: 'test/do',
      queue: 'command',
      workspace: false,
      fillsWorkspace: 'never',
      quick: true,
      inline: false,
      takesSecrets: true,
      input: {},
    },
  ],
]);

type StepBody = StepDefinition extends infer S ? (S extends StepDefinition ? Omit<S, 'id'> : never) : never;

/** Plan of one stage `main` with these steps, by id. */
export function planOf(steps: Record<string, StepBody>, more: Partial<Definition> = {}): Plan {
  return planOfStages({ main: { kind: 'stage', steps: stepsOf(steps) } }, more);
}

export function planOfStages(
  stages: Record<string, Omit<StageDefinition, 'id'>>,
  more: Partial<Definition> = {},
): Plan {
  const byId = new Map(Object.entries(stages).map(([id, stage]) => [id, { ...stage, id }]));
  return compile({ sluice: 1, name: 'test', inputs: {}, defaults: {}, stages: byId, ...more }, ACTIONS);
}

export function stepsOf(steps: Record<string, StepBody>): ReadonlyMap<string, StepDefinition> {
  return new Map(Object.entries(steps).map(([id, step]) => [id, { ...step, id } as StepDefinition]));
}

/** A step that does `test/do`. */
export function act(common: Partial<StepBody> = {}, input: JsonObject = {}): StepBody {
  return { kind: 'uses', uses: 'test/do', with: input, ...common } as StepBody;
}
