import { parseTemplate } from '../expressions/template.js';
import { atKey, atValue, type FindingReport } from '../validation/report.js';
import { COMMON_KEYS, ON_FAILURE, readCommonKeys, STAGE_ON_FAILURE } from './common-keys.js';
import type { StageDefinition, StepDefinition, StepKind, StepKinds, StepsDefinition } from './definition.js';
import { STEP_KINDS, STEP_SYNTAX } from './kinds/table.js';
import { checkId } from './names.js';
import type {
  Outline,
  OutlineAction,
  OutlineExpression,
  OutlineIndex,
  OutlineNode,
  OutlineSchema,
  OutlineWorkflow,
  Sight,
} from './outline.js';
import { findVariables } from './outline.js';
import { quote } from './path.js';
import type { BlockTraits, NodeSource, Reading, StepSyntax, TemplateSource } from './reading.js';
import { readStepKeys, STEP_KEYS } from './step-keys.js';
import {
  descend,
  entriesOf,
  entryOf,
  isScalar,
  positionInText,
  type Spot,
  type TreeMap,
  type TreeScalar,
  toJson,
} from './tree.js';
import { checkKeys, readMap, readText, requireEntry } from './values.js';

const MAX_STEPS = 10_000;

/** Blocks in one another, the stages counted. */
const MAX_NESTING = 32;

/** Reads stages and whatever is in them, and fills the outline on the way. */
export class NodeReader implements Reading {
  private steps = 0;

  constructor(
    private readonly outline: Outline,
    readonly report: FindingReport,
  ) {}

  readStages(map: Spot<TreeMap>): ReadonlyMap<string, StageDefinition> {
    const block = this.openBlock(undefined);
    return new Map(entriesOf(map).map(([id, stage]) => [id, this.readStage(id, stage, block)]));
  }

  private readStage(id: string, spot: Spot, block: number): StageDefinition {
    checkId(id, spot, this.report, 'a stage');
    const node = this.addNode({ id, kind: 'stage', spot, block });
    const map = readMap(spot, this.report, 'Write a map: `{ steps: {…} }`.');
    if (map === undefined) return { id, kind: 'stage', steps: new Map() };
    checkKeys(map, [...COMMON_KEYS, 'steps'], this.report, 'a stage');
    const source: NodeSource = { map, node, depth: 1 };
    const common = readCommonKeys(source, STAGE_ON_FAILURE, this);
    return { id, kind: 'stage', ...common, steps: this.readSteps(map, source) };
  }

  readSteps(holder: Spot<TreeMap>, owner: NodeSource, traits: BlockTraits = {}): StepsDefinition {
    const example = 'Write `steps: { unit: { uses: command/run, with: {…} } }`.';
    const spot = requireEntry(holder, 'steps', this.report, example);
    const map = spot && readMap(spot, this.report, example);
    if (map === undefined) return new Map();
    if (owner.depth >= MAX_NESTING) {
      this.report.add(
        'nesting-too-deep',
        atKey(map),
        `Steps nest more than ${MAX_NESTING} deep here.`,
        'Flatten the steps.',
      );
      return new Map();
    }
    if (map.node.entries.size === 0) this.report.add('block-empty', atKey(map), 'There is no step.', example);
    const block = this.openBlock(owner.node, traits);
    const steps = new Map<string, StepDefinition>();
    for (const [id, step] of entriesOf(map)) {
      const read = this.readStep(id, step, { block, depth: owner.depth + 1 });
      if (read !== undefined) steps.set(id, read);
    }
    return steps;
  }

  private readStep(
    id: string,
    spot: Spot,
    place: { readonly block: number; readonly depth: number },
  ): StepDefinition | undefined {
    checkId(id, spot, this.report, 'a step');
    this.countStep(spot);
    const map = readMap(spot, this.report, `Write one kind of step: ${STEP_KINDS.join(', ')}.`);
    const kinds = map === undefined ? [] : kindsOf(map);
    const kind = kinds[0];
    const node = this.addNode({ id, kind, spot, block: place.block });
    if (map === undefined) return undefined;
    const source: NodeSource = { map, node, depth: place.depth };
    const common = { ...readCommonKeys(source, ON_FAILURE, this), ...readStepKeys(source, this) };
    this.checkKinds(map, kinds);
    if (kind === undefined) return undefined;
    const syntax = STEP_SYNTAX[kind] as StepSyntax<StepKind>;
    const special: StepKinds[StepKind] | undefined = syntax.read(entryOf(map, kind)!, source, this);
    return special && ({ id, kind, ...common, ...special } as StepDefinition);
  }

  private countStep(spot: Spot): void {
    this.steps++;
    if (this.steps !== MAX_STEPS + 1) return;
    this.report.add(
      'steps-too-many',
      atKey(spot),
      `There are more than ${MAX_STEPS} steps, from here on.`,
      'Use forEach, or split the definition.',
    );
  }

