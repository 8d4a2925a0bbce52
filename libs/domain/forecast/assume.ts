import type { Directive, NodeOf, Plan, PlanNode, Template } from '../plan/plan.js';
import { describeTemplate, Knowledge, literal, sourceOf } from './knowledge.js';
import { orderByNeeds } from './order-by-needs.js';

/** What a forecast takes for granted about one node, in words. */
type Assumptions = ReadonlyMap<number, readonly string[]>;

/** Conditions on which what stands in a block depends: by container and number of the block. */
type Conditions = ReadonlyMap<string, string>;

export interface AssumedPlan {
  /** As the engine can take it, though results are not known: every branch that may be taken is taken. */
  readonly plan: Plan;
  /** By index: whether the node runs depends on something not known yet. */
  readonly conditional: ReadonlyMap<number, string>;
  readonly blocks: Conditions;
  readonly notes: Assumptions;
  readonly knowledge: Knowledge;
}

/** The Plan of the forecast: nothing in it depends on results. */
export function assume(plan: Plan, missing: ReadonlySet<string>): AssumedPlan {
  return new Assuming(orderByNeeds(plan), missing).run();
}

class Assuming {
  private readonly knowledge: Knowledge;
  private readonly conditional = new Map<number, string>();
  private readonly blocks = new Map<string, string>();
  private readonly notes = new Map<number, string[]>();

  constructor(
    private readonly plan: Plan,
    missing: ReadonlySet<string>,
  ) {
    this.knowledge = new Knowledge(plan, missing);
  }

  run(): AssumedPlan {
    const { plan, knowledge, conditional, blocks, notes } = this;
    // In the order of the text, so that what a node may know stands above it.
    const nodes = plan.nodes.map((node) => this.rewrite(this.common(node)));
    const output = plan.output === undefined ? {} : { output: knowledge.reveal(plan.output, undefined) };
    const { data: _, ...rest } = plan;
    return { plan: { ...rest, nodes, ...output }, conditional, blocks, notes, knowledge };
  }

  private common<N extends PlanNode>(node: N): N {
    const { if: condition, claims, dataFlow: _, then, ...rest } = node;
    const isKnown = condition === undefined || this.knowledge.knows(condition, node);
    if (condition !== undefined && !isKnown) this.conditional.set(node.index, condition.source);
    // Where a sequence goes on elsewhere, what is passed over is shown all the same.
    if (then !== undefined) this.note(node, this.describeDirective(then));
    return {
      ...rest,
      ...(condition !== undefined && isKnown ? { if: condition } : {}),
      ...(claims === undefined ? {} : { claims: { ...claims, locks: this.revealAll(claims.locks, node) } }),
    } as unknown as N;
  }

  private revealAll(templates: readonly Template[], node: PlanNode): Template[] {
    return templates.map((template) => this.knowledge.reveal(template, node));
  }

  private describeDirective(then: Directive): string {
    if (typeof then === 'number') return `then goes on at ${this.plan.nodes[then]!.id}`;
    return { continue: 'then goes on', exit: 'then leaves its block', end: 'then ends the run' }[then];
  }

  private note(node: PlanNode, text: string): void {
    this.notes.set(node.index, [...(this.notes.get(node.index) ?? []), text]);
  }

  private rewrite(node: PlanNode): PlanNode {
    const { knowledge } = this;
    switch (node.kind) {
      case 'stage':
      case 'try':
        return node;
      case 'uses':
        return { ...node, with: knowledge.reveal(node.with, node) };
      case 'workflow':
        return { ...node, inputs: knowledge.reveal(node.inputs, node) };
      case 'set':
        return this.rewriteSet(node);
      case 'emit':
        return this.rewriteEmit(node);
      case 'listen':
        return this.rewriteListen(node);
      case 'wait':
        return this.rewriteWait(node);
      case 'raise':
        return this.rewriteRaise(node);
      case 'waitFor': {
        const { condition, ...rest } = node;
        this.note(
          node,
          `waits for the event ${String(describeTemplate(node.event))}${condition === undefined ? '' : ` with ${condition.source}`}`,
        );
        return { ...rest, event: knowledge.reveal(node.event, node) };
      }
      case 'approval':
        return this.rewriteApproval(node);
      case 'switch':
        return this.rewriteSwitch(node);
      case 'loop':
        this.knowledge.forget(node.index);
        this.note(
          node,
          `1 to ${node.max} turns, ${node.until ? `until ${node.until.source}` : `while ${node.while?.source}`}`,
        );
        return { ...withoutConditions(node), until: { dialect: 'cel', source: 'true' }, max: 1, delayMs: 0 };
      case 'parallel':
      case 'forEach':
        return this.rewriteFanOut(node);
    }
  }

  private rewriteSet(node: NodeOf<'set'>): PlanNode {
    // What may be skipped has no values for sure.
    if (
      this.knowledge.knowsAll(node.values, node) &&
      node.if === undefined &&
      !this.conditional.has(node.index)
    )
      this.knowledge.settle(node.id);
    return { ...node, values: this.knowledge.reveal(node.values, node) };
  }

  /** An envelope names the event itself, and may name it by what is not known yet: it is told, not sent. */
  private rewriteEmit({ envelope, event, data, ...rest }: NodeOf<'emit'>): PlanNode {
    const node = rest as unknown as PlanNode;
    if (envelope !== undefined) {
      this.note(node, `emits ${JSON.stringify(describeTemplate(envelope))}`);
      return { ...rest, kind: 'set', values: literal({}) };
    }
    return {
      ...rest,
      event: this.knowledge.reveal(event, node),
      data: this.knowledge.reveal(data, node),
    };
  }

