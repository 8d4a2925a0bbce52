import type { Hopeless } from '../claims/grant.js';
import { attemptPolicyOf, computePause } from '../execution/attempt-policy.js';
import type { Command } from '../execution/command.js';
import { createState, decide } from '../execution/decide.js';
import type { RunEvent } from '../execution/event.js';
import type { Operation, Refusal } from '../execution/operation.js';
import { refuseOperation } from '../execution/operations/table.js';
import type { RunFacts, RunState, StepKey } from '../execution/state.js';
import type { StepError } from '../execution/step-error.js';
import type { JsonObject } from '../json.js';
import type { Plan } from '../plan/plan.js';
import type { AttemptEnd, RunAction, RunWorkflow, Stop, World } from './world.js';

type Carriers = { readonly [T in Command['type']]: (command: Extract<Command, { type: T }>) => void };

/**
 * Drives one run within a process: asks `decide` what follows from each event, has the world carry it out, and makes
 * events of what comes back. Retries of actions are its business too; whatever takes time is the world's.
 */
export class Drive {
  readonly state: RunState;
  private readonly events: RunEvent[] = [];
  private busy = false;
  private finished = false;
  private readonly underWay = new Map<StepKey, Stop>();
  /** Steps that run another workflow. */
  private readonly calls = new Map<StepKey, Stop>();
  private readonly timers = new Map<string, Stop>();
  /** Attempts made of each step so far; a container that is retried runs its steps once more. */
  private readonly made = new Map<StepKey, number>();
  private readonly carriers: Carriers;

  constructor(
    readonly plan: Plan,
    run: RunFacts,
    inputs: JsonObject,
    private readonly world: World,
  ) {
    this.state = createState(run, inputs);
    this.carriers = {
      'run-action': (command) => this.tryAction(command, 1),
      'run-workflow': (command) => this.runWorkflow(command),
      'cancel-action': ({ step }) => (this.underWay.get(step) ?? this.calls.get(step))?.(),
      'acquire-claims': ({ step, claims }) =>
        world.claims.acquire(this.ownerOf(step), claims, (hopeless) =>
          this.take(
            hopeless === undefined
              ? { type: 'claims-granted', step }
              : { type: 'claims-refused', step, error: refusalOf(hopeless) },
          ),
        ),
      'release-claims': ({ step }) => world.claims.release(this.ownerOf(step)),
      'start-timer': ({ step, timer, ms }) => {
        const name = `${timer} ${step}`;
        const stop = world.clock.after(ms, () => {
          this.timers.delete(name);
          this.take({ type: 'timer-fired', step, timer });
        });
        this.timers.set(name, stop);
      },
      'cancel-timer': ({ step, timer }) => {
        const name = `${timer} ${step}`;
        this.timers.get(name)?.();
        this.timers.delete(name);
      },
      'take-breath': () => world.breathe(() => this.take({ type: 'breath-taken' })),
      record: ({ transition }) => world.record(transition),
      publish: ({ event }) => world.publish(event),
      'finish-run': ({ status }) => {
        this.finished = true;
        world.finished(status, this.state);
      },
    };
  }

  start(): void {
    this.take({ type: 'run-started' });
  }

  /** What came while an event was being handled is handled after it. */
  take(event: RunEvent): void {
    this.events.push(event);
    if (this.busy) return;
    this.busy = true;
    try {
      for (let next = this.events.shift(); next !== undefined; next = this.events.shift()) this.handle(next);
    } finally {
      this.busy = false;
    }
  }

  /** Does the operation, or says why it does not fit. */
  operate(operation: Operation): Refusal | undefined {
    const refusal = refuseOperation(this.plan, this.state, operation);
    if (refusal === undefined) this.take({ type: 'operation', operation });
    return refusal;
  }

  /** Whether an action or a timer is under way; what steps run elsewhere is not known here. */
  get moves(): boolean {
    return this.underWay.size > 0 || this.timers.size > 0;
  }

  private handle(event: RunEvent): void {
    if (this.finished) return;
    const { commands } = decide(this.plan, this.state, event, this.world.clock.now());
    for (const command of commands) (this.carriers[command.type] as (command: Command) => void)(command);
  }

  /** @param tried attempts that this turn of the step has made, this one included */
  private tryAction(command: RunAction, tried: number): void {
    const { step } = command;
    const attempt = (this.made.get(step) ?? 0) + 1;
    this.made.set(step, attempt);
    let stopping = false;
    const stop = this.world.beginAttempt(command, attempt, (end) => {
      if (!stopping && end.type === 'failed' && this.retry(command, tried, end)) return;
      this.underWay.delete(step);
      this.take(eventOf(step, end, attempt));
    });
    this.underWay.set(step, () => {
      stopping = true;
      stop();
    });
  }

  /** Whether the step is tried once more, after a pause. */
  private retry(command: RunAction, tried: number, end: Extract<AttemptEnd, { type: 'failed' }>): boolean {
    const policy = attemptPolicyOf(command.node);
    if (!end.retryable || tried >= policy.attempts) return false;
    const { step } = command;
    const ms = end.retryAfterMs ?? computePause(policy, tried);
    const stop = this.world.clock.after(ms, () => this.tryAction(command, tried + 1));
    this.underWay.set(step, () => {
      stop();
      this.underWay.delete(step);
      this.take({ type: 'action-canceled', step });
    });
    return true;
  }

  private runWorkflow(command: RunWorkflow): void {
    const { step } = command;
    const attempt = (this.made.get(step) ?? 0) + 1;
    this.made.set(step, attempt);
    const stop = this.world.beginWorkflow(command, attempt, (end) => {
      this.calls.delete(step);
      this.take(eventOf(step, end.type === 'failed' ? { ...end, retryable: false } : end, attempt));
    });
    this.calls.set(step, stop);
  }

  private ownerOf(step: StepKey): string {
    return `${this.state.run.id} ${step}`;
  }
}

function eventOf(step: StepKey, end: AttemptEnd, attempts: number): RunEvent {
  switch (end.type) {
    case 'succeeded':
      return { type: 'action-succeeded', step, output: end.output, attempts };
    case 'failed':
      return { type: 'action-failed', step, error: end.error, attempts };
    case 'canceled':
      return { type: 'action-canceled', step };
  }
}

function refusalOf(hopeless: Hopeless): StepError {
  return hopeless === 'pool-unknown'
    ? { class: 'configuration', code: hopeless, message: 'There is no resource pool of that name.' }
    : { class: 'resource', code: hopeless, message: 'The pool never has as much as the step asks for.' };
}
