import {
  findVariables,
  type Outline,
  type OutlineBlock,
  type OutlineExpression,
  type OutlineIndex,
  type OutlineNode,
} from '../definition/outline.js';
import { quote } from '../definition/path.js';
import type { References } from '../expressions/analyse.js';
import { analyse } from '../expressions/analyse.js';
import { suggest } from './nearest.js';
import type { Needs } from './needs.js';
import { findUnordered, type OrderQuestion } from './reachability.js';
import type { FindingReport } from './report.js';

/** Bytes of UTF-8. */
const MAX_EXPRESSION_BYTES = 4096;

const ROOT_NAMES = ['inputs', 'steps', 'run'] as const;

/** Roots that have a meaning in the language but hold nothing in a definition that declares nothing for them. */
const UNDECLARED: Readonly<Record<string, string>> = {
  event: 'It holds what triggered a run, and this definition declares no triggers.',
  env: 'It holds declared variables, and this definition declares none; pass them as `inputs`.',
  secrets: 'Secrets are never in scope; actions take references to them.',
};

const BEFORE_STEPS = 'This is evaluated before the run begins; use `inputs` and `run`.';

/** Kinds whose steps run many times. */
const TURNING: ReadonlySet<OutlineNode['kind']> = new Set(['forEach', 'loop']);

/** Checks every expression: its syntax, and that whatever it names exists and is there when it is evaluated. */
export function checkReferences(outline: Outline, needs: Needs, report: FindingReport): void {
  new ReferenceChecker(outline, needs, report).check();
}

interface Question extends OrderQuestion {
  readonly expression: OutlineExpression;
  readonly step: OutlineIndex;
}

interface Meeting {
  /** The step that is read, or what holds it, beside `from`. */
  readonly target: OutlineIndex;
  /** The reader, or what holds it; absent where the reader is the output of the whole. */
  readonly from: OutlineIndex | undefined;
  /** Loops around the step and not around its reader, innermost first. */
  readonly loops: readonly OutlineIndex[];
  /** The target's block that holds the step; absent where the target is the step. */
  readonly through: number | undefined;
  /** The target's block that holds the reader. */
  readonly reading: number | undefined;
}

class ReferenceChecker {
  private readonly byId: ReadonlyMap<string, OutlineIndex>;
  /** By block. */
  private readonly questions = new Map<number, Question[]>();

  constructor(
    private readonly outline: Outline,
    private readonly needs: Needs,
    private readonly report: FindingReport,
  ) {
    // Where an id stands twice, the first one counts.
    this.byId = new Map(outline.nodes.map((node, index) => [node.id, index] as const).toReversed());
  }

  check(): void {
    for (const expression of this.outline.expressions) this.checkExpression(expression);
    for (const [block, questions] of this.questions) {
      const graph = {
        nodes: this.outline.blocks[block]!.members,
        needs: (index: number) => this.needs[index]!,
      };
      for (const question of findUnordered(graph, questions)) this.reportUnordered(question);
    }
  }

  private checkExpression(expression: OutlineExpression): void {
    const { source } = expression;
    if (
      source.length > MAX_EXPRESSION_BYTES ||
      new TextEncoder().encode(source).length > MAX_EXPRESSION_BYTES
    ) {
      this.report.add(
        'expression-too-long',
        expression.locate(0),
        'The expression is longer than 4 KiB.',
        'Compute parts of it in `set` steps above.',
      );
      return;
    }
    const analysis = analyse({ dialect: 'cel', source });
    if (!analysis.ok) {
      const hint =
        'Expressions are CEL: `inputs.count + 1`, `steps.test.output.failed == 0 && run.trigger == "api"`.';
      this.report.add('expression-invalid', expression.locate(analysis.offset), analysis.message, hint);
      return;
    }
    this.checkNames(expression, analysis.references);
    if (expression.beforeRun) return;
    for (const id of analysis.references.steps) this.checkStep(expression, id);
  }

  private checkNames(
    expression: OutlineExpression,
    { names, inputs, asksStatus, dynamicSteps }: References,
  ): void {
    const { report } = this;
    const where = expression.locate(0);
    const scope = this.scopeOf(expression);
    for (const name of names) {
      if (scope.includes(name)) continue;
      const undeclared =
        name === 'steps' ? BEFORE_STEPS : Object.hasOwn(UNDECLARED, name) ? UNDECLARED[name] : undefined;
      const otherwise = undeclared ?? `In scope here: ${scope.join(', ')}.`;
      report.add('reference-unknown-name', where, `\`${name}\` is not in scope.`, () =>
        undeclared === undefined ? this.suggestName(name, scope, otherwise) : otherwise,
      );
    }
    for (const name of inputs) {
      if (this.outline.inputs.has(name)) continue;
      report.add('reference-unknown-input', where, `There is no input ${quote(name)}.`, () =>
        suggest(name, this.outline.inputs.keys(), 'Declare it under `inputs`.'),
      );
    }
    if (asksStatus && expression.place !== 'condition') {
      report.add(
        'status-outside-if',
        where,
        '`failed()`, `always()` and `succeeded()` ask about `needs`, which only the `if` of a stage or step can.',
        "Move it there, or read a step's outcome: `steps.<id>.status`.",
      );
    }
    if (dynamicSteps) {
      report.add(
        'reference-dynamic-step',
        where,
        'Which step is read must be known before the run.',
        'Name it: `steps.<id>` or `steps["<id>"]`.',
      );
    }
  }

