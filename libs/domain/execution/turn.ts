import { type Evaluation, evaluate, evaluateTemplate } from '../expressions/evaluate.js';
import type { Json } from '../json.js';
import type { Block, Expression, Plan, Template } from '../plan/plan.js';
import type { Behaviour, Behaviours } from './behaviour.js';
import type { Command, Transition } from './command.js';
import type { RunEvent, TimerPurpose } from './event.js';
import { engineError } from './failures.js';
import { frameKey, type Instance, instanceOf, parseStepKey, stepKey } from './instance.js';
import { exceedsValueLimit } from './limits.js';
import { blockNumber, containerOf, iterationsWithin, keysWithin } from './place.js';
import { createScope } from './scope.js';
import type { FrameState, RunState, SkipReason, StepKey, StepState, StopReason } from './state.js';
import type { StepError } from './step-error.js';
import { blame, computeRetryDelay, countsAsFailed } from './verdict.js';

export type Outcome =
  | { readonly status: 'succeeded'; readonly output?: Json }
  | { readonly status: 'failed' | 'canceled'; readonly error: StepError };

/**
 * One call of `decide`: the rules of order, of failure and of stopping that all kinds share.
 * Nodes that become ready wait on an agenda, so that a chain of any length needs no stack.
 */
export class Turn {
  readonly commands: Command[] = [];
  private readonly agenda: Instance[] = [];

  constructor(
    readonly plan: Plan,
    readonly state: RunState,
    readonly now: number,
    private readonly behaviours: Behaviours,
  ) {}

  startRun(): void {
    this.recordRun();
    this.openBlock(undefined, 0, this.plan.root);
  }

  cancelRun(request: Extract<RunEvent, { type: 'cancel-requested' }>): void {
    if (this.state.status !== 'running') return;
    this.state.status = 'canceling';
    this.state.cancel = {
      ...(request.by === undefined ? {} : { by: request.by }),
      ...(request.reason === undefined ? {} : { reason: request.reason }),
    };
    this.recordRun();
    this.stopWithin(undefined);
  }

  /** Starts or skips every node that has become ready, and those that become so by it. */
  settleAgenda(): void {
    for (let next = 0; next < this.agenda.length; next++) this.consider(this.agenda[next]!);
    this.agenda.length = 0;
  }

  stateOf(key: StepKey): StepState | undefined {
    return this.state.steps[key];
  }

  requireState(instance: Instance): StepState {
    const step = this.state.steps[instance.key];
    if (step === undefined) throw new Error(`step ${instance.key} has no state`);
    return step;
  }

  isRunning(instance: Instance): boolean {
    return this.state.steps[instance.key]?.status === 'running';
  }

  evaluate(instance: Instance, expression: Expression): Evaluation {
    return evaluate(expression, createScope(this.plan, this.state, instance));
  }

  /** The template's value, or undefined after the step was failed for it. */
  resolve(instance: Instance, template: Template): Json | undefined {
    const result = evaluateTemplate(template, createScope(this.plan, this.state, instance));
    if (result.ok) return result.value;
    this.fail(instance, engineError(result.code, result.message));
    return undefined;
  }

  openBlock(container: Instance | undefined, number: number, block: Block): void {
    const frame: FrameState = { open: block.nodes.length, missing: {} };
    this.state.frames[frameKey(container, number)] = frame;
    const iterations = iterationsWithin(container, number);
    for (const index of block.nodes) {
      const node = this.plan.nodes[index]!;
      if (node.needs.length === 0) this.agenda.push(instanceOf(node, iterations));
    }
    if (frame.open === 0) this.closeBlock(container, number, frame);
  }

  fail(instance: Instance, error: StepError): void {
    this.settle(instance, { status: 'failed', error });
  }

  /** Ends a container by what its blocks left behind. */
  settleContainer(instance: Instance, failure: StepError | undefined, output?: Json): void {
    const stopping = this.requireState(instance).stopping;
    if (stopping === 'timeout') return this.fail(instance, engineError('step-timeout'));
    if (this.isStopped(instance)) return this.settleStopped(instance);
    if (failure !== undefined) return this.fail(instance, failure);
    this.settle(instance, { status: 'succeeded', ...(output === undefined ? {} : { output }) });
  }

  /** Ends an instance that was made to stop by what holds it. */
  settleStopped(instance: Instance): void {
    this.settle(instance, { status: 'canceled', error: this.stopError(instance) });
  }

