import type { StepView, StepViewStatus } from '#contracts/rest/runs.js';

/** One line of a tree of steps: a step, or the many instances of one in a loop. */
export type StepRow =
  | { readonly type: 'step'; readonly depth: number; readonly step: StepView }
  | {
      readonly type: 'instances';
      readonly depth: number;
      readonly id: string;
      /** Only statuses that occur, in the order in which people ask for them. */
      readonly counts: readonly (readonly [StepViewStatus, number])[];
    };

/** More instances than this become one row of counts. */
const INSTANCES_SHOWN = 8;

const STATUS_ORDER: readonly StepViewStatus[] = [
  'failed',
  'waiting',
  'canceled',
  'running',
  'succeeded',
  'skipped',
  'pending',
];

/**
 * Rows in the order of the plan. A step of a loop stands there once per instance, and no more as itself; of many
 * instances only the first that failed, that wait and that a worker has in hand are shown, below their counts.
 */
export function arrangeSteps(steps: readonly StepView[]): StepRow[] {
  const byId = new Map<string, StepView[]>();
  for (const step of steps) {
    const group = byId.get(step.id);
    if (group === undefined) {
      byId.set(step.id, [step]);
    } else {
      group.push(step);
    }
  }
  return [...byId.values()].flatMap((group) => toRows(group));
}

function toRows(group: readonly StepView[]): StepRow[] {
  const instances = group.filter(isInstance);
  const shown = instances.length === 0 ? group : instances;
  if (shown.length <= INSTANCES_SHOWN) {
    return shown.map(toRow);
  }
  const { id, depth } = shown[0]!;
  const counts = STATUS_ORDER.map((status) => [status, countOf(shown, status)] as const);
  return [
    { type: 'instances', id, depth, counts: counts.filter(([, count]) => count > 0) },
    ...firstOf(shown, 'failed').map(toRow),
    ...firstOf(shown, 'waiting').map(toRow),
    ...firstOf(shown.filter(isInHand), 'running').map(toRow),
  ];
}

/** `deploy[2]` is an instance of the step `deploy`. */
function isInstance(step: StepView): boolean {
  return step.key !== step.id;
}

/** Many that count as running may still wait for a worker. */
function isInHand(step: StepView): boolean {
  return step.kind !== 'uses' || step.attempts.length > 0;
}

function toRow(step: StepView): StepRow {
  return { type: 'step', depth: step.depth, step };
}

function countOf(steps: readonly StepView[], status: StepViewStatus): number {
  return steps.filter((step) => step.status === status).length;
}

function firstOf(steps: readonly StepView[], status: StepViewStatus): StepView[] {
  return steps.filter((step) => step.status === status).slice(0, INSTANCES_SHOWN);
}
