import { type Instance, instanceOf } from '../execution/instance.js';
import type { StepKey } from '../execution/state.js';
import { orderTopologically } from '../graph/order.js';
import { isCompensation } from '../plan/count-steps.js';
import type { Block, NodeIndex, Plan, PlanNode } from '../plan/plan.js';
import type { EarlierStep } from './earlier-step.js';
import { collectTurns, containersOf, findInstance } from './places.js';
import { holdersOf } from './undone.js';

export interface Walk {
  readonly plan: Plan;
  readonly steps: ReadonlyMap<StepKey, EarlierStep>;
  /** Run again whatever became of them, with all that they hold. */
  readonly again: ReadonlySet<StepKey>;
  /** Whether the turns of this forEach may be others now. */
  readonly listDiffers: (node: PlanNode) => boolean;
  /** A step that nothing is known of because it is new; what it makes run again is told to `onBehindNew`. */
  readonly isNew?: (node: PlanNode) => boolean;
  readonly onBehindNew?: (behind: Instance, added: string) => void;
}

/** Why a node runs again: of its own or after such a one; or only because it stands behind a new step, by its id. */
type Cause = { readonly added?: string };

/**
 * Keys of the steps whose results stay. What comes after a step that runs again runs again too; what holds one is entered
 * again, with the results of its other steps. Linear in nodes and steps.
 */
export function findKept(walk: Walk): Set<StepKey> {
  const whole = new Walker(walk).walk();
  const kept = new Set<StepKey>();
  for (const [key, step] of walk.steps) {
    const instance = findInstance(walk.plan, key);
    if (instance === undefined || isCompensation(instance.node) || !isOver(step)) continue;
    if (whole.has(key) || some(containersOf(walk.plan, instance), (holder) => whole.has(holder)))
      kept.add(key);
  }
  return kept;
}

/** Whether its result may stand for it: done, or not wanted by its own condition. */
function isOver(step: EarlierStep | undefined): boolean {
  return step?.status === 'succeeded' || (step?.status === 'skipped' && step.skipped === 'condition');
}

class Walker {
  /** Taken over with all that they hold. */
  private readonly whole = new Set<StepKey>();
  private readonly entered: ReadonlySet<StepKey>;
  private readonly turns: ReadonlyMap<StepKey, readonly number[]>;
  private readonly orders = new Map<Block, readonly NodeIndex[]>();

  constructor(private readonly request: Walk) {
    this.entered = holdersOf(request.plan, request.again);
    this.turns = collectTurns(request.plan, request.steps);
  }

  walk(): ReadonlySet<StepKey> {
    this.walkBlock(this.request.plan.root, []);
    return this.whole;
  }

  /** True when nothing in the block runs again. */
  private walkBlock(block: Block, iterations: readonly number[]): boolean {
    const again = new Map<NodeIndex, Cause>();
    for (const index of this.orderOf(block)) {
      const instance = instanceOf(this.request.plan.nodes[index]!, iterations);
      const cause = this.considerNeeds(instance, again) ?? this.consider(instance);
      if (cause !== undefined) again.set(index, cause);
    }
    return again.size === 0;
  }

  private considerNeeds(instance: Instance, again: ReadonlyMap<NodeIndex, Cause>): Cause | undefined {
    const causes = instance.node.needs.flatMap((need) => again.get(need) ?? []);
    const [first] = causes;
    if (first?.added === undefined || causes.some(({ added }) => added === undefined)) {
      return causes.length === 0 ? undefined : {};
    }
    if (isOver(this.request.steps.get(instance.key))) this.request.onBehindNew?.(instance, first.added);
    return first;
  }

  private consider(instance: Instance): Cause | undefined {
    const { steps, again, isNew } = this.request;
    if (again.has(instance.key)) return {};
    if (isOver(steps.get(instance.key)) && !this.entered.has(instance.key)) {
      this.whole.add(instance.key);
      return undefined;
    }
    if (isNew?.(instance.node)) return { added: instance.node.id };
    this.enter(instance);
    return {};
  }

  private enter({ node, key, iterations }: Instance): void {
    switch (node.kind) {
      case 'stage':
        this.walkBlock(node.block, iterations);
        return;
      case 'forEach':
        if (this.request.listDiffers(node)) return;
        for (const turn of this.turns.get(key) ?? []) this.walkBlock(node.block, [...iterations, turn]);
        return;
      case 'loop':
        this.walkTurns(node.block, iterations, this.turns.get(key) ?? []);
        return;
      case 'parallel':
        for (const { block } of node.branches) this.walkBlock(block, iterations);
        return;
      case 'switch':
        for (const { block } of node.cases) this.walkBlock(block, iterations);
        return;
      case 'try':
        // What catches, and what comes at last, comes after the body.
        if (this.walkBlock(node.block, iterations) && node.finally !== undefined) {
          this.walkBlock(node.finally, iterations);
        }
        return;
    }
  }

  /** Each turn of a loop comes after the one before it. */
  private walkTurns(block: Block, iterations: readonly number[], turns: readonly number[]): void {
    for (const [position, turn] of turns.entries()) {
      if (turn !== position || !this.walkBlock(block, [...iterations, turn])) return;
    }
  }

  private orderOf(block: Block): readonly NodeIndex[] {
    const known = this.orders.get(block);
    if (known !== undefined) return known;
    const { nodes } = this.request.plan;
    const order = orderTopologically({ nodes: block.nodes, needs: (index) => nodes[index]!.needs });
    this.orders.set(block, order);
    return order;
  }
}

function some<T>(items: Iterable<T>, holds: (item: T) => boolean): boolean {
  for (const item of items) if (holds(item)) return true;
  return false;
}
