import { type Evaluation, evaluate, evaluateTemplate } from '../expressions/evaluate.js';
import { type Json } from '../json.js';
import type { Block, Expression, Plan, Template } from '../plan/plan.js';
import { findNode } from '../plan/plan-index.js';
import type { Behaviour, Behaviours, ClosedBlock } from './behaviour.js';
import { leaveBlock, openBlock } from './blocks.js';
import { releaseClaims, requestClaims } from './claims.js';
import type { Command } from './command.js';
import type { RunEvent, TimerPurpose } from './event.js';
import { engineError } from './failures.js';
import { compensationEnded, rememberCompensation, rootClosed, startRollback, stopRun } from './finishing.js';
import { type Instance, instanceOf, parseStepKey, stepKey } from './instance.js';
import { isCompensation, keysWithin } from './place.js';
import { Recording } from './recording.js';
import { createScope, type ScopePlace } from './scope.js';
import type { FrameState, RunState, SkipReason, StepKey, StepOrder, StepState, StopReason } from './state.js';
import type { StepError } from './step-error.js';
import { isStopped, stop, stopError } from './stopping.js';
import { blame, blocksByFailure, blocksByRejection, computeRetryDelay } from './verdict.js';

export type Outcome =
  | { readonly status: 'succeeded'; readonly output?: Json; readonly rejected?: true }
  | { readonly status: 'failed' | 'canceled'; readonly error: StepError };

/** What an attempt of a step leaves in its state, and the next one must not find. */
const OF_ONE_ATTEMPT = [
  'stopping',
  'waiting',
  'approval',
  'event',
  'loop',
  'turn',
  'caught',
  'pending',
  'won',
  'lost',
  'open',
  'nextBranch',
  'failure',
  'rejected',
  'between',
] as const;

/**
 * One call of `decide`: the life of a step from its turn to its end, which all kinds share. Nodes that become ready wait
 * on an agenda, so that a chain of any length needs no stack.
 */
export class Turn {
  readonly commands: Command[] = [];
  readonly recording: Recording;
  private readonly agenda: Instance[] = [];
  private considered = 0;

  constructor(
    readonly plan: Plan,
    readonly state: RunState,
    readonly now: number,
    private readonly behaviours: Behaviours,
  ) {
    this.recording = new Recording(state, now, this.commands);
  }

