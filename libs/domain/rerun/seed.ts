import { type Instance, parseStepKey, stepKey } from '../execution/instance.js';
import type { Seed, SeededStep, StepKey } from '../execution/state.js';
import type { Json } from '../json.js';
import { canonicalJson } from '../plan/canonical-json.js';
import { isCompensation } from '../plan/count-steps.js';
import type { Plan, PlanNode } from '../plan/plan.js';
import { findNode } from '../plan/plan-index.js';
import { suggest } from '../validation/nearest.js';
import type { EarlierStep, EarlierSteps } from './earlier-step.js';
import type { RerunFinding } from './findings.js';
import { findMisfits } from './fit.js';
import { collectTurns, findInstance } from './places.js';
import { findUndone } from './undone.js';
import { findKept } from './walk.js';

export interface SeedRequest {
  readonly oldPlan: Plan;
  /** That of the new run; may be the same. */
  readonly newPlan: Plan;
  /** What became of the steps of the earlier run, compensations too. */
  readonly steps: EarlierSteps;
  /** Runs again with all that comes after it. */
  readonly from?: StepKey;
  /** The new run has other inputs. */
  readonly inputsEdited?: boolean;
  /** Who starts the new run. */
  readonly startedBy?: string;
}

export type SeedResult =
  | { readonly ok: true; readonly seed: Seed }
  | { readonly ok: false; readonly findings: readonly RerunFinding[] };

const MAX_FINDINGS = 100;

/**
 * The results that a new run takes over from an earlier one: of steps that succeeded or were skipped by their own
 * condition, but not of `from`, not of what did not succeed, was undone or not approved for this run, and of nothing that comes after
 * one of these. What holds such a step is entered again. A container is taken over by its own result; those of the steps
 * in it are there too, for expressions elsewhere.
 */
export function computeSeed(request: SeedRequest): SeedResult {
  const { oldPlan, newPlan, from } = request;
  // What a step was handed, and the context that it saw, is in no result.
  if (oldPlan.data !== undefined || newPlan.data !== undefined)
    return from === undefined ? { ok: true, seed: {} } : { ok: false, findings: [ofSequence(from)] };
  const steps = new Map(Object.entries(request.steps));
  const listDiffers = (node: PlanNode) => mayDiffer(request, node);
  if (from !== undefined) {
    const finding = checkFrom(request, steps);
    if (finding !== undefined) return { ok: false, findings: [finding] };
  }
  const again = findUndone(oldPlan, steps, {
    differs: request.inputsEdited === true || oldPlan.digest !== newPlan.digest,
    startedBy: request.startedBy,
  });
  if (from !== undefined) again.add(from);
  let kept = findKept({ plan: oldPlan, steps, again, listDiffers });
  if (oldPlan.digest !== newPlan.digest) {
    const fit = findMisfits({ oldPlan, newPlan, steps, kept, again, listDiffers });
    if (fit.findings.length > 0) return { ok: false, findings: fit.findings.slice(0, MAX_FINDINGS) };
    kept = fit.kept;
  }
  return { ok: true, seed: Object.fromEntries([...kept].map((key) => [key, toSeeded(steps.get(key)!)])) };
}

function ofSequence(step: StepKey): RerunFinding {
  return {
    code: 'rerun-of-sequence',
    step,
    message: `"${step}" is handed its data by the step before it.`,
    hint: 'Leave out `from`: the run is repeated from its beginning.',
  };
}

function toSeeded({ status, output, skipped }: EarlierStep): SeededStep {
  if (status === 'skipped') return { status, ...(skipped === undefined ? {} : { skipped }) };
  return { status: 'succeeded', ...(output === undefined || output === null ? {} : { output }) };
}

/** Turns are told apart by their numbers: they fit only where the list is the same. */
function mayDiffer({ oldPlan, newPlan, inputsEdited }: SeedRequest, node: PlanNode): boolean {
  const [before, after] = [oldPlan, newPlan].map((plan) => listOf(findNode(plan, node.id)));
  if (before !== after) return true;
  return inputsEdited === true && /\binputs\b/.test(before ?? '');
}

function listOf(node: PlanNode | undefined): string | undefined {
  if (node?.kind !== 'forEach') return undefined;
  const source =
    'in' in node ? { in: node.in } : { matrix: node.matrix, exclude: node.exclude, include: node.include };
  return canonicalJson(source as unknown as Json);
}

type Steps = ReadonlyMap<StepKey, EarlierStep>;

function checkFrom(request: SeedRequest, steps: Steps): RerunFinding | undefined {
  const from = request.from!;
  const { newPlan } = request;
  const { id, iterations } = parseStepKey(from);
  const node = findNode(newPlan, id);
  if (node === undefined || isCompensation(node)) {
    const ids = newPlan.nodes.filter((known) => !isCompensation(known)).map((known) => known.id);
    return unknown(from, `There is no step \`${id}\`.`, suggest(id, ids, 'Name a step or a stage.'));
  }
  if (iterations.length === 0 && node.loops.length > 0) {
    const loop = newPlan.nodes[node.loops[0]!]!.id;
    return {
      code: 'rerun-from-loop',
      step: from,
      message: `\`${id}\` stands in the loop \`${loop}\`.`,
      hint: `Name one turn, as \`${stepKey(
        id,
        node.loops.map(() => 0),
      )}\`, or the loop, \`${loop}\`.`,
    };
  }
  const instance = findInstance(newPlan, from);
  if (instance === undefined) {
    const form = stepKey(
      id,
      node.loops.map(() => 0),
    );
    return unknown(from, `\`${from}\` names no step.`, `Its key has the form \`${form}\`.`);
  }
  return checkTurns(request, steps, instance);
}

/** Each turn of a loop around `from` must be one of the earlier run. */
function checkTurns(
  request: SeedRequest,
  steps: Steps,
  { node, key, iterations }: Instance,
): RerunFinding | undefined {
  if (node.loops.length === 0) return undefined;
  const turns = collectTurns(request.oldPlan, steps);
  for (const [depth, index] of node.loops.entries()) {
    const loop = request.newPlan.nodes[index]!;
    const loopKey = stepKey(loop.id, iterations.slice(0, depth));
    if (turns.get(loopKey)?.includes(iterations[depth]!) !== true) {
      return unknown(key, `\`${loopKey}\` had no turn ${iterations[depth]}.`, `Rerun from \`${loopKey}\`.`);
    }
    if (loop.kind === 'forEach' && mayDiffer(request, loop)) {
      return {
        code: 'rerun-list-differs',
        step: key,
        message: `The list of \`${loopKey}\` may be another one in the new run.`,
        hint: `Rerun from \`${loopKey}\`, or leave the inputs and the version as they were.`,
      };
    }
  }
  return undefined;
}

function unknown(step: StepKey, message: string, hint: string): RerunFinding {
  return { code: 'rerun-from-unknown', step, message, hint };
}