  private rewriteListen(node: NodeOf<'listen'>): PlanNode {
    const { takes, filters, untilCondition, untilEvents, read: _, each, ...rest } = node;
    const count = filters.length === 0 ? 'every event' : `${takes} of ${filters.length} kinds of event`;
    const until = untilCondition === undefined ? '' : ` until ${untilCondition.source}`;
    this.note(node, `listens for ${count}${untilEvents === undefined ? until : ' until others come'}`);
    if (each === undefined) return { ...rest, kind: 'set', values: literal([]) };
    this.knowledge.forget(node.index);
    const { as, block } = each;
    return { ...rest, kind: 'forEach', in: literal(['event']), as, limit: 1, failFast: true, block };
  }

  private rewriteWait(node: NodeOf<'wait'>): PlanNode {
    const template = 'for' in node ? node.for : node.until;
    const written = String(describeTemplate(template));
    this.note(node, 'for' in node ? `waits ${written}` : `waits until ${written}`);
    if (this.knowledge.knowsAll(template, node)) return node;
    const { for: _, until: __, ...rest } = node as NodeOf<'wait'> & { for?: Template; until?: Template };
    return { ...rest, for: literal('0s') } as NodeOf<'wait'>;
  }

  /** What follows is shown all the same: whether it is reached is seldom known. */
  private rewriteRaise({ error, message, problem, ...rest }: NodeOf<'raise'>): PlanNode {
    const node = rest as unknown as PlanNode;
    const what =
      problem === undefined
        ? `${String(describeTemplate(error))}: ${String(describeTemplate(message))}`
        : JSON.stringify(describeTemplate(problem));
    this.note(node, `raises ${what}`);
    return { ...rest, kind: 'set', values: literal({}) };
  }

  private rewriteApproval(node: NodeOf<'approval'>): PlanNode {
    const by = describeTemplate(node.by);
    this.note(
      node,
      `waits for approval by ${Array.isArray(by) ? by.join(', ') : String(by)}${node.quorum > 1 ? ` (${node.quorum} of them)` : ''}`,
    );
    const { expiresMs: _, remindMs: __, escalate: ___, message, inputs: ____, ...rest } = node;
    return {
      ...rest,
      by: this.knowledge.knowsAll(node.by, node)
        ? node.by
        : literal([sourceOf({ dialect: 'cel', source: 'by' })]),
      ...(message === undefined ? {} : { message: this.knowledge.reveal(message, node) }),
    };
  }

  /** Where it cannot be told which case is chosen, each that may be is taken. */
  private rewriteSwitch(node: NodeOf<'switch'>): PlanNode {
    const unknown = node.cases.findIndex(
      ({ if: condition }) => condition !== undefined && !this.knowledge.knows(condition, node),
    );
    if (unknown === -1) return node;
    const before: string[] = [];
    for (const [index, { if: condition }] of node.cases.entries()) {
      const others = before.length === 0 ? '' : ' (and no case above)';
      this.blocks.set(
        `${node.index}#${index}`,
        condition === undefined ? 'no case above' : `${condition.source}${others}`,
      );
      if (condition !== undefined) before.push(condition.source);
    }
    const { cases, ...rest } = node;
    for (const { if: condition, then } of cases) {
      if (then === undefined) continue;
      const where = this.describeDirective(then);
      this.note(node, condition === undefined ? `otherwise ${where}` : `${condition.source}: ${where}`);
    }
    // One that only says where to go on.
    if (cases.every(({ block }) => block.nodes.length === 0))
      return { ...rest, kind: 'set', values: literal({}) };
    const branches = cases.map(({ block }, index) => ({ name: `case ${index + 1}`, block }));
    return { ...rest, kind: 'parallel', failFast: false, branches };
  }

  private rewriteFanOut(node: NodeOf<'parallel'> | NodeOf<'forEach'>): PlanNode {
    const { quorum, ...rest } = 'while' in node ? withoutWhile(node) : node;
    if (quorum !== undefined)
      this.note(node, `is over when ${quorum} have succeeded; the others are stopped`);
    if (node.limit !== undefined) this.note(node, `${node.limit} at once`);
    if (rest.kind === 'parallel') return rest;
    const { knowledge } = this;
    if ('in' in rest) {
      if (knowledge.knowsAll(rest.in, node)) return rest;
      knowledge.forget(node.index);
      this.note(node, `once for each of ${String(describeTemplate(rest.in))}`);
      return { ...rest, in: literal([sourceOf({ dialect: 'cel', source: rest.as })]) };
    }
    const parts = [...rest.matrix.map(([, list]) => list), rest.exclude, rest.include];
    if (parts.every((part) => part === undefined || knowledge.knowsAll(part, node))) return rest;
    knowledge.forget(node.index);
    this.note(node, 'once for each combination of its matrix');
    const { exclude: _, include: __, matrix, ...other } = rest;
    return {
      ...other,
      matrix: matrix.map(([name]) => [name, literal([sourceOf({ dialect: 'cel', source: name })])] as const),
    };
  }
}

function withoutConditions({ while: _, until: __, ...node }: NodeOf<'loop'>): NodeOf<'loop'> {
  return node;
}

function withoutWhile({ while: _, ...node }: NodeOf<'forEach'>): NodeOf<'forEach'> {
  return node;
}