  settle(instance: Instance, outcome: Outcome): void {
    const step = this.requireState(instance);
    const { node } = instance;
    if (node.timeoutMs !== undefined && node.kind !== 'uses') this.cancelTimer(instance, 'timeout');
    if (outcome.status === 'failed' && this.retryContainer(instance, step, outcome.error)) return;
    step.status = outcome.status;
    step.endedAt = this.now;
    if (outcome.status === 'succeeded') {
      if (outcome.output !== undefined) step.output = outcome.output;
    } else {
      step.error = outcome.error;
      if (outcome.status === 'failed' && node.onFailure === 'continue') step.continued = true;
    }
    this.recordStep(instance, step);
    this.leaveBlock(instance, countsAsFailed(step) ? blame(step.error, instance) : undefined);
  }

  fireTimer(instance: Instance, timer: TimerPurpose): void {
    const step = this.requireState(instance);
    if (timer === 'wait') return this.behaviourOf(instance).waited?.(this, instance as never);
    if (timer === 'timeout') {
      if (step.stopping === undefined) this.stop(instance, 'timeout');
      return;
    }
    if (step.retrying === undefined) return;
    delete step.retrying;
    step.attempts++;
    this.recordStep(instance, step);
    this.begin(instance);
  }

  /** Ends a container early: what runs in it is stopped, what has not begun never does. */
  stop(instance: Instance, reason: StopReason): void {
    const step = this.requireState(instance);
    if (step.stopping !== undefined) return;
    step.stopping = reason;
    if (this.behaviourOf(instance).blockClosed === undefined) return this.stopLeaf(instance);
    this.stopWithin(instance);
  }

