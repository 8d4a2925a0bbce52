import type { Json } from '../json.js';
import type { Directive, PlanNode } from '../plan/plan.js';
import { engineError } from './failures.js';
import { type Instance, instanceOf } from './instance.js';
import { keysWithin } from './place.js';
import type { FrameState, StepState } from './state.js';
import type { Turn } from './turn.js';

/** The rules of order of a sequence: what comes after a step, and with which data. */

/** Times that the sequences of a run may go back. */
const MAX_REVISITS = 10_000;

/** What the first node of a container's sequence is handed. */
export function handedTo({ state }: Turn, container: Instance | undefined): Json {
  if (container === undefined) return state.input ?? null;
  const step = state.steps[container.key];
  if (step?.heard !== undefined) return step.heard.events[step.heard.next] ?? null;
  return step?.carried ?? step?.data ?? null;
}

/** Goes on after a step that is over; false where the sequence is over too. One that was skipped hands on what it was handed. */
export function goOn(turn: Turn, frame: FrameState, instance: Instance, step: StepState): boolean {
  if (step.status === 'succeeded') frame.data = step.output ?? null;
  delete step.data;
  delete step.heard;
  if (frame.failure !== undefined || frame.rejected === true) return false;
  const directive = directiveAfter(instance.node, step);
  if (step.ends === true || directive === 'end') frame.ended = true;
  if (frame.ended === true || directive === 'exit' || directive === 'end') return false;
  const next = directive === 'continue' ? nodeAfter(turn, instance.node) : turn.plan.nodes[directive];
  return next !== undefined && visit(turn, frame, instanceOf(next, instance.iterations));
}

/** One that was skipped changes nothing: neither data nor order. */
function directiveAfter(node: PlanNode, step: StepState): Directive {
  return step.status === 'succeeded' ? (step.then ?? node.then ?? 'continue') : 'continue';
}

/** The node below it in the same block: nodes are numbered depth first. */
function nodeAfter({ plan }: Turn, node: PlanNode): PlanNode | undefined {
  const next = plan.nodes[node.end];
  return next?.parent === node.parent && next.branch === node.branch ? next : undefined;
}

function visit(turn: Turn, frame: FrameState, instance: Instance): boolean {
  const { state, plan } = turn;
  if (state.steps[instance.key] !== undefined) {
    state.revisits = (state.revisits ?? 0) + 1;
    if (state.revisits > MAX_REVISITS) {
      frame.failure = { ...turn.describe(engineError('flow-endless'), instance.node), step: instance.key };
      return false;
    }
    if (instance.node.end > instance.node.index + 1)
      for (const inner of keysWithin(plan, state, instance)) delete state.steps[inner];
  }
  turn.enqueue(instance);
  return true;
}
