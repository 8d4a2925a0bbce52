import {
  type Budget,
  type Evaluation,
  evaluate,
  evaluateTemplate,
  type Scope,
} from '../expressions/evaluate.js';
import type { Json } from '../json.js';
import type { Block, Expression, Plan, PlanNode, Template } from '../plan/plan.js';
import { findNode } from '../plan/plan-index.js';
import type { Behaviour, Behaviours, ClosedBlock } from './behaviour.js';
import { openBlock } from './blocks.js';
import { releaseClaims } from './claims.js';
import type { Command } from './command.js';
import { takeRunInput } from './data-flow.js';
import type { RunEvent, TimerPurpose } from './event.js';
import { engineError } from './failures.js';
import { rootClosed, stopRun } from './finishing.js';
import { type Instance, instanceOf, parseStepKey, stepKey } from './instance.js';
import { withProblem } from './problem.js';
import { Recording } from './recording.js';
import { createScope, type ScopePlace } from './scope.js';
import {
  beginAgain,
  beginClaimed,
  beginNext,
  type Outcome,
  retryLater,
  settle,
  settleContainer,
  settleStopped,
} from './settling.js';
import type { FrameState, RunState, StepKey, StepOrder, StepState, StopReason } from './state.js';
import type { StepError } from './step-error.js';
import { isStopped, stop } from './stopping.js';
import { consider } from './taking-turns.js';

/**
 * Effort at one moment (a task of the interpreter, however many events come with it) before the rest waits for a breath.
 * The turn of a step is one; it comes to some 50 ms, of the 5 s after which a worker gives a task up.
 */
const MOST_AT_ONCE = 1_000;

/** Evaluation steps of expressions that cost as much as a step's turn. */
const EVALUATED_AT_ONCE = 100;

/** Evaluation steps that one turn of a step may ask of all its expressions together; past it, they fail. */
const MOST_OF_ONE = 500_000;

/**
 * One call of `decide`: the state of the run, what is commanded, and what the kinds of step may do. Nodes that become
 * ready wait on an agenda, so that a chain of any length needs no stack.
 */
export class Turn {
  readonly commands: Command[] = [];
  readonly recording: Recording;
  private readonly agenda: Instance[] = [];
  private spent: number;
  private budget: Budget = { left: MOST_OF_ONE };

  constructor(
    readonly plan: Plan,
    readonly state: RunState,
    readonly now: number,
    private readonly behaviours: Behaviours,
  ) {
    this.recording = new Recording(state, now, this.commands);
    this.spent = state.effort?.at === now ? state.effort.spent : 0;
  }

  startRun(): void {
    this.recording.run();
    const refused = takeRunInput(this);
    if (refused === undefined) return this.openBlock(undefined, 0, this.plan.root);
    this.rootClosed({ open: 0, missing: {}, failure: withProblem(refused, '/') });
  }

  cancelRun(
    request: Omit<Extract<RunEvent, { type: 'cancel-requested' }>, 'type'> & { compensate?: boolean },
  ): void {
    const { state } = this;
    if (state.status !== 'running' && state.status !== 'paused') return;
    state.status = 'canceling';
    state.cancel = {
      ...(request.by === undefined ? {} : { by: request.by }),
      ...(request.reason === undefined ? {} : { reason: request.reason }),
      ...(request.compensate === true ? { compensate: true } : {}),
    };
    this.recording.run();
    stopRun(this);
  }

  /** Its turn is considered when all that happens now has happened. */
  enqueue(instance: Instance): void {
    this.agenda.push(instance);
  }

  /** Starts or skips every node that has become ready, and those that become so by it; after too many, a breath first. */
  settleAgenda(): void {
    const { agenda, state } = this;
    let next = 0;
    this.countEvaluated();
    for (; next < agenda.length && this.spent < MOST_AT_ONCE; next++) {
      this.spent++;
      consider(this, agenda[next]!);
      this.countEvaluated();
    }
    if (this.spent > 0) state.effort = { at: this.now, spent: this.spent };
    if (next === agenda.length) return;
    if (state.agenda === undefined) this.commands.push({ type: 'take-breath' });
    state.agenda = [...(state.agenda ?? []), ...agenda.slice(next).map(({ key }) => key)];
  }

