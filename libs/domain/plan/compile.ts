import type {
  CommonKeys,
  Definition,
  RetryDefinition,
  StageDefinition,
  StepDefinition,
  StepsDefinition,
} from '../definition/definition.js';
import { parseDuration } from '../definition/duration.js';
import type { Json } from '../json.js';
import type { PlanAction, PlanActions } from './action.js';
import {
  asksStatus,
  compileExpression,
  compileTemplate,
  type Place,
  type StepCompiler,
} from './compile-step.js';
import { computeDigest } from './digest.js';
import { COMPILE_STEP } from './kinds/table.js';
import type { Block, NodeCommon, NodeIndex, Plan, PlanNode, Retry } from './plan.js';

const DEFAULT_RETRY = { delay: '1s', factor: 2, maxDelay: '5m' } as const;

/**
 * Turns a valid definition into its Plan: flat numbered nodes, edges both ways, templates split from text.
 * Pure and total for what `validate` accepts; the same definition always has the same digest.
 */
export function compile(definition: Definition, actions: PlanActions): Plan {
  const compiler = new Compiler(definition, actions);
  const root = compiler.compileBlock([...definition.stages.values()], { parent: null, branch: 0, loops: [] });
  const content: Omit<Plan, 'digest'> = {
    format: 1,
    name: definition.name,
    nodes: compiler.nodes,
    root,
    ...(definition.output === undefined ? {} : { output: compileTemplate(definition.output) }),
  };
  return { ...content, digest: computeDigest(content as unknown as Json) };
}

type Growing<T> = { -readonly [K in keyof T]: T[K] };

class Compiler implements StepCompiler {
  readonly nodes: PlanNode[] = [];

  constructor(
    private readonly definition: Definition,
    private readonly actions: PlanActions,
  ) {}

  compileSteps(steps: StepsDefinition, place: Place): Block {
    return this.compileBlock([...steps.values()], place);
  }

  compileBlock(children: readonly (StageDefinition | StepDefinition)[], place: Place): Block {
    const indexOf = new Map<string, NodeIndex>();
    const compiled: Growing<NodeCommon>[] = [];
    for (const child of children) {
      const node = this.compileNode(child, place);
      const above = compiled.at(-1);
      node.needs =
        child.needs?.map((id) => indexOf.get(id) ?? -1) ?? (above === undefined ? [] : [above.index]);
      indexOf.set(child.id, node.index);
      compiled.push(node);
    }
    // A `needs` may name a sibling written below it.
    for (const [position, child] of children.entries()) {
      const node = compiled[position]!;
      if (child.needs !== undefined) node.needs = child.needs.map((id) => indexOf.get(id)!);
      for (const need of node.needs) {
        const needed = this.nodes[need] as Growing<NodeCommon>;
        needed.dependents = [...needed.dependents, node.index];
      }
    }
    return { flow: 'needs', nodes: compiled.map((node) => node.index) };
  }

  requireAction(name: string): PlanAction {
    const action = this.actions.get(name);
    if (action === undefined) throw new Error(`compile was given an unvalidated action: ${name}`);
    return action;
  }

  private compileNode(child: StageDefinition | StepDefinition, place: Place): Growing<NodeCommon> {
    const index = this.nodes.length;
    const common: Growing<NodeCommon> = {
      index,
      end: index + 1,
      id: child.id,
      ...(child.name === undefined ? {} : { name: child.name }),
      parent: place.parent,
      branch: place.branch,
      loops: place.loops,
      needs: [],
      dependents: [],
      ...compileCondition(child.if),
      ...this.compileLimits(child),
      onFailure: child.onFailure ?? 'fail',
    };
    // Holds the place, so that the subtree is numbered after it.
    this.nodes.push(common as PlanNode);
    Object.assign(common, { kind: child.kind }, this.compileKind(child, index, place));
    common.end = this.nodes.length;
    return common;
  }

  private compileKind(child: StageDefinition | StepDefinition, index: NodeIndex, place: Place): object {
    if (child.kind === 'stage') {
      return { block: this.compileSteps(child.steps, { parent: index, branch: 0, loops: place.loops }) };
    }
    const compileStep = COMPILE_STEP[child.kind] as (
      step: StepDefinition,
      compiler: StepCompiler,
      place: Place,
    ) => object;
    return compileStep(child, this, { parent: index, branch: 0, loops: place.loops });
  }

  /** The definition's defaults are for actions: a container or a wait has its own limit or none. */
  private compileLimits(child: CommonKeys & { readonly kind: string }): {
    timeoutMs?: number;
    retry?: Retry;
  } {
    const defaults = child.kind === 'uses' ? this.definition.defaults : {};
    const timeout = child.timeout ?? defaults.timeout;
    const retry = child.retry ?? defaults.retry;
    return {
      ...(timeout === undefined ? {} : { timeoutMs: requireDuration(timeout) }),
      ...(retry === undefined ? {} : { retry: compileRetry(retry) }),
    };
  }
}

function compileCondition(source: string | undefined): Pick<NodeCommon, 'if' | 'ifHandlesFailure'> {
  if (source === undefined) return {};
  const expression = compileExpression(source);
  return { if: expression, ...(asksStatus(expression) ? { ifHandlesFailure: true } : {}) };
}

function compileRetry(retry: RetryDefinition): Retry {
  return {
    attempts: retry.attempts,
    delayMs: requireDuration(retry.delay ?? DEFAULT_RETRY.delay),
    factor: retry.factor ?? DEFAULT_RETRY.factor,
    maxDelayMs: requireDuration(retry.maxDelay ?? DEFAULT_RETRY.maxDelay),
  };
}

function requireDuration(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new Error(`compile was given an unvalidated duration: ${text}`);
  return ms;
}
