import type {
  CommonKeys,
  Definition,
  RetryDefinition,
  StageDefinition,
  StepDefinition,
  StepsDefinition,
} from '../definition/definition.js';
import { analyse } from '../expressions/analyse.js';
import type { Json } from '../json.js';
import type { PlanAction, PlanActions } from './action.js';
import { compileClaims } from './compile-claims.js';
import {
  compileDuration,
  compileExpression,
  compileTemplate,
  type Place,
  type StepCompiler,
} from './compile-step.js';
import { computeDigest } from './digest.js';
import { COMPILE_STEP } from './kinds/table.js';
import { compileAction } from './kinds/uses.js';
import type { Block, NodeCommon, NodeIndex, NodeOf, Plan, PlanNode, Retry } from './plan.js';

const DEFAULT_RETRY = { delay: '1s', factor: 2, maxDelay: '5m' } as const;

/**
 * Number of the version of a workflow that a semantic version or an alias names, or of its newest one where neither is
 * given; undefined where there is none.
 */
export type VersionOf = (workflow: string, named?: string) => number | undefined;

/**
 * Turns a valid definition into its Plan: flat numbered nodes, edges both ways, templates split from text.
 * Pure and total for what `validate` accepts; the same definition always has the same digest.
 *
 * @param versionOf asked about each workflow that is called by other than a number, and expected to know it; of the
 * definition itself, where it has no version yet, the first one is meant
 */
export function compile(definition: Definition, actions: PlanActions, versionOf?: VersionOf): Plan {
  const compiler = new Compiler(definition, actions, versionOf);
  const root = compiler.compileBlock([...definition.stages.values()], { parent: null, branch: 0, loops: [] });
  compiler.markHandledRejections();
  const { concurrency } = definition;
  const content: Omit<Plan, 'digest'> = {
    format: 1,
    name: definition.name,
    nodes: compiler.nodes,
    root,
    ...(definition.output === undefined ? {} : { output: compileTemplate(definition.output) }),
    ...(concurrency === undefined
      ? {}
      : { concurrency: { group: compileTemplate(concurrency.group), policy: concurrency.policy } }),
  };
  return { ...content, digest: computeDigest(content as unknown as Json) };
}

type Growing<T> = { -readonly [K in keyof T]: T[K] };

class Compiler implements StepCompiler {
  readonly nodes: PlanNode[] = [];
  private readonly approvals = new Set<string>();
  /** Steps that an `if` names. */
  private readonly named: { readonly node: Growing<NodeCommon>; readonly steps: readonly string[] }[] = [];

  constructor(
    private readonly definition: Definition,
    private readonly actions: PlanActions,
    private readonly versionOf: VersionOf | undefined,
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
        (this.nodes[need]!.dependents as NodeIndex[]).push(node.index);
      }
    }
    return { flow: 'needs', nodes: compiled.map((node) => node.index) };
  }

  requireAction(name: string): PlanAction {
    const action = this.actions.get(name);
    if (action === undefined) throw new Error(`compile was given an unvalidated action: ${name}`);
    return action;
  }

  requireVersion(workflow: string, named: string | undefined): number {
    const isFirst = workflow === this.definition.name && named === undefined;
    const version = this.versionOf?.(workflow, named) ?? (isFirst ? 1 : undefined);
    if (version === undefined) throw new Error(`compile was given an unvalidated workflow: ${workflow}`);
    return version;
  }

  /** When all nodes are known: an `if` may name a step that is written below it. */
  markHandledRejections(): void {
    for (const { node, steps } of this.named) {
      if (steps.some((id) => this.approvals.has(id))) node.ifHandlesRejection = true;
    }
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
      ...this.compileLimits(child, child.kind === 'uses'),
      onFailure: child.onFailure ?? 'fail',
      ...compileClaims(child),
      ...(child.priority === undefined ? {} : { priority: child.priority }),
    };
    if (child.if !== undefined) this.addCondition(common, child.if);
    if (child.kind === 'approval') this.approvals.add(child.id);
    // Holds the place, so that the subtree is numbered after it.
    this.nodes.push(common as PlanNode);
    Object.assign(common, { kind: child.kind }, this.compileKind(child, index, place));
    common.end = this.nodes.length;
    if (child.compensate !== undefined) common.compensate = this.compileCompensation(child, index, place);
    return common;
  }

  private addCondition(node: Growing<NodeCommon>, source: string): void {
    const expression = compileExpression(source);
    node.if = expression;
    const analysis = analyse(expression);
    if (!analysis.ok) return;
    if (analysis.references.asksStatus) {
      node.ifHandlesFailure = true;
      node.ifHandlesRejection = true;
    } else if (analysis.references.steps.length > 0) {
      this.named.push({ node, steps: analysis.references.steps });
    }
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

  /** A node in no block, started by none but the engine. It works where its step did, hence in the same worker pool. */
  private compileCompensation(
    child: StageDefinition | StepDefinition,
    compensates: NodeIndex,
    place: Place,
  ): NodeIndex {
    const compensation = child.compensate!;
    const pool = child.kind === 'uses' ? child.pool : undefined;
    const index = this.nodes.length;
    const node: NodeOf<'uses'> = {
      index,
      end: index + 1,
      id: `${child.id}:compensate`,
      parent: place.parent,
      branch: place.branch,
      loops: place.loops,
      needs: [],
      dependents: [],
      ...this.compileLimits(compensation, true),
      onFailure: 'fail',
      kind: 'uses',
      ...compileAction({ ...compensation, ...(pool === undefined ? {} : { pool }) }, this),
      compensates,
    };
    this.nodes.push(node);
    return index;
  }

  /** The definition's defaults are for actions: a container or a wait has its own limit or none. */
  private compileLimits(
    own: Pick<CommonKeys, 'timeout' | 'retry'>,
    isAction: boolean,
  ): Pick<NodeCommon, 'timeoutMs' | 'retry'> {
    const defaults = isAction ? this.definition.defaults : {};
    const timeout = own.timeout ?? defaults.timeout;
    const retry = own.retry ?? defaults.retry;
    return {
      ...(timeout === undefined ? {} : { timeoutMs: compileDuration(timeout) }),
      ...(retry === undefined ? {} : { retry: compileRetry(retry) }),
    };
  }
}

function compileRetry(retry: RetryDefinition): Retry {
  return {
    attempts: retry.attempts,
    delayMs: compileDuration(retry.delay ?? DEFAULT_RETRY.delay),
    factor: retry.factor ?? DEFAULT_RETRY.factor,
    maxDelayMs: compileDuration(retry.maxDelay ?? DEFAULT_RETRY.maxDelay),
  };
}