  private countEvaluated(): void {
    this.spent += (MOST_OF_ONE - this.budget.left) / EVALUATED_AT_ONCE;
    this.budget = { left: MOST_OF_ONE };
  }

  /** Goes on after a breath. */
  resumeAgenda(): void {
    this.spent = 0;
    for (const key of this.state.agenda ?? []) this.enqueue(this.requireInstance(key));
    delete this.state.agenda;
  }

  /** Its turn has come and was put off; now it has not come. */
  withdraw(key: StepKey): boolean {
    const { state } = this;
    const isOther = (other: StepKey) => other !== key;
    const before = (state.agenda?.length ?? 0) + (state.held?.length ?? 0);
    if (state.agenda !== undefined) state.agenda = state.agenda.filter(isOther);
    if (state.held !== undefined) state.held = state.held.filter(isOther);
    return (state.agenda?.length ?? 0) + (state.held?.length ?? 0) < before;
  }

  /** Considers again what was held while the run was paused. */
  releaseHeld(): void {
    for (const key of this.state.held ?? []) this.enqueue(this.requireInstance(key));
    delete this.state.held;
  }

  /** Begins what got its claims while the run was paused. */
  beginClaimed(): void {
    for (const [key, step] of Object.entries(this.state.steps)) {
      if (step.waiting !== 'claims' || step.claimed !== true) continue;
      beginClaimed(this, this.requireInstance(key), step);
    }
  }

  /** Considers one step again, where it is held while the run is paused. */
  reconsiderHeld(key: StepKey): void {
    const { held } = this.state;
    if (held?.includes(key) !== true) return;
    this.state.held = held.filter((other) => other !== key);
    this.enqueue(this.requireInstance(key));
  }

  stateOf(key: StepKey): StepState | undefined {
    return this.state.steps[key];
  }

  requireState(instance: Instance): StepState {
    const step = this.state.steps[instance.key];
    if (step === undefined) throw new Error(`step ${instance.key} has no state`);
    return step;
  }

  instanceAt(id: string, iterations: readonly number[]): Instance | undefined {
    const node = findNode(this.plan, id);
    return node === undefined ? undefined : instanceOf(node, iterations);
  }

  requireInstance(key: StepKey): Instance {
    const { id, iterations } = parseStepKey(key);
    const instance = this.instanceAt(id, iterations);
    if (instance === undefined) throw new Error(`there is no step ${key}`);
    return instance;
  }

  behaviourOf(instance: Instance): Behaviour<never> {
    return this.behaviours[instance.node.kind] as Behaviour<never>;
  }

  isRunning(instance: Instance): boolean {
    return this.state.steps[instance.key]?.status === 'running';
  }

  evaluate(instance: Instance, expression: Expression, more: Partial<ScopePlace> = {}): Evaluation {
    return evaluate(expression, this.scopeAt({ ...instance, ...more }));
  }

  /** The condition's verdict, or undefined after the step was failed for it. */
  decideCondition(
    instance: Instance,
    condition: Expression,
    more: Partial<ScopePlace> = {},
  ): boolean | undefined {
    const result = this.evaluate(instance, condition, more);
    if (result.ok && typeof result.value === 'boolean') return result.value;
    this.fail(
      instance,
      result.ok ? engineError('condition-not-boolean') : engineError(result.code, result.message),
    );
    return undefined;
  }

  /** The template's value, or undefined after the step was failed for it. */
  resolve(instance: Instance, template: Template): Json | undefined {
    const result = evaluateTemplate(template, this.scopeAt(instance));
    if (result.ok) return result.value;
    this.fail(instance, engineError(result.code, result.message));
    return undefined;
  }

