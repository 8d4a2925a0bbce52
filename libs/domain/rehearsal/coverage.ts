import type { Transition } from '../execution/command.js';
import { parseStepKey } from '../execution/instance.js';
import { isJsonObject } from '../json.js';
import { isCompensation } from '../plan/count-steps.js';
import type { NodeOf, Plan, PlanNode } from '../plan/plan.js';
import { findNode } from '../plan/plan-index.js';

/** Something that a test can reach. */
interface Goal {
  readonly kind: 'step' | 'branch';
  /** `deploy`; `verdict: case 2`. Unique in a definition. */
  readonly name: string;
}

export interface Coverage {
  readonly steps: { readonly reached: number; readonly total: number };
  readonly branches: { readonly reached: number; readonly total: number };
  /** Of both together, 0 to 100. */
  readonly percent: number;
  readonly missed: readonly Goal[];
}

/** What of one definition its tests have reached. */
export class CoverageCount {
  private readonly reached = new Set<string>();

  constructor(private readonly plan: Plan) {}

  add(transitions: readonly Transition[]): void {
    for (const transition of transitions) this.reach(transition);
  }

  summarise(): Coverage {
    const goals = this.plan.nodes.flatMap(goalsOf);
    const missed = goals.filter(({ name }) => !this.reached.has(name));
    const count = (kind: Goal['kind']) => {
      const total = goals.filter((goal) => goal.kind === kind).length;
      return { reached: total - missed.filter((goal) => goal.kind === kind).length, total };
    };
    const percent = goals.length === 0 ? 100 : ((goals.length - missed.length) / goals.length) * 100;
    return { steps: count('step'), branches: count('branch'), percent, missed };
  }

  private reach({ step, status, skipped, waiting, output, error }: Transition): void {
    const node = step === undefined ? undefined : findNode(this.plan, parseStepKey(step).id);
    if (node === undefined) return;
    const holder = node.parent === null ? undefined : this.plan.nodes[node.parent];
    // Only nodes of a block that was opened come to their turn.
    if (holder !== undefined) this.reached.add(branchName(holder, node.branch));
    if (status === 'skipped') {
      if (skipped === 'condition') this.reached.add(`${node.id}: if is false`);
      return;
    }
    if (node.if !== undefined) this.reached.add(`${node.id}: if is true`);
    if (waiting !== 'claims') this.reached.add(node.id);
    if (node.kind === 'approval' && status === 'succeeded' && isJsonObject(output)) {
      this.reached.add(`${node.id}: ${String(output['decision'])}`);
      if (output['expired'] === true) this.reached.add(`${node.id}: expired`);
    }
    if (error?.code === 'approval-rejected') this.reached.add(`${node.id}: rejected`);
    if (error?.code === 'approval-expired') this.reached.add(`${node.id}: expired`);
  }
}

function goalsOf(node: PlanNode): Goal[] {
  const branch = (name: string): Goal => ({ kind: 'branch', name });
  const own: Goal[] = node.kind === 'stage' ? [] : [{ kind: 'step', name: node.id }];
  if (node.if !== undefined) own.push(branch(`${node.id}: if is true`), branch(`${node.id}: if is false`));
  switch (node.kind) {
    case 'switch':
      return [...own, ...node.cases.map((_, index) => branch(branchName(node, index)))];
    case 'try':
      return [...own, ...node.catches.map((_, index) => branch(branchName(node, index + 1)))];
    case 'approval':
      return [...own, ...outcomesOf(node).map((outcome) => branch(`${node.id}: ${outcome}`))];
    default:
      // What undoes a step runs in a rollback only, which is a branch of its own.
      return isCompensation(node) ? [branch(node.id)] : own;
  }
}

function outcomesOf({ expiresMs }: NodeOf<'approval'>): string[] {
  return ['approved', 'rejected', ...(expiresMs === undefined ? [] : ['expired'])];
}

/** Of the block with this number in the node. */
function branchName(node: PlanNode, number: number): string {
  if (node.kind === 'switch') return `${node.id}: case ${number + 1}`;
  if (node.kind === 'try' && number > 0 && number <= node.catches.length)
    return `${node.id}: catch ${number}`;
  return `${node.id}#${number}`;
}