  private suggestName(name: string, scope: readonly string[], otherwise: string): string {
    if (this.byId.has(name)) return `Write \`steps.${name}\` for the step.`;
    if (this.outline.inputs.has(name)) return `Write \`inputs.${name}\` for the input.`;
    return suggest(name, scope, otherwise);
  }

  private scopeOf({ node, variables = [], beforeRun }: OutlineExpression): readonly string[] {
    if (beforeRun) return ROOT_NAMES.filter((name) => name !== 'steps');
    return [...ROOT_NAMES, ...variables, ...findVariables(this.outline, node)];
  }

  private checkStep(expression: OutlineExpression, id: string): void {
    const step = this.byId.get(id);
    if (step === undefined) {
      this.report.add('reference-unknown-step', expression.locate(0), `There is no step ${quote(id)}.`, () =>
        suggest(id, this.byId.keys(), 'Use the id of a step of this definition.'),
      );
      return;
    }
    const meeting = this.findMeeting(expression, step);
    if (meeting.loops.length > 0) return this.reportIntoLoop(expression, id, meeting.loops);
    const { target, from } = meeting;
    // Without one it is read by the output of the whole, when all is over.
    if (from === undefined || this.isOver(expression, meeting)) return;
    this.ask(this.nodeAt(target).block, { expression, step, target, from });
  }

  /** Climbs from the step that is read until it stands beside, or holds, something around its reader. */
  private findMeeting(expression: OutlineExpression, step: OutlineIndex): Meeting {
    /** Nodes around the reader, itself included, each with the block of it that holds the reader. */
    const around = new Map<OutlineIndex, number | undefined>();
    const byBlock = new Map<number, OutlineIndex>();
    let inner: number | undefined;
    for (let at = expression.node; at !== undefined; at = this.ownerOf(at)) {
      around.set(at, inner);
      inner = this.nodeAt(at).block;
      byBlock.set(inner, at);
    }
    const loops: OutlineIndex[] = [];
    let target = step;
    let through: number | undefined;
    while (!byBlock.has(this.nodeAt(target).block)) {
      through = this.nodeAt(target).block;
      const owner = this.outline.blocks[through]!.owner;
      if (owner === undefined) break;
      const sameTurn = around.has(owner) && (owner !== expression.node || expression.over !== 'node');
      if (TURNING.has(this.nodeAt(owner).kind) && !sameTurn) loops.push(owner);
      target = owner;
    }
    const from = byBlock.get(this.nodeAt(target).block);
    return { target, from, loops, through, reading: around.get(target) };
  }

  /** Whether what is read is over because of what the step that both stand in is: a try, a loop, one that is undone. */
  private isOver({ node, over }: OutlineExpression, { target, from, through, reading }: Meeting): boolean {
    if (from !== target) return false;
    if (target === node) return over === 'node' || (over === 'body' && through !== undefined);
    if (through === undefined || reading === undefined) return false;
    const rank = ({ rank = 0 }: OutlineBlock) => rank;
    return rank(this.outline.blocks[through]!) < rank(this.outline.blocks[reading]!);
  }

  private ask(block: number, question: Question): void {
    const known = this.questions.get(block);
    if (known === undefined) this.questions.set(block, [question]);
    else known.push(question);
  }

  /** `loops` holds those around the step and not around its reader, innermost first. */
  private reportIntoLoop(expression: OutlineExpression, id: string, loops: readonly OutlineIndex[]): void {
    const { id: name, kind } = this.nodeAt(loops.at(-1)!);
    const isList = kind === 'forEach';
    const place = `steps.${name}.output`;
    this.report.add(
      'reference-into-loop',
      expression.locate(0),
      `${quote(id)} runs once for each ${isList ? 'item' : 'turn'} of ${quote(name)}, so it has no one value here.`,
      loops.length > 1
        ? `Read the output of the whole: \`${place}\`.`
        : `Read ${isList ? 'the list of all' : 'that of the last turn'}: \`${place}${isList ? '[i]' : ''}.${id}\`.`,
    );
  }

  private reportUnordered({ expression, step, from, target }: Question): void {
    const [read, reader, sibling] = [step, from, target].map((index) => quote(this.nodeAt(index).id));
    const inside = from === target;
    this.report.add(
      'reference-not-ordered',
      expression.locate(0),
      inside ? `${read} is not over at this place.` : `${read} need not be over when ${reader} starts.`,
      inside
        ? 'Read only steps that are over before this one starts.'
        : `Add ${sibling} to the \`needs\` of ${reader}, or move the expression to a later step.`,
    );
  }

  private nodeAt(index: OutlineIndex): OutlineNode {
    return this.outline.nodes[index]!;
  }

  private ownerOf(node: OutlineIndex | undefined): OutlineIndex | undefined {
    return node === undefined ? undefined : this.outline.blocks[this.nodeAt(node).block]!.owner;
  }
}
