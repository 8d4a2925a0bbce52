import type { AttemptView, StepView } from '#contracts/rest/runs.js';
import type { SkipReason } from '#domain/execution/state.js';
import { isCompensation } from '#domain/plan/count-steps.js';
import type { NodeKind, Plan, PlanNode } from '#domain/plan/plan.js';
import type { AttemptRow, StepRow } from '#persistence/repositories/step-repository.js';
import type { StepResource } from './step.resource.js';

interface StepSources {
  readonly plan: Plan;
  readonly steps: readonly StepRow[];
  readonly attempts: readonly AttemptRow[];
  /** What has not begun in a run that has ended never will. */
  readonly ended: boolean;
}

/** Steps without outputs, in written order; the instances of a step in a loop stand in its place, in their own order. */
export function listSteps(sources: StepSources): StepResource[] {
  const rows = new Map(sources.steps.map((step) => [step.key, step]));
  const attempts = Map.groupBy(sources.attempts, (attempt) => attempt.step);
  const keysOf = Map.groupBy(new Set([...rows.keys(), ...attempts.keys()]), idOf);
  return sources.plan.nodes.flatMap((node) => {
    // What undoes a step shows only where it was called for.
    const keys = keysOf.get(node.id) ?? (isCompensation(node) ? [] : [node.id]);
    return sortKeys(keys).map((key) =>
      toStep({ ...sources, rows }, node, { key, row: rows.get(key), attempts: attempts.get(key) ?? [] }),
    );
  });
}

interface Instance {
  readonly key: string;
  readonly row: StepRow | undefined;
  readonly attempts: readonly AttemptRow[];
}

interface Records {
  readonly plan: Plan;
  /** By their keys. */
  readonly rows: ReadonlyMap<string, StepRow>;
  readonly ended: boolean;
}

function toStep(
  { plan, rows, ended }: Records,
  node: PlanNode,
  { key, row, attempts }: Instance,
): StepResource {
  return {
    key,
    id: node.id,
    ...(node.name === undefined ? {} : { name: node.name }),
    kind: node.kind,
    ...(node.kind === 'uses' ? { action: node.action } : {}),
    ...(node.parent === null ? {} : { parent: plan.nodes[node.parent]!.id }),
    depth: depthOf(plan, node),
    ...(row === undefined ? stateWithoutRecord({ plan, rows, ended }, node, attempts) : stateOf(row)),
    ...(row?.approval ? { approval: row.approval } : {}),
    ...(row?.event ? { event: row.event } : {}),
    ...(row?.reused ? { reused: true } : {}),
    ...(row?.startedAt ? { startedAt: row.startedAt.toISOString() } : {}),
    ...(row?.endedAt ? { endedAt: row.endedAt.toISOString() } : {}),
    ...(row?.error ? { error: row.error } : {}),
    attempts: attempts.map(toAttempt),
  };
}

type ShownState = Pick<StepView, 'status' | 'skipped' | 'waitingFor'>;

function stateOf(row: StepRow): ShownState {
  if (row.status === 'running' && row.waiting !== null) return { status: 'waiting', waitingFor: row.waiting };
  return { status: row.status, ...(row.skipped === null ? {} : { skipped: row.skipped }) };
}

/** Of what the engine never came to: nothing is recorded of the steps in a block that did not open. */
function stateWithoutRecord(
  { plan, rows, ended }: Records,
  node: PlanNode,
  attempts: readonly AttemptRow[],
): ShownState {
  // An attempt may be known before the transition that it belongs to.
  if (attempts.length > 0 && !ended) return { status: 'running' };
  for (let { parent } = node; parent !== null; parent = plan.nodes[parent]!.parent) {
    const container = plan.nodes[parent]!;
    const row = rows.get(container.id);
    if (row === undefined) continue;
    if (row.status === 'skipped') return { status: 'skipped', skipped: row.skipped ?? 'stopped' };
    if (row.status === 'running' || row.status === 'canceled') break;
    return { status: 'skipped', skipped: NOT_OPENED[container.kind] ?? 'stopped' };
  }
  return ended ? { status: 'skipped', skipped: 'stopped' } : { status: 'pending' };
}

/** Why blocks of a container that has run may have stayed closed: another case was chosen, the list was empty. */
const NOT_OPENED: { readonly [K in NodeKind]?: SkipReason } = {
  switch: 'condition',
  forEach: 'condition',
  loop: 'condition',
  try: 'condition',
};

export function toAttempt(row: AttemptRow): AttemptView {
  return {
    attempt: row.attempt,
    status: row.status,
    worker: row.worker ?? '',
    rebuild: row.rebuild,
    startedAt: row.startedAt.toISOString(),
    ...(row.endedAt === null ? {} : { endedAt: row.endedAt.toISOString() }),
    ...(row.error === null ? {} : { error: row.error }),
  };
}

function depthOf(plan: Plan, node: PlanNode): number {
  let depth = 0;
  for (let parent = node.parent; parent !== null; parent = plan.nodes[parent]!.parent) depth++;
  return depth;
}

/** `deploy` of `deploy[2]`. */
function idOf(key: string): string {
  return key.split('[', 1)[0]!;
}

/** `check[2]` before `check[10]`. */
function sortKeys(keys: readonly string[]): readonly string[] {
  if (keys.length < 2) return keys;
  return keys
    .map((key) => ({ key, iterations: (key.match(/\d+(?=\])/g) ?? []).map(Number) }))
    .sort((a, b) => compareIterations(a.iterations, b.iterations))
    .map(({ key }) => key);
}

function compareIterations(left: readonly number[], right: readonly number[]): number {
  for (const [position, index] of left.entries()) {
    const difference = index - (right[position] ?? -1);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
