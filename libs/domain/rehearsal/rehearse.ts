import { checkInputs } from '../definition/check-inputs.js';
import { answersApproval, requestOf, votesNeeded } from '../driving/answers.js';
import { ClaimsDesk } from '../driving/claims-desk.js';
import { Drive } from '../driving/drive.js';
import { VirtualClock } from '../driving/virtual-clock.js';
import { findVoter } from '../driving/voters.js';
import type { AttemptEnd, RunAction, Stop, World } from '../driving/world.js';
import { EVERY_ROLE } from '../execution/approvers.js';
import type { Transition } from '../execution/command.js';
import type { RunState, StepKey } from '../execution/state.js';
import type { Json, JsonObject } from '../json.js';
import type { PlanActions } from '../plan/action.js';
import type { Plan } from '../plan/plan.js';
import { MockStage, namesOf } from './stage.js';
import type { TestCase } from './test-file.js';

/** Does an action really: only those that the test allows. */
export type Reality = (command: RunAction, attempt: number, end: (end: AttemptEnd) => void) => Stop;

export interface Rehearsal {
  readonly state: RunState;
  readonly transitions: readonly Transition[];
  /** Input of the last attempt of each step that does something outside. */
  readonly inputs: ReadonlyMap<StepKey, Json>;
  /** What went wrong with the test itself, in words. */
  readonly problems: readonly string[];
}

/** Transitions of one run at most: a run without an end must not fill the memory. */
const MOST_TRANSITIONS = 1_000_000;

/** Times that one answer is given to one step: a mock may fail for ever. */
const MOST_ANSWERS = 100;

interface Setting {
  readonly actions: PlanActions;
  readonly reality?: Reality;
  readonly mostTransitions?: number;
}

/** Runs a test's run to its end, by `decide`, on a clock that jumps; `inputs` fit the definition. */
export async function rehearse(
  plan: Plan,
  inputs: JsonObject,
  test: TestCase,
  setting: Setting,
): Promise<Rehearsal> {
  const run = new RehearsedRun(plan, inputs, test, setting);
  await run.play();
  return run;
}

class RehearsedRun implements Rehearsal {
  readonly state: RunState;
  readonly transitions: Transition[] = [];
  readonly inputs = new Map<StepKey, Json>();
  private readonly own: string[] = [];
  private readonly clock: VirtualClock;
  private readonly stage: MockStage;
  private readonly drive: Drive;
  private readonly real = new Set<Promise<void>>();
  private readonly answered = new Map<StepKey, number>();
  private over = false;

  constructor(
    plan: Plan,
    inputs: JsonObject,
    private readonly test: TestCase,
    private readonly setting: Setting,
  ) {
    this.clock = new VirtualClock(test.startsAt);
    this.stage = new MockStage(test, setting.actions);
    const run = {
      ...{ id: '00000000-0000-7000-8000-000000000000', workflow: plan.name, version: 1, trigger: 'api' },
      ...{ startedBy: 'tester', startedAt: new Date(test.startsAt).toISOString() },
    };
    this.drive = new Drive(plan, run, inputs, this.createWorld(plan));
    this.state = this.drive.state;
  }

  get problems(): readonly string[] {
    const { unmocked, problems } = this.stage;
    const missing = [...unmocked].map((name) => `${name} is neither mocked nor allowed`);
    return [...missing, ...new Set(problems), ...this.own];
  }

  async play(): Promise<void> {
    const { clock, test, drive } = this;
    const { mostTransitions: most = MOST_TRANSITIONS } = this.setting;
    const author = { by: 'tester', roles: [EVERY_ROLE] };
    drive.start();
    for (const { name, data, afterMs } of test.events)
      clock.after(afterMs, () => drive.operate({ type: 'send-event', name, data, ...author }));
    const { cancel } = test;
    if (cancel !== undefined) {
      const { compensate } = cancel;
      clock.after(cancel.afterMs, () => drive.operate({ type: 'cancel', compensate, ...author }));
    }
    while (!this.over) {
      // What really happens takes no time of the test's.
      if (this.real.size > 0) await Promise.race(this.real);
      else if (!clock.advance()) break;
      if (this.transitions.length > most) {
        this.own.push(`the run was given up after ${most.toLocaleString('en-US')} transitions`);
        return;
      }
    }
    if (!this.over) this.own.push(`the run stands still: ${describeWaiting(this.state)}`);
  }

