import { analyse } from '../expressions/analyse.js';
import type { Json } from '../json.js';
import type { Expression, Plan, PlanNode, Template } from '../plan/plan.js';
import { findNode } from '../plan/plan-index.js';

/** What is known of a run before it runs: its inputs, what follows from them alone, and the elements of known lists. */
export class Knowledge {
  /** Steps of kind `set` whose values are known. */
  private readonly settled = new Set<string>();
  /** Nodes that repeat what they hold for elements, or turns, that are not known. */
  private readonly unknownLoops = new Set<number>();

  /** @param missing inputs of which no value is known */
  constructor(
    private readonly plan: Plan,
    private readonly missing: ReadonlySet<string>,
  ) {}

  settle(id: string): void {
    this.settled.add(id);
  }

  forget(loop: number): void {
    this.unknownLoops.add(loop);
  }

  isUnknownLoop(index: number): boolean {
    return this.unknownLoops.has(index);
  }

  /** @param inside whether what the node holds is seen too, such as the turn of a loop */
  knows(expression: Expression, node: PlanNode | undefined, inside = false): boolean {
    // What jq asks about is handed on from step to step.
    if (expression.dialect === 'jq') return false;
    const analysis = analyse(expression);
    if (!analysis.ok) return false;
    const { names, inputs, inputsWhole, steps, dynamicSteps } = analysis.references;
    if (dynamicSteps || (inputsWhole && this.missing.size > 0)) return false;
    if (inputs.some((name) => this.missing.has(name)) || steps.some((id) => !this.settled.has(id)))
      return false;
    return names.every(
      (name) => name === 'inputs' || name === 'steps' || this.knowsVariable(name, node, inside),
    );
  }

  knowsAll(template: Template, node: PlanNode | undefined): boolean {
    return expressionsOf(template).every((expression) => this.knows(expression, node));
  }

  /** The template with the source of every unknown expression in its place, as a definition writes it. */
  reveal(template: Template, node: PlanNode | undefined): Template {
    switch (template.kind) {
      case 'literal':
        return template;
      case 'expression':
        return this.knows(template.expression, node) ? template : literal(sourceOf(template.expression));
      case 'text':
        return {
          kind: 'text',
          parts: template.parts.map((part) =>
            typeof part === 'string' || this.knows(part, node) ? part : sourceOf(part),
          ),
        };
      case 'list':
        return { kind: 'list', items: template.items.map((item) => this.reveal(item, node)) };
      case 'map':
        return {
          kind: 'map',
          entries: template.entries.map(([key, value]) => [key, this.reveal(value, node)] as const),
        };
    }
  }

  private knowsVariable(name: string, node: PlanNode | undefined, inside: boolean): boolean {
    for (let at = inside ? node : this.holderOf(node); at !== undefined; at = this.holderOf(at)) {
      if (at.kind === 'forEach' && at.as === name) return !this.unknownLoops.has(at.index);
      if (at.kind === 'loop' && at.as === name) return false;
      if (at.kind === 'try' && at.catches.some(({ as }) => as === name)) return false;
    }
    return false;
  }

  private holderOf(node: PlanNode | undefined): PlanNode | undefined {
    return node === undefined || node.parent === null ? undefined : this.plan.nodes[node.parent];
  }
}

export function literal(value: Json): Template {
  return { kind: 'literal', value };
}

/** As a definition writes it. */
export function sourceOf({ source }: Expression): string {
  return `\${{ ${source} }}`;
}

/** A template as its author wrote it, with an expression for text. */
export function describeTemplate(template: Template): Json {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'expression':
      return sourceOf(template.expression);
    case 'text':
      return template.parts.map((part) => (typeof part === 'string' ? part : sourceOf(part))).join('');
    case 'list':
      return template.items.map(describeTemplate);
    case 'map':
      return Object.fromEntries(template.entries.map(([key, value]) => [key, describeTemplate(value)]));
  }
}

function expressionsOf(template: Template): readonly Expression[] {
  switch (template.kind) {
    case 'literal':
      return [];
    case 'expression':
      return [template.expression];
    case 'text':
      return template.parts.filter((part) => typeof part !== 'string');
    case 'list':
      return template.items.flatMap(expressionsOf);
    case 'map':
      return template.entries.flatMap(([, value]) => expressionsOf(value));
  }
}

/** Whether the node stands in a `catch`, or undoes another. */
export function isForFailures(plan: Plan, node: PlanNode): boolean {
  for (let at: PlanNode = node; ; ) {
    if (at.kind === 'uses' && at.compensates !== undefined) return true;
    if (at.parent === null) return false;
    const holder = findNode(plan, plan.nodes[at.parent]!.id)!;
    if (holder.kind === 'try' && at.branch > 0 && at.branch <= holder.catches.length) return true;
    at = holder;
  }
}
