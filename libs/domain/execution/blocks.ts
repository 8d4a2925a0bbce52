import type { Block } from '../plan/plan.js';
import { frameKey, type Instance, instanceOf, stepKey } from './instance.js';
import { blockNumber, containerOf, iterationsWithin, keysWithin } from './place.js';
import { goOn, handedTo } from './sequence.js';
import type { FrameState, StepState } from './state.js';
import type { StepError } from './step-error.js';
import type { Turn } from './turn.js';
import { blame, countsAsFailed } from './verdict.js';

/** The rules of order: what is ready begins, what waited for it is released, the last one closes the block. */

export function openBlock(turn: Turn, container: Instance | undefined, number: number, block: Block): void {
  if (block.flow === 'sequence') return openSequence(turn, container, number, block);
  const frame: FrameState = { open: block.nodes.length, missing: {} };
  turn.state.frames[frameKey(container, number)] = frame;
  const iterations = iterationsWithin(container, number);
  for (const index of block.nodes) {
    const node = turn.plan.nodes[index]!;
    if (node.needs.length === 0) turn.enqueue(instanceOf(node, iterations));
  }
  if (frame.open === 0) closeBlock(turn, container, number, frame);
}

function openSequence(turn: Turn, container: Instance | undefined, number: number, block: Block): void {
  const frame: FrameState = { open: 1, missing: {}, data: handedTo(turn, container) };
  turn.state.frames[frameKey(container, number)] = frame;
  const [first] = block.nodes;
  if (first === undefined) return closeBlock(turn, container, number, frame);
  turn.enqueue(instanceOf(turn.plan.nodes[first]!, iterationsWithin(container, number)));
}

/** Tells the block that one of its nodes is over: releases what waited for it, closes the block after the last. */
export function leaveBlock(turn: Turn, instance: Instance, step: StepState): void {
  const { plan, state } = turn;
  const container = containerOf(plan, instance);
  const number = blockNumber(plan, instance);
  const frame = state.frames[frameKey(container, number)];
  if (frame === undefined) throw new Error(`step ${instance.key} settled outside an open block`);
  if (countsAsFailed(step)) frame.failure ??= blame(step.error, instance)!;
  if (step.rejected === true) frame.rejected = true;
  if (frame.data !== undefined) {
    if (!goOn(turn, frame, instance, step)) closeBlock(turn, container, number, frame);
    return;
  }
  for (const index of instance.node.dependents) {
    const dependent = plan.nodes[index]!;
    // One that had run, for it asks for failures, before this step was tried once more.
    if (state.steps[stepKey(dependent.id, instance.iterations)] !== undefined) continue;
    const missing = (frame.missing[index] ?? dependent.needs.length) - 1;
    if (missing > 0) frame.missing[index] = missing;
    else {
      delete frame.missing[index];
      turn.enqueue(instanceOf(dependent, instance.iterations));
    }
  }
  frame.open--;
  if (frame.open === 0) closeBlock(turn, container, number, frame);
}

/** Whether the block in which the instance stands is being run. */
export function frameOf(turn: Pick<Turn, 'plan' | 'state'>, instance: Instance): FrameState | undefined {
  const { plan, state } = turn;
  return state.frames[frameKey(containerOf(plan, instance), blockNumber(plan, instance))];
}

/**
 * Takes back that a step of an open block is over: its turn is still to come, and so is that of all that was skipped
 * because of it. What needs one of these, and has not begun, waits for it again.
 */
export function reopen(turn: Turn, instance: Instance): void {
  const { plan, state } = turn;
  const frame = frameOf(turn, instance)!;
  const reopened = [instance];
  for (const { node } of reopened) {
    for (const index of node.dependents) {
      const dependent = instanceOf(plan.nodes[index]!, instance.iterations);
      const putOff = turn.withdraw(dependent.key);
      if (!putOff && state.steps[dependent.key]?.skipped !== 'upstream-failed') continue;
      if (!reopened.some(({ key }) => key === dependent.key)) reopened.push(dependent);
    }
  }
  for (const inner of keysWithin(plan, state, instance)) delete state.steps[inner];
  for (const { key } of reopened) {
    if (state.steps[key] === undefined) continue;
    delete state.steps[key];
    frame.open++;
  }
  for (const index of new Set(reopened.flatMap(({ node }) => node.dependents)))
    waitForNeeds(turn, frame, instanceOf(plan.nodes[index]!, instance.iterations));
  delete frame.failure;
  const failure = firstFailure(turn, instance);
  if (failure !== undefined) frame.failure = failure;
}

/** Counts anew what must still be over before its turn comes, also where that had come, in a paused run. */
function waitForNeeds({ plan, state }: Turn, frame: FrameState, { node, key, iterations }: Instance): void {
  if (state.steps[key] !== undefined) return;
  if (state.held !== undefined) state.held = state.held.filter((held) => held !== key);
  frame.missing[node.index] = node.needs.filter((need) => {
    const status = state.steps[stepKey(plan.nodes[need]!.id, iterations)]?.status;
    return status === undefined || status === 'running';
  }).length;
}

function firstFailure({ plan, state }: Turn, { node, iterations }: Instance): StepError | undefined {
  const parent = node.parent === null ? undefined : plan.nodes[node.parent]!;
  const last = parent?.end ?? plan.nodes.length;
  let first: { readonly endedAt: number; readonly error: StepError | undefined } | undefined;
  for (let index = (parent?.index ?? -1) + 1; index < last; index = plan.nodes[index]!.end) {
    const sibling = plan.nodes[index]!;
    if (sibling.branch !== node.branch) continue;
    const instance = instanceOf(sibling, iterations);
    const step = state.steps[instance.key];
    if (step === undefined || !countsAsFailed(step)) continue;
    const endedAt = step.endedAt ?? 0;
    if (first === undefined || endedAt < first.endedAt)
      first = { endedAt, error: blame(step.error, instance) };
  }
  return first?.error;
}

function closeBlock(turn: Turn, container: Instance | undefined, number: number, frame: FrameState): void {
  delete turn.state.frames[frameKey(container, number)];
  if (container === undefined) return turn.rootClosed(frame);
  if (frame.rejected === true) turn.requireState(container).rejected = true;
  if (frame.ended === true) turn.requireState(container).ends = true;
  turn.blockClosed(container, {
    number,
    failure: frame.failure,
    rejected: frame.rejected === true,
    ...(frame.data === undefined ? {} : { output: frame.data }),
  });
}
