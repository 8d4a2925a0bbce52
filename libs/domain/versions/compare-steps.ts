import type { Json, JsonObject } from '../json.js';
import { canonicalJson } from '../plan/canonical-json.js';
import type { NodeKind, Plan, PlanNode } from '../plan/plan.js';
import { findNode } from '../plan/plan-index.js';
import { compareValues, type Difference } from '../rerun/compare-values.js';
import { describeStep, type Renames } from './describe-step.js';
import { findRenames, stepsOf } from './match-steps.js';
import { type Bump, findFurthest } from './semver.js';

export interface StepChange {
  readonly id: string;
  /** As it is after; before, of one that is gone. */
  readonly kind: NodeKind;
  readonly change: 'added' | 'removed' | 'renamed' | 'changed';
  /** Its id before, where it was renamed. */
  readonly from?: string;
  readonly bump: Bump;
  /** What it means for others, where it is more than how the run does its work. */
  readonly why?: string;
  /** Paths into what the step says in a definition: `/with/run/1`. Of one that is added or gone, all of it at once. */
  readonly values: readonly Difference[];
}

interface StepDiff {
  readonly changes: StepChange[];
  readonly renames: Renames;
}

/** In the order of the second plan; what is gone, after what stood before it. */
export function compareSteps(before: Plan, after: Plan): StepDiff {
  const renames = findRenames(before, after);
  const changes: StepChange[] = [];
  const gone = findGone(before, after, renames);
  const former = new Map([...renames].map(([from, to]) => [to, from]));
  const addGone = (place: string | undefined) => {
    for (const node of gone.get(place) ?? []) changes.push(describeGone(before, node));
  };
  addGone(undefined);
  for (const node of stepsOf(after)) {
    const from = former.get(node.id);
    const old = findNode(before, from ?? node.id);
    const change =
      old === undefined
        ? describeNew(after, node)
        : describeChange({ before, after, old, node, from, renames });
    if (change !== undefined) changes.push(change);
    addGone(node.id);
  }
  return { changes, renames };
}

/** Steps that are gone, by the id of what is left of those before them. */
function findGone(before: Plan, after: Plan, renames: Renames): ReadonlyMap<string | undefined, PlanNode[]> {
  const gone = new Map<string | undefined, PlanNode[]>();
  let place: string | undefined;
  for (const node of stepsOf(before)) {
    const now = renames.get(node.id) ?? (findNode(after, node.id) === undefined ? undefined : node.id);
    if (now !== undefined) {
      place = now;
      continue;
    }
    const here = gone.get(place);
    if (here === undefined) gone.set(place, [node]);
    else here.push(node);
  }
  return gone;
}

function describeNew(plan: Plan, node: PlanNode): StepChange {
  const { id, kind } = node;
  const values = compareValues(undefined, describeStep(plan, node, new Map()));
  const effect = kind === 'waitFor' ? WAITS_FOR_MORE : undefined;
  return { id, kind, change: 'added', bump: 'minor', ...effect, values };
}

function describeGone(plan: Plan, node: PlanNode): StepChange {
  const { id, kind } = node;
  const values = compareValues(describeStep(plan, node, new Map()), undefined);
  const effect = kind === 'emit' ? SENDS_LESS : undefined;
  return { id, kind, change: 'removed', bump: 'minor', ...effect, values };
}

const WAITS_FOR_MORE = { bump: 'major', why: 'runs wait for an event that nobody sent before' } as const;
const SENDS_LESS = { bump: 'major', why: 'who waits for its event waits in vain' } as const;

interface Pair {
  readonly before: Plan;
  readonly after: Plan;
  readonly old: PlanNode;
  readonly node: PlanNode;
  /** The id before, where it was another one. */
  readonly from: string | undefined;
  readonly renames: Renames;
}

function describeChange({ before, after, old, node, from, renames }: Pair): StepChange | undefined {
  const said = describeStep(before, old, renames);
  const says = describeStep(after, node, new Map());
  const values = compareDescriptions(said, says);
  if (values.length === 0 && from === undefined) return undefined;
  const keys = values.map(({ path }) => path.split('/')[1]!);
  return {
    id: node.id,
    kind: node.kind,
    change: from === undefined ? 'changed' : 'renamed',
    ...(from === undefined ? {} : { from }),
    ...judgeChange(old.kind, node.kind, keys),
    values,
  };
}

/** What a step waits for has no order, and reads better whole. */
function compareDescriptions(
  { needs: had, ...said }: JsonObject,
  { needs: has, ...says }: JsonObject,
): Difference[] {
  const values = compareValues(said, says);
  const [before, after]: Json[] = [had ?? [], has ?? []];
  return canonicalJson(before!) === canonicalJson(after!)
    ? values
    : [{ path: '/needs', before: before!, after: after! }, ...values];
}

/** Keys that say what is done and whether; others say how. */
const WHAT: ReadonlySet<string> = new Set([
  ...['kind', 'uses', 'within', 'needs', 'then', 'if', 'onFailure', 'compensate', 'cases', 'catches'],
  ...['workflow', 'version', 'failFast', 'while', 'until'],
  ...['by', 'quorum', 'selfApproval', 'onExpiry', 'onReject', 'expires', 'inputs'],
]);

function judgeChange(was: NodeKind, is: NodeKind, keys: readonly string[]): Pick<StepChange, 'bump' | 'why'> {
  const event = was !== is || keys.includes('event');
  if (event && is === 'waitFor') return WAITS_FOR_MORE;
  if (event && was === 'emit') return SENDS_LESS;
  // Renamed alone, it does what it did.
  return { bump: findFurthest(['patch', ...keys.map((key): Bump => (WHAT.has(key) ? 'minor' : 'patch'))]) };
}
