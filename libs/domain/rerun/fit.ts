import type { StepKey } from '../execution/state.js';
import { isCompensation } from '../plan/count-steps.js';
import type { Plan, PlanNode } from '../plan/plan.js';
import { findNode } from '../plan/plan-index.js';
import type { EarlierStep } from './earlier-step.js';
import type { RerunFinding } from './findings.js';
import { findInstance } from './places.js';
import { findKept } from './walk.js';

interface FitRequest {
  readonly oldPlan: Plan;
  readonly newPlan: Plan;
  readonly steps: ReadonlyMap<StepKey, EarlierStep>;
  /** Under the old plan. */
  readonly kept: ReadonlySet<StepKey>;
  readonly again: ReadonlySet<StepKey>;
  readonly listDiffers: (node: PlanNode) => boolean;
}

/**
 * Whether results of one plan fit another: each must be of a step that is still there, of the same kind and in the same
 * place, and no new step may stand before or in one of them. With those that stay under the new plan's order, too.
 */
export function findMisfits(request: FitRequest): {
  readonly findings: readonly RerunFinding[];
  readonly kept: Set<StepKey>;
} {
  const { oldPlan, newPlan, steps, again, listDiffers } = request;
  const added = new Map<string, RerunFinding>();
  const kept = findKept({
    plan: newPlan,
    steps: new Map([...steps].filter(([key]) => request.kept.has(key))),
    again,
    listDiffers,
    isNew: (node) => findNode(oldPlan, node.id) === undefined,
    onBehindNew: (behind, id) => {
      if (!added.has(id)) added.set(id, addedBefore(id, behind.key));
    },
  });
  for (const finding of findAddedWithin(request, kept))
    if (!added.has(finding.step)) added.set(finding.step, finding);
  return { findings: [...findDisplaced(request), ...added.values()], kept };
}

function* findDisplaced({ oldPlan, newPlan, kept }: FitRequest): Generator<RerunFinding> {
  const told = new Set<number>();
  for (const key of kept) {
    const node = findInstance(oldPlan, key)!.node;
    if (told.has(node.index)) continue;
    const finding = compareNodes(oldPlan, newPlan, node);
    if (finding === undefined) continue;
    told.add(node.index);
    yield finding;
  }
}

function compareNodes(oldPlan: Plan, newPlan: Plan, node: PlanNode): RerunFinding | undefined {
  const { id, kind } = node;
  const now = findNode(newPlan, id);
  const hint = `Rerun from \`${id}\` of the version that has it, or from a step that comes before it.`;
  if (now === undefined) {
    const message = `\`${id}\` succeeded, and the new version does not have it.`;
    return { code: 'rerun-step-removed', step: id, message, hint };
  }
  if (now.kind !== kind) {
    const message = `\`${id}\` is of kind ${now.kind} in the new version; it was ${kind}.`;
    return {
      code: 'rerun-step-changed',
      step: id,
      message,
      hint: `Rerun from \`${id}\`, or from a step before it.`,
    };
  }
  if (placeOf(newPlan, now) === placeOf(oldPlan, node)) return undefined;
  const message = `\`${id}\` stands in another place in the new version.`;
  return {
    code: 'rerun-step-moved',
    step: id,
    message,
    hint: 'Rerun from a step that comes before both places.',
  };
}

/** Containers from the outside in; of those that choose between blocks, which of them it is. */
function placeOf(plan: Plan, node: PlanNode): string {
  const place: string[] = [];
  for (let at = node; at.parent !== null; at = plan.nodes[at.parent]!) {
    const container = plan.nodes[at.parent]!;
    const chooses = container.kind === 'switch' || container.kind === 'try';
    place.unshift(chooses ? `${container.id}#${at.branch}` : container.id);
  }
  return place.join('/');
}

/** New steps within what is taken over whole. */
function* findAddedWithin(
  { oldPlan, newPlan, steps }: FitRequest,
  kept: ReadonlySet<StepKey>,
): Generator<RerunFinding> {
  const seen = new Set<number>();
  for (const key of kept) {
    const { node } = findInstance(newPlan, key)!;
    if (seen.has(node.index) || steps.get(key)?.status !== 'succeeded') continue;
    seen.add(node.index);
    for (const inner of newPlan.nodes.slice(node.index + 1, node.end)) {
      if (isCompensation(inner) || findNode(oldPlan, inner.id) !== undefined) continue;
      yield {
        code: 'rerun-step-added',
        step: inner.id,
        message: `\`${inner.id}\` is new, and stands in \`${key}\`, whose result would be taken over: it would never run.`,
        hint: `Rerun from \`${key}\`, or from a step that comes before it.`,
      };
    }
  }
}

function addedBefore(id: string, behind: StepKey): RerunFinding {
  return {
    code: 'rerun-step-added',
    step: id,
    message: `\`${id}\` is new, and comes before \`${behind}\`, whose result would be taken over.`,
    hint: `Rerun from \`${id}\`: it runs, and what comes after it runs again.`,
  };
}