  private checkKinds(map: Spot<TreeMap>, kinds: readonly StepKind[]): void {
    const [kind, ...others] = kinds;
    const possible = kind === undefined ? STEP_KINDS : kinds;
    const keys = possible.flatMap((known) => [known, ...STEP_SYNTAX[known].keys]);
    checkKeys(
      map,
      [...keys, ...COMMON_KEYS, ...STEP_KEYS],
      this.report,
      kind === undefined ? 'a step' : `a ${kind} step`,
    );
    if (kind === undefined) {
      const hint = `Add one of ${STEP_KINDS.join(', ')}.`;
      this.report.add('step-kind-missing', atKey(map), 'The step does not say what it does.', hint);
    }
    for (const other of others) {
      this.report.add(
        'step-kind-ambiguous',
        atKey(entryOf(map, other)!),
        `This is a ${kind} step, and cannot be a ${other} step too.`,
        `Remove \`${other}\`, or make a step of its own for it.`,
      );
    }
  }

  readTemplate(spot: Spot, owner: NodeSource, sight: Sight = {}): TemplateSource {
    return this.addTemplate(spot, owner.node, sight);
  }

  /** Of the node, or of the definition as a whole where there is none. */
  addTemplate(spot: Spot, node: OutlineIndex | undefined, sight: Sight = {}): TemplateSource {
    const value = toJson(spot.node);
    const { template, problems, expressions } = parseTemplate(value);
    for (const { path, message, offset } of problems) {
      const text = descend(spot, path);
      const inText = isScalar(text) && String(text.node.value).startsWith('${{', offset);
      this.report.add(
        'template-invalid',
        // Else it stands in the key, whose path is the same.
        inText ? { path: text.path, position: positionInText(text.node, offset) } : atKey(text),
        message,
        'Write `${{ expression }}`, and `$${{` for the characters themselves.',
      );
    }
    for (const { path, expression, offset } of expressions) {
      this.addExpression(descend(spot, path) as Spot<TreeScalar>, offset, {
        node,
        source: expression.source,
        place: 'value',
        ...sight,
      });
    }
    return { value, kind: template.kind };
  }

  readCondition(
    spot: Spot,
    owner: NodeSource,
    place: OutlineExpression['place'],
    sight: Sight = {},
  ): string | undefined {
    if (isScalar(spot) && typeof spot.node.value === 'boolean') return String(spot.node.value);
    const text = readText(spot, this.report, 'Write an expression: `if: inputs.deep`.');
    if (text === undefined) return undefined;
    const source = String(text.node.value);
    if (/^\s*\$\{\{/.test(source)) {
      const bare = source.replace(/^\s*\$\{\{\s*|\s*\}\}\s*$/g, '');
      this.report.add(
        'condition-in-template',
        atValue(text),
        'A condition is an expression already, without `${{ }}`.',
        `Write \`if: ${quote(bare).slice(1, -1)}\`.`,
      );
      return undefined;
    }
    this.addExpression(text, 0, { node: owner.node, source, place, ...sight });
    return source;
  }

  private addExpression(
    text: Spot<TreeScalar>,
    start: number,
    expression: Omit<OutlineExpression, 'locate'>,
  ): void {
    this.outline.expressions.push({
      ...expression,
      locate: (offset) => ({ path: text.path, position: positionInText(text.node, start + offset) }),
    });
  }

  setNeeds(owner: NodeSource, needs: readonly Spot<TreeScalar>[]): void {
    this.outline.nodes[owner.node]!.needs = needs;
  }

  setClaims(owner: NodeSource, spot: Spot): void {
    this.outline.nodes[owner.node]!.claims ??= spot;
  }

  variablesAround(owner: NodeSource): readonly string[] {
    return findVariables(this.outline, owner.node);
  }

  addAction(use: OutlineAction): void {
    this.outline.actions.push(use);
  }

  addWorkflow(call: OutlineWorkflow): void {
    this.outline.workflows.push(call);
  }

  addSchema(schema: OutlineSchema): void {
    this.outline.schemas.push(schema);
  }

  private openBlock(owner: OutlineIndex | undefined, traits: BlockTraits = {}): number {
    return this.outline.blocks.push({ owner, members: [], ...traits }) - 1;
  }

  private addNode(node: OutlineNode): OutlineIndex {
    const index = this.outline.nodes.push(node) - 1;
    this.outline.blocks[node.block]!.members.push(index);
    return index;
  }
}

/** Kinds whose marking key the step has, in written order. */
function kindsOf(map: Spot<TreeMap>): StepKind[] {
  const keys = [...map.node.entries.keys()];
  return STEP_KINDS.filter((kind) => map.node.entries.has(kind)).toSorted(
    (a, b) => keys.indexOf(a) - keys.indexOf(b),
  );
}