  /** The names that an expression sees there, within what this turn of a step may still ask of expressions. */
  scopeAt(place?: ScopePlace): Scope {
    return { ...createScope(this.plan, this.state, place), budget: this.budget };
  }

  openBlock(container: Instance | undefined, number: number, block: Block): void {
    openBlock(this, container, number, block);
  }

  blockClosed(container: Instance, block: ClosedBlock): void {
    this.behaviourOf(container).blockClosed?.(this, container as never, block);
  }

  rootClosed(frame: FrameState): void {
    rootClosed(this, frame);
  }

  fail(instance: Instance, error: StepError): void {
    this.settle(instance, { status: 'failed', error });
  }

  /** The error as steps of a sequence see it. */
  describe(error: StepError, { dataFlow }: PlanNode): StepError {
    return dataFlow === undefined ? error : withProblem(error, dataFlow.reference);
  }

  /** Runs the body of a container once more after a pause. */
  retryLater(instance: Instance, error: StepError, ms: number): void {
    retryLater(this, instance, error, ms);
  }

  settle(instance: Instance, outcome: Outcome): void {
    settle(this, instance, outcome);
  }

  /** Ends a container by what its blocks left behind. */
  settleContainer(instance: Instance, failure: StepError | undefined, output?: Json): void {
    settleContainer(this, instance, failure, output);
  }

  /** Ends an instance that was made to stop: by its own time limit, or by what holds it. */
  settleStopped(instance: Instance): void {
    settleStopped(this, instance);
  }

  /** Lets a step that waits for a person, or has failed, begin again. */
  beginAgain(instance: Instance): void {
    beginAgain(this, instance);
  }

  /** A person has decided what becomes of the step; what runs of it is stopped first. */
  order(instance: Instance, order: StepOrder): void {
    this.requireState(instance).order = order;
    stop(this, instance, 'order');
  }

  fireTimer(instance: Instance, timer: TimerPurpose): void {
    const step = this.requireState(instance);
    if (timer === 'timeout') {
      if (step.stopping === undefined) this.stop(instance, 'timeout');
      return;
    }
    if (timer !== 'retry') return this.behaviourOf(instance).timerFired?.(this, instance as never, timer);
    if (step.retrying === undefined) return;
    delete step.retrying;
    beginNext(this, instance, step);
  }

  claimsGranted(instance: Instance): void {
    const step = this.requireState(instance);
    if (step.waiting !== 'claims') return;
    step.claimed = true;
    if (this.state.status !== 'paused') beginClaimed(this, instance, step);
  }

  claimsRefused(instance: Instance, error: StepError): void {
    const step = this.requireState(instance);
    if (step.waiting !== 'claims') return;
    releaseClaims(this, instance, step);
    delete step.waiting;
    this.fail(instance, error);
  }

  stop(instance: Instance, reason: StopReason): void {
    stop(this, instance, reason);
  }

  /** Whether the container begins nothing more. */
  isEnding(container: Instance): boolean {
    return this.requireState(container).stopping !== undefined || isStopped(this, container);
  }

  startTimer(instance: Instance, timer: TimerPurpose, ms: number): void {
    this.commands.push({ type: 'start-timer', step: instance.key, timer, ms });
  }

  cancelTimer(instance: Instance, timer: TimerPurpose): void {
    this.commands.push({ type: 'cancel-timer', step: instance.key, timer });
  }

  /** Output of each node of a block by its id; null where there is none. */
  outputsOf(block: Block, iterations: readonly number[]): Record<string, Json> {
    return Object.fromEntries(
      block.nodes.map((index) => {
        const { id } = this.plan.nodes[index]!;
        return [id, this.state.steps[stepKey(id, iterations)]?.output ?? null];
      }),
    );
  }

  create(instance: Instance): StepState {
    const step: StepState = {
      node: instance.node.index,
      status: 'running',
      // A sequence may come back to it.
      attempts: (this.state.steps[instance.key]?.attempts ?? 0) + 1,
      startedAt: this.now,
    };
    this.state.steps[instance.key] = step;
    return step;
  }
}