  private createWorld(plan: Plan): World {
    const { clock, stage } = this;
    const pools = plan.nodes.flatMap(({ claims }) => claims?.resources?.pool ?? []);
    return {
      clock,
      claims: new ClaimsDesk(new Map(pools.map((name) => [name, {}]))),
      beginAttempt: (command, attempt, end) => {
        this.inputs.set(command.step, command.with);
        const { reality } = this.setting;
        const allowed = this.test.allow.includes(command.node.action) && !stage.isMocked(command);
        if (allowed && reality !== undefined) return this.doReally(reality, command, attempt, end);
        return this.perform(stage.perform(command, attempt), end);
      },
      beginWorkflow: (command, attempt, end) => {
        this.inputs.set(command.step, command.inputs);
        return this.perform(stage.perform(command, attempt), end);
      },
      breathe: (over) => void clock.after(0, over),
      record: (transition) => {
        this.transitions.push(transition);
        const { step, waiting } = transition;
        if (step !== undefined && (waiting === 'approval' || waiting === 'intervention'))
          clock.after(0, () => this.answer(step));
      },
      publish: () => undefined,
      finished: () => {
        this.over = true;
      },
    };
  }

  private perform(
    { takesMs, end: outcome }: ReturnType<MockStage['perform']>,
    end: (end: AttemptEnd) => void,
  ): Stop {
    const stop = this.clock.after(takesMs, () => end(outcome));
    let stopped = false;
    return () => {
      if (stopped) return;
      stopped = true;
      stop();
      this.clock.after(0, () => end({ type: 'canceled' }));
    };
  }

  private doReally(
    reality: Reality,
    command: RunAction,
    attempt: number,
    end: (end: AttemptEnd) => void,
  ): Stop {
    let stop: Stop = () => undefined;
    const ended = new Promise<void>((resolve) => {
      stop = reality(command, attempt, (outcome) => {
        this.real.delete(ended);
        end(outcome);
        resolve();
      });
    });
    this.real.add(ended);
    return () => stop();
  }

  /** Gives the test's answer to a step that waits for a person; where there is none, time goes on. */
  private answer(key: StepKey): void {
    const { answers } = this.test;
    const name = namesOf(key).find((each) => answers.has(each));
    const answer = name === undefined ? undefined : answers.get(name);
    const step = this.state.steps[key];
    if (answer === undefined || step?.waiting === undefined) return;
    const times = (this.answered.get(key) ?? 0) + 1;
    this.answered.set(key, times);
    if (times > MOST_ANSWERS) return;
    const { approval } = step;
    if (step.waiting !== 'approval' || approval === undefined || !answersApproval(answer)) {
      this.operate({ ...requestOf(answer, key), by: 'tester', roles: [EVERY_ROLE] }, key);
      return;
    }
    const checked = checkInputs(approval.inputs ?? {}, answer.inputs ?? {}, 'approval');
    if (answer.type === 'approve' && checked.errors !== undefined) {
      const wrong = checked.errors.map(({ path, message }) => `${path} ${message}`).join(' ');
      this.own.push(`the answer for ${key} does not fit: ${wrong}`);
      return;
    }
    for (let left = votesNeeded(answer, approval); left > 0; left--) {
      const now = this.state.steps[key]?.approval ?? approval;
      const by = answer.by ?? findVoter(now, this.state.run.startedBy)?.by ?? 'tester';
      const reason = answer.reason === undefined ? {} : { reason: answer.reason };
      if (!this.operate({ ...requestOf(answer, key), by, roles: [EVERY_ROLE], ...reason }, key)) return;
    }
  }

  private operate(operation: Parameters<Drive['operate']>[0], key: StepKey): boolean {
    const refusal = this.drive.operate(operation);
    if (refusal !== undefined) this.own.push(`the answer for ${key} does not fit: ${refusal.message}`);
    return refusal === undefined;
  }
}

/** What a run waits for in which nothing is under way. */
function describeWaiting({ steps }: RunState): string {
  const waits = Object.entries(steps).flatMap(([key, { waiting, event }]) =>
    waiting === undefined ? [] : [`${key} waits for ${waiting === 'event' ? `the event ${event}` : waiting}`],
  );
  return waits.length === 0 ? 'nothing is under way' : waits.slice(0, 5).join(', ');
}