  /** Whether the container begins nothing more. */
  isEnding(container: Instance): boolean {
    return this.requireState(container).stopping !== undefined || this.isStopped(container);
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

  private consider(instance: Instance): void {
    if (this.isStopped(instance)) return this.skip(instance, 'stopped');
    const { node } = instance;
    const needsFailed = node.needs.some((need) => this.needFailed(need, instance.iterations));
    if (needsFailed && node.ifHandlesFailure !== true) return this.skip(instance, 'upstream-failed');
    if (node.if === undefined) return this.activate(instance);
    const condition = evaluate(node.if, createScope(this.plan, this.state, { ...instance, needsFailed }));
    if (!condition.ok) {
      this.create(instance);
      return this.fail(instance, engineError(condition.code, `In \`if\`: ${condition.message}`));
    }
    if (typeof condition.value !== 'boolean') {
      this.create(instance);
      return this.fail(instance, engineError('condition-not-boolean'));
    }
    if (condition.value) return this.activate(instance);
    this.skip(instance, needsFailed ? 'upstream-failed' : 'condition');
  }

  private activate(instance: Instance): void {
    this.recordStep(instance, this.create(instance));
    this.begin(instance);
  }

  private create(instance: Instance): StepState {
    const step: StepState = {
      node: instance.node.index,
      status: 'running',
      attempts: 1,
      startedAt: this.now,
    };
    this.state.steps[instance.key] = step;
    return step;
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
    this.recordStep(instance, step);
    this.leaveBlock(instance, undefined);
  }

  /** Tells the block that one of its nodes is over: releases what waited for it, closes the block after the last. */
  private leaveBlock(instance: Instance, failure: StepError | undefined): void {
    const container = containerOf(this.plan, instance);
    const number = blockNumber(this.plan, instance);
    const frame = this.state.frames[frameKey(container, number)];
    if (frame === undefined) throw new Error(`step ${instance.key} settled outside an open block`);
    if (failure !== undefined) frame.failure ??= failure;
    for (const index of instance.node.dependents) {
      const dependent = this.plan.nodes[index]!;
      const missing = (frame.missing[index] ?? dependent.needs.length) - 1;
      if (missing > 0) frame.missing[index] = missing;
      else {
        delete frame.missing[index];
        this.agenda.push(instanceOf(dependent, instance.iterations));
      }
    }
    frame.open--;
    if (frame.open === 0) this.closeBlock(container, number, frame);
  }

  private closeBlock(container: Instance | undefined, number: number, frame: FrameState): void {
    delete this.state.frames[frameKey(container, number)];
    if (container === undefined) return this.finishRun(frame.failure);
    this.behaviourOf(container).blockClosed?.(this, container as never, { number, failure: frame.failure });
  }

  private finishRun(failure: StepError | undefined): void {
    const { state } = this;
    if (state.status === 'canceling') {
      state.status = 'canceled';
      state.error = engineError('canceled', state.cancel?.reason);
    } else if (failure !== undefined) {
      state.status = 'failed';
      state.error = failure;
    } else {
      this.computeOutput();
    }
    this.recordRun();
    this.commands.push({ type: 'finish-run', status: state.status as 'succeeded' | 'failed' | 'canceled' });
  }

  private computeOutput(): void {
    const { state, plan } = this;
    state.status = 'succeeded';
    if (plan.output === undefined) return;
    const result = evaluateTemplate(plan.output, createScope(plan, state));
    if (result.ok && !exceedsValueLimit(result.value)) {
      state.output = result.value;
      return;
    }
    state.status = 'failed';
    state.error = result.ok
      ? engineError('output-too-large', 'In `output` of the definition.')
      : engineError(result.code, `In \`output\` of the definition: ${result.message}`);
  }

  /** True when the container will be run again after a pause: what it did is forgotten. */
  private retryContainer(instance: Instance, step: StepState, error: StepError): boolean {
    const { retry, kind } = instance.node;
    if (retry === undefined || kind === 'uses' || step.attempts >= retry.attempts) return false;
    if (this.isStopped(instance)) return false;
    for (const key of keysWithin(this.plan, this.state, instance)) delete this.state.steps[key];
    for (const key of ['stopping', 'loop', 'open', 'nextBranch', 'failure'] as const) delete step[key];
    step.retrying = true;
    step.error = error;
    this.startTimer(instance, 'retry', computeRetryDelay(retry, step.attempts));
    return true;
  }

  private stopWithin(container: Instance | undefined): void {
    for (const key of keysWithin(this.plan, this.state, container)) {
      const step = this.state.steps[key];
      if (step?.status !== 'running') continue;
      const node = this.plan.nodes[step.node]!;
      const instance = instanceOf(node, parseStepKey(key).iterations);
      if (step.retrying === true) {
        delete step.retrying;
        this.cancelTimer(instance, 'retry');
        this.settleStopped(instance);
      } else if (this.behaviourOf(instance).blockClosed === undefined) this.stopLeaf(instance);
    }
  }

  private stopLeaf(instance: Instance): void {
    const behaviour = this.behaviourOf(instance);
    if (behaviour.stopOutside !== undefined) return behaviour.stopOutside(this, instance as never);
    this.cancelTimer(instance, 'wait');
    const timedOut = this.requireState(instance).stopping === 'timeout';
    if (timedOut) return this.fail(instance, engineError('step-timeout'));
    this.settleStopped(instance);
  }

  /** Whether what holds the instance, at any level, is ending early. */
  private isStopped(instance: Instance): boolean {
    if (this.state.status === 'canceling') return true;
    for (let at = containerOf(this.plan, instance); at !== undefined; at = containerOf(this.plan, at)) {
      if (this.state.steps[at.key]?.stopping !== undefined) return true;
    }
    return false;
  }

  private stopError(instance: Instance): StepError {
    if (this.state.status === 'canceling') return engineError('canceled', this.state.cancel?.reason);
    for (let at = containerOf(this.plan, instance); at !== undefined; at = containerOf(this.plan, at)) {
      if (this.state.steps[at.key]?.stopping === 'timeout')
        return engineError('step-timeout', `Limit of "${at.key}".`);
    }
    return engineError('stopped-by-sibling');
  }

  private needFailed(need: number, iterations: readonly number[]): boolean {
    const step = this.state.steps[stepKey(this.plan.nodes[need]!.id, iterations)];
    return (
      step !== undefined &&
      (countsAsFailed(step) || (step.status === 'skipped' && step.skipped !== 'condition'))
    );
  }

  private behaviourOf(instance: Instance): Behaviour<never> {
    return this.behaviours[instance.node.kind] as Behaviour<never>;
  }

  private recordStep(instance: Instance, step: StepState): void {
    this.record({
      step: instance.key,
      status: step.status,
      attempt: step.attempts,
      ...(step.output === undefined ? {} : { output: step.output }),
      ...(step.error === undefined ? {} : { error: step.error }),
      ...(step.skipped === undefined ? {} : { skipped: step.skipped }),
    });
  }

  private recordRun(): void {
    const { status, output, error } = this.state;
    this.record({
      status,
      ...(output === undefined ? {} : { output }),
      ...(error === undefined ? {} : { error }),
    });
  }

  private record(change: Omit<Transition, 'sequence' | 'at'>): void {
    this.state.sequence++;
    this.commands.push({
      type: 'record',
      transition: { sequence: this.state.sequence, at: this.now, ...change },
    });
  }
}