  startRun(): void {
    this.recording.run();
    this.openBlock(undefined, 0, this.plan.root);
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

  /** Starts or skips every node that has become ready, and those that become so by it. */
  settleAgenda(): void {
    for (let next = 0; next < this.agenda.length; next++) this.consider(this.agenda[next]!);
    this.agenda.length = 0;
  }

  /** Considers again what was held while the run was paused. */
  releaseHeld(): void {
    for (const key of this.state.held ?? []) this.enqueue(this.requireInstance(key));
    delete this.state.held;
  }

  /** Considers one step again, where it is held while the run is paused. */
  reconsiderHeld(key: StepKey): void {
    const { held } = this.state;
    if (held?.includes(key) !== true) return;
    this.state.held = held.filter((other) => other !== key);
    this.enqueue(this.requireInstance(key));
  }

  /** Whether one event has led to so much that the rest should wait, for the sake of other runs. */
  get isLong(): boolean {
    return this.considered > 1_000;
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
    return evaluate(expression, createScope(this.plan, this.state, { ...instance, ...more }));
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
    const result = evaluateTemplate(template, createScope(this.plan, this.state, instance));
    if (result.ok) return result.value;
    this.fail(instance, engineError(result.code, result.message));
    return undefined;
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

  /** Ends a container by what its blocks left behind. */
  settleContainer(instance: Instance, failure: StepError | undefined, output?: Json): void {
    const { stopping } = this.requireState(instance);
    if (stopping === 'timeout' || isStopped(this, instance)) return this.settleStopped(instance);
    if (failure !== undefined && stopping !== 'quorum') return this.fail(instance, failure);
    this.settle(instance, { status: 'succeeded', ...(output === undefined ? {} : { output }) });
  }

  /** Ends an instance that was made to stop: by its own time limit, or by what holds it. */
  settleStopped(instance: Instance): void {
    if (this.requireState(instance).stopping === 'timeout')
      return this.fail(instance, engineError('step-timeout'));
    this.settle(instance, { status: 'canceled', error: stopError(this, instance) });
  }

  settle(instance: Instance, outcome: Outcome): void {
    const step = this.requireState(instance);
    const { node } = instance;
    if (node.timeoutMs !== undefined && node.kind !== 'uses') this.cancelTimer(instance, 'timeout');
    if (step.waiting !== 'claims' && step.waiting !== 'intervention')
      this.behaviourOf(instance).ended?.(this, instance as never);
    if (step.order !== undefined) return this.concludeByOrder(instance, step, step.order);
    if (outcome.status === 'failed') {
      if (this.retryContainer(instance, step, outcome.error)) return;
      if (this.intervene(instance, step, outcome.error)) return;
    }
    this.conclude(instance, step, outcome);
  }

  /** A person has decided what becomes of the step; what runs of it is stopped first. */
  order(instance: Instance, order: StepOrder): void {
    const step = this.requireState(instance);
    step.order = order;
    stop(this, instance, 'order');
  }

  /** Lets a step that waits for a person, or has failed, begin again. */
  beginAgain(instance: Instance): void {
    const step = this.requireState(instance);
    for (const key of keysWithin(this.plan, this.state, instance)) delete this.state.steps[key];
    for (const key of OF_ONE_ATTEMPT) delete step[key];
    delete step.error;
    step.attempts++;
    this.recording.step(instance, step);
    this.begin(instance);
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
    step.attempts++;
    this.recording.step(instance, step);
    this.begin(instance);
  }

  claimsGranted(instance: Instance): void {
    const step = this.requireState(instance);
    if (step.waiting !== 'claims') return;
    delete step.waiting;
    step.claimed = true;
    this.recording.step(instance, step);
    this.begin(instance);
  }

  stop(instance: Instance, reason: StopReason): void {
    stop(this, instance, reason);
  }

  isStopped(instance: Instance): boolean {
    return isStopped(this, instance);
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
      attempts: 1,
      startedAt: this.now,
    };
    this.state.steps[instance.key] = step;
    return step;
  }

  private consider(instance: Instance): void {
    this.considered++;
    const { state } = this;
    if (isStopped(this, instance)) return this.skip(instance, 'stopped');
    if (state.orders !== undefined && this.takeOrder(instance, state.orders)) return;
    if (state.status === 'paused') {
      state.held = [...(state.held ?? []), instance.key];
      return;
    }
    if (state.seed !== undefined && this.takeSeed(instance, state.seed[instance.key])) return;
    const { node } = instance;
    const needs = node.needs.map(
      (need) => state.steps[stepKey(this.plan.nodes[need]!.id, instance.iterations)],
    );
    const failed = needs.some((step) => step !== undefined && blocksByFailure(step));
    const rejected = needs.some((step) => step !== undefined && blocksByRejection(step));
    if (failed && node.ifHandlesFailure !== true) return this.skip(instance, 'upstream-failed');
    if (rejected && node.ifHandlesRejection !== true) return this.skip(instance, 'rejected');
    if (node.if === undefined) return this.activate(instance);
    const condition = this.evaluate(instance, node.if, { needs: { failed, rejected } });
    if (condition.ok && condition.value === true) return this.activate(instance);
    if (condition.ok && condition.value === false) {
      return this.skip(instance, failed ? 'upstream-failed' : rejected ? 'rejected' : 'condition');
    }
    this.create(instance);
    this.fail(
      instance,
      condition.ok
        ? engineError('condition-not-boolean')
        : engineError(condition.code, `In \`if\`: ${condition.message}`),
    );
  }

  private takeOrder(instance: Instance, orders: Record<StepKey, StepOrder>): boolean {
    const order = orders[instance.key];
    if (order === undefined) return false;
    delete orders[instance.key];
    this.concludeByOrder(instance, this.create(instance), order);
    return true;
  }

  private takeSeed(instance: Instance, seeded: NonNullable<RunState['seed']>[StepKey] | undefined): boolean {
    if (seeded === undefined) return false;
    const step = this.create(instance);
    step.status = seeded.status;
    step.endedAt = this.now;
    step.reused = true;
    if (seeded.output !== undefined) step.output = seeded.output;
    if (seeded.skipped !== undefined) step.skipped = seeded.skipped;
    this.recording.step(instance, step);
    leaveBlock(this, instance, step);
    return true;
  }

  private activate(instance: Instance): void {
    const step = this.create(instance);
    if (instance.node.claims !== undefined) return requestClaims(this, instance, step);
    this.recording.step(instance, step);
    this.begin(instance);
  }

  private begin(instance: Instance): void {
    const { node } = instance;
    // The time limit of an action is its worker's and Temporal's business.
    if (node.timeoutMs !== undefined && node.kind !== 'uses')
      this.startTimer(instance, 'timeout', node.timeoutMs);
    this.behaviourOf(instance).start(this, instance as never);
  }

  private skip(instance: Instance, reason: SkipReason): void {
    const step: StepState = {
      node: instance.node.index,
      status: 'skipped',
      attempts: 0,
      startedAt: this.now,
      endedAt: this.now,
      skipped: reason,
    };
    this.state.steps[instance.key] = step;
    this.recording.step(instance, step);
    leaveBlock(this, instance, step);
  }

  private concludeByOrder(instance: Instance, step: StepState, order: StepOrder): void {
    delete step.order;
    if (order.type === 'complete')
      return this.conclude(instance, step, { status: 'succeeded', output: order.output });
    step.skipped = 'operator';
    this.over(instance, step, 'skipped');
  }

  private conclude(instance: Instance, step: StepState, outcome: Outcome): void {
    if (outcome.status === 'succeeded') {
      delete step.error;
      if (outcome.output !== undefined) step.output = outcome.output;
      if (outcome.rejected === true) step.rejected = true;
      if (instance.node.compensate !== undefined) {
        step.status = 'succeeded';
        rememberCompensation(this, instance);
      }
    } else {
      step.error = outcome.error;
      if (outcome.status === 'failed' && instance.node.onFailure === 'continue') step.continued = true;
    }
    const undoes =
      outcome.status === 'failed' &&
      instance.node.onFailure === 'rollback' &&
      startRollback(this, blame(outcome.error, instance)!);
    this.over(instance, step, outcome.status);
    if (undoes) stopRun(this);
  }

  private over(instance: Instance, step: StepState, status: StepState['status']): void {
    if (instance.node.claims !== undefined) releaseClaims(this, instance, step);
    step.status = status;
    step.endedAt = this.now;
    delete step.waiting;
    delete step.input;
    this.recording.step(instance, step);
    if (isCompensation(instance.node)) return compensationEnded(this, instance, step);
    leaveBlock(this, instance, step);
  }

  /** True when the container will be run again after a pause: what it did is forgotten. */
  private retryContainer(instance: Instance, step: StepState, error: StepError): boolean {
    const { retry, kind } = instance.node;
    if (retry === undefined || kind === 'uses' || step.attempts >= retry.attempts) return false;
    if (isStopped(this, instance)) return false;
    for (const key of keysWithin(this.plan, this.state, instance)) delete this.state.steps[key];
    for (const key of OF_ONE_ATTEMPT) delete step[key];
    step.retrying = true;
    step.error = error;
    this.startTimer(instance, 'retry', computeRetryDelay(retry, step.attempts));
    return true;
  }

  /** True when the failed step waits for a person now. */
  private intervene(instance: Instance, step: StepState, error: StepError): boolean {
    if (instance.node.onFailure !== 'intervene' || isStopped(this, instance)) return false;
    step.waiting = 'intervention';
    step.error = error;
    for (const key of ['stopping', 'between', 'approval', 'event', 'open'] as const) delete step[key];
    this.recording.step(instance, step);
    this.recording.publish({
      type: 'step.intervention-needed',
      step: instance.key,
      data: error as unknown as Json,
    });
    return true;
  }
}
