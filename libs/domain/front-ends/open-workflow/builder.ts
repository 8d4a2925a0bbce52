import type { OutlineWorkflow } from '../../definition/outline.js';
import { shorten } from '../../definition/path.js';
import {
  descend,
  entryOf,
  isList,
  isMap,
  isScalar,
  itemsOf,
  positionInText,
  type Spot,
  type TreeMap,
  toJson,
} from '../../definition/tree.js';
import { analyse } from '../../expressions/analyse.js';
import { isJsonObject, type Json, type JsonObject } from '../../json.js';
import type { PlanActions } from '../../plan/action.js';
import type { Place } from '../../plan/compile-step.js';
import type {
  Block,
  DataFlow,
  Directive,
  Expression,
  NodeCommon,
  NodeIndex,
  NodeKinds,
  PlanNode,
  Template,
} from '../../plan/plan.js';
import type { FindingCode } from '../../validation/codes.js';
import { suggest } from '../../validation/nearest.js';
import { atKey, atValue, type FindingReport } from '../../validation/report.js';
import { findUnknownKeyword } from '../../validation/value-schema.js';
import { readDuration } from './durations.js';
import { jq, readText, unwrap } from './expressions.js';
import { Reusables } from './reusables.js';
import { findMisfits } from './standard.js';
import { type BlockContext, kindOf, type Pending, partOf, pointer, TASK_KINDS, type Task } from './task.js';
import { COMPILE_TASK } from './tasks/table.js';

const MAX_STEPS = 10_000;
const MAX_DEPTH = 32;
const MAX_EXPRESSION = 4 * 1024;
const MAX_DURATION_MS = 366 * 24 * 60 * 60 * 1000;

type Growing<T> = { -readonly [K in keyof T]: T[K] };

/** What a kind of task becomes: the rest of a node. */
export type Made = {
  readonly [K in keyof NodeKinds]: { readonly kind: K } & NodeKinds[K];
}[keyof NodeKinds] & {
  readonly result?: Template;
};

/** Turns tasks into numbered nodes, and gathers what is wrong with them. */
export class Builder {
  readonly nodes: PlanNode[] = [];
  readonly calls: OutlineWorkflow[] = [];
  /** Expressions ask for the definition as a whole, or for the task's own. */
  seesDefinition = false;
  /** The ids given, with the highest number put behind each. */
  private readonly ids = new Map<string, number>();
  private tooMany = false;

  constructor(
    readonly reusables: Reusables,
    readonly actions: PlanActions,
    readonly report: FindingReport,
  ) {}

  refuse(code: FindingCode, spot: Spot, message: string, hint: string): undefined {
    this.report.add(code, atKey(spot), message, hint);
    return undefined;
  }

  /** The tasks of a list as a sequence. `depth`: blocks around it. */
  readBlock(list: Spot | undefined, reference: string, place: Place, context: BlockContext): Block {
    if (list === undefined || !isList(list)) return { flow: 'sequence', nodes: [] };
    if (context.depth > MAX_DEPTH) {
      this.refuse(
        'nesting-too-deep',
        list,
        `Tasks nest more than ${MAX_DEPTH} deep here.`,
        'Flatten the tasks.',
      );
      return { flow: 'sequence', nodes: [] };
    }
    const tasks = itemsOf(list).flatMap(
      (item, at) => this.readItem(item, pointer(reference, at + (context.first ?? 0)), context) ?? [],
    );
    const compiled = tasks.flatMap((task) => {
      const node = this.compileTask(task, place, context.depth);
      return node === undefined ? [] : [{ task, node }];
    });
    const byName = new Map<string, NodeIndex>();
    for (const { task, node } of compiled) {
      if (byName.has(task.name))
        this.refuse(
          'id-duplicate',
          task.spot,
          `Another task of this list is named \`${shorten(task.name)}\`.`,
          'Rename one of them.',
        );
      byName.set(task.name, node.index);
    }
    for (const { task, node } of compiled) this.resolveDirectives(task, node, byName);
    return { flow: 'sequence', nodes: compiled.map(({ node }) => node.index) };
  }

  private readItem(item: Spot, reference: string, { functions }: BlockContext): Task | undefined {
    if (!isMap(item) || item.node.entries.size !== 1) {
      this.report.add(
        'open-workflow-invalid',
        atValue(item),
        'An element of a list of tasks is a map of one name to one task.',
        'Write `- name: { … }`, one task per element.',
      );
      return undefined;
    }
    const [name] = item.node.entries.keys();
    return this.readTask(name!, entryOf(item, name!)!, pointer(reference, name!), functions);
  }

  /** The task, if it is one by the standard. */
  readTask(name: string, spot: Spot, reference: string, functions: readonly string[]): Task | undefined {
    const value = toJson(spot.node);
    if (!isMap(spot) || !isJsonObject(value))
      return this.refuse(
        'open-workflow-invalid',
        spot,
        'A task is a map.',
        'Write what it does: `set: { … }`, `call: http`, …',
      );
    const kind = kindOf(value);
    if (kind === undefined) {
      const hint = [...spot.node.entries.keys()]
        .map((key) => suggest(key, TASK_KINDS, ''))
        .find((text) => text !== '');
      return this.refuse(
        'open-workflow-invalid',
        spot,
        'This task does not say what it does.',
        hint ?? `Add one of ${TASK_KINDS.join(', ')}.`,
      );
    }
    const wrong = this.checkPart(partOf(kind, value), spot, value);
    return wrong ? undefined : { name, kind, spot, value, reference, functions };
  }

  /** Whether the part does not fit the standard, which was then reported. */
  checkPart(part: string, spot: Spot, value: Json): boolean {
    const misfits = findMisfits(part, value);
    for (const { path, message, unknownKey } of misfits) {
      const at = descend(spot, path);
      const hint =
        unknownKey === undefined
          ? 'See the reference of the standard (DSL 1.0).'
          : 'Correct the key, move it where it belongs, or remove it.';
      this.report.add(
        'open-workflow-invalid',
        unknownKey === undefined ? atValue(at) : atKey(at),
        message,
        hint,
      );
    }
    return misfits.length > 0;
  }

  /** Adds the node of a task, and those of what it holds. */
  compileTask(task: Task, place: Place, depth: number): Growing<NodeCommon> | undefined {
    const { spot, value } = task;
    const index = this.addNode(task.name, task.reference, place);
    if (index === undefined) return undefined;
    const node = this.nodes[index] as Growing<NodeCommon>;
    const condition = this.conditionAt(spot, 'if');
    if (condition !== undefined) node.if = condition;
    const timeout = this.timeoutOf(spot);
    if (timeout !== undefined) node.timeoutMs = timeout;
    const compile = COMPILE_TASK[task.kind];
    const made = compile(
      task,
      this,
      { parent: index, branch: 0, loops: place.loops },
      { depth: depth + 1, functions: task.functions },
    );
    const { result, ...rest } = made ?? { kind: 'set', values: { kind: 'literal', value: null } };
    node.dataFlow = this.dataOf(spot, value, task.reference, result as Template | undefined);
    Object.assign(node, rest);
    node.end = this.nodes.length;
    return node;
  }

  /** A node of the engine's own, between those that tasks become. */
  addHelper(name: string, reference: string, place: Place, rest: Made): NodeIndex | undefined {
    const index = this.addNode(name, reference, place);
    if (index !== undefined) Object.assign(this.nodes[index]!, rest);
    return index;
  }

  private addNode(name: string, reference: string, place: Place): NodeIndex | undefined {
    if (this.nodes.length >= MAX_STEPS) {
      if (!this.tooMany)
        this.report.add(
          'steps-too-many',
          { path: undefined, position: { line: 1, column: 1 } },
          `There are more than ${MAX_STEPS} tasks.`,
          'Use `for`, or split the definition.',
        );
      this.tooMany = true;
      return undefined;
    }
    const index = this.nodes.length;
    const id = this.idFor(name);
    const node: Growing<NodeCommon> = {
      index,
      end: index + 1,
      id,
      ...(id === name ? {} : { name: name.slice(0, 200) }),
      parent: place.parent,
      branch: place.branch,
      loops: place.loops,
      needs: [],
      dependents: [],
      onFailure: 'fail',
      dataFlow: { reference },
    };
    this.nodes.push(node as PlanNode);
    return index;
  }

  /** The name itself where it may be an id and is not taken. */
  private idFor(name: string): string {
    const plain =
      name
        .replace(/[^A-Za-z0-9_-]+/g, '-')
        .replace(/^[^A-Za-z]+/, '')
        .slice(0, 80) || 'task';
    let number = this.ids.get(plain) ?? 0;
    let id = number === 0 ? plain : `${plain}-${++number}`;
    while (number > 0 && this.ids.has(id)) id = `${plain}-${++number}`;
    this.ids.set(plain, Math.max(number, 1));
    if (id !== plain) this.ids.set(id, 1);
    return id;
  }

  private dataOf(
    spot: Spot<TreeMap>,
    value: JsonObject,
    reference: string,
    result: Template | undefined,
  ): DataFlow {
    const { input, output, export: exported } = value as Record<string, JsonObject | undefined>;
    return {
      reference,
      ...this.schemaAt(spot, input, 'input', 'inputSchema'),
      ...this.templateAt(spot, input, 'input', 'from', 'from'),
      ...(result === undefined ? {} : { result }),
      ...this.templateAt(spot, output, 'output', 'as', 'as'),
      ...this.schemaAt(spot, output, 'output', 'outputSchema'),
      ...this.templateAt(spot, exported, 'export', 'as', 'export'),
      ...this.schemaAt(spot, exported, 'export', 'exportSchema'),
    };
  }

  /** `input.from` and its kin: a bare expression, or a map with expressions in it. */
  templateAt<K extends string>(
    spot: Spot<TreeMap>,
    part: JsonObject | undefined,
    under: string,
    key: string,
    as: K,
  ): { readonly [P in K]?: Template } {
    const written = part?.[key];
    if (written === undefined) return {};
    const place = descend(spot, [under, key]);
    const template =
      typeof written === 'string' ? this.expressionTemplate(place, written) : this.readTemplate(place);
    return { [as]: template } as { readonly [P in K]?: Template };
  }

  schemaAt<K extends string>(
    spot: Spot<TreeMap>,
    part: JsonObject | undefined,
    under: string,
    as: K,
  ): { readonly [P in K]?: JsonObject } {
    const schema = part?.['schema'];
    if (!isJsonObject(schema)) return {};
    const place = descend(spot, [under, 'schema']);
    const format = typeof schema['format'] === 'string' ? schema['format'] : 'json';
    if (!/^json(:|$)/.test(format)) {
      this.refuse(
        'open-workflow-unsupported',
        descend(place, ['format']),
        `Schemas of the format \`${shorten(format)}\` are not checked here.`,
        'Write a JSON Schema, or remove the schema.',
      );
      return {};
    }
    if (schema['resource'] !== undefined) {
      this.refuse(
        'open-workflow-unsupported',
        descend(place, ['resource']),
        'A schema in another place is not fetched.',
        'Write it out under `document`.',
      );
      return {};
    }
    const { document } = schema;
    if (typeof document === 'boolean')
      return { [as]: document ? {} : { not: {} } } as { readonly [P in K]?: JsonObject };
    if (!isJsonObject(document)) {
      this.refuse(
        'open-workflow-invalid',
        place,
        'This is no JSON Schema.',
        'Write a map: `document: { type: object }`.',
      );
      return {};
    }
    const unknown = findUnknownKeyword(document);
    if (unknown !== undefined)
      this.refuse(
        'open-workflow-unsupported',
        place,
        `The schema uses ${unknown}.`,
        'Describe the value without it.',
      );
    return { [as]: document } as { readonly [P in K]?: JsonObject };
  }

  private resolveDirectives(
    task: Task,
    node: Growing<NodeCommon>,
    byName: ReadonlyMap<string, NodeIndex>,
  ): void {
    const then = task.value['then'];
    if (typeof then === 'string') {
      const directive = this.directive(descend(task.spot, ['then']), then, byName);
      if (directive !== undefined) node.then = directive;
    }
    const pending = this.pending.get(node.index);
    if (pending === undefined) return;
    this.pending.delete(node.index);
    const resolve = ({ spot, then: name }: Pending) => this.directive(spot, name, byName);
    pending.take(pending.all.map((one) => (one === undefined ? undefined : resolve(one))));
  }

  /** Directives inside a task, which name tasks beside it: resolved when all of these are known. */
  private readonly pending = new Map<
    NodeIndex,
    {
      readonly all: readonly (Pending | undefined)[];
      readonly take: (directives: readonly (Directive | undefined)[]) => void;
    }
  >();

  resolveLater(
    node: NodeIndex,
    all: readonly (Pending | undefined)[],
    take: (directives: readonly (Directive | undefined)[]) => void,
  ): void {
    this.pending.set(node, { all, take });
  }

  private directive(spot: Spot, name: string, byName: ReadonlyMap<string, NodeIndex>): Directive | undefined {
    if (name === 'continue' || name === 'exit' || name === 'end') return name;
    const target = byName.get(name);
    if (target !== undefined) return target;
    const names = ['continue', 'exit', 'end', ...byName.keys()];
    this.report.add(
      'open-workflow-reference',
      atValue(spot),
      `No task of this list is named \`${shorten(name)}\`.`,
      () => suggest(name, names, 'Name a task of the same list, or write `continue`, `exit` or `end`.'),
    );
    return undefined;
  }

  /** Any value in which `${ }` may stand. */
  readTemplate(spot: Spot): Template {
    if (isMap(spot)) {
      const entries = [...spot.node.entries.keys()].map(
        (key) => [key, this.readTemplate(entryOf(spot, key)!)] as const,
      );
      if (entries.every(([, template]) => template.kind === 'literal'))
        return { kind: 'literal', value: toJson(spot.node) };
      return { kind: 'map', entries };
    }
    if (isList(spot)) {
      const items = itemsOf(spot).map((item) => this.readTemplate(item));
      if (items.every((template) => template.kind === 'literal'))
        return { kind: 'literal', value: toJson(spot.node) };
      return { kind: 'list', items };
    }
    const { value } = spot.node as { readonly value: Json };
    if (typeof value !== 'string') return { kind: 'literal', value };
    return readText(value, ({ expression, offset }) => this.checkExpression(expression, spot, offset));
  }

  /** A text that is an expression, with `${ }` around it or without. */
  private expressionTemplate(spot: Spot, text: string): Template {
    return { kind: 'expression', expression: this.readExpression(spot, text) };
  }

  readExpression(spot: Spot, text: string): Expression {
    const { source, offset } = unwrap(text) ?? {
      source: text.trim(),
      offset: text.length - text.trimStart().length,
    };
    const expression = jq(source);
    this.checkExpression(expression, spot, offset);
    return expression;
  }

  /** A condition is what jq takes for true: anything but false and null. */
  readCondition(spot: Spot, text: string): Expression {
    const { source } = this.readExpression(spot, text);
    return jq(`[${source}\n][0] | if . then true else false end`);
  }

  conditionAt(spot: Spot<TreeMap>, key: string): Expression | undefined {
    const place = entryOf(spot, key);
    const text = place === undefined ? undefined : toJson(place.node);
    return typeof text === 'string' ? this.readCondition(place!, text) : undefined;
  }

  private checkExpression(expression: Expression, spot: Spot, offset: number): void {
    const { source } = expression;
    const where = (at: number) => ({
      path: spot.path,
      position: isScalar(spot) ? positionInText(spot.node, at) : spot.node.position,
    });
    if (source.length > MAX_EXPRESSION - 64) {
      this.report.add(
        'expression-too-long',
        where(offset),
        'The expression is longer than 4 KiB.',
        'Compute parts of it in `set` tasks above.',
      );
      return;
    }
    const analysis = analyse(expression);
    if (!analysis.ok) {
      this.report.add(
        'expression-invalid',
        where(offset + analysis.offset),
        analysis.message,
        'Correct it at the position given; expressions are jq.',
      );
      return;
    }
    const { names } = analysis.references;
    if (names.includes('$secrets') || names.includes('$authorization'))
      this.report.add(
        'open-workflow-secret',
        where(offset),
        '`$secrets` and `$authorization` would put a secret into the history of the run.',
        'Hand it over by `authentication: { bearer: { use: name } }`; the worker resolves it.',
      );
    if ((names.includes('$workflow') || names.includes('$task')) && /definition/.test(source))
      this.seesDefinition = true;
  }

  /** Milliseconds of a duration that is written out. */
  readDuration(spot: Spot): number | undefined {
    const ms = readDuration(toJson(spot.node));
    if (ms === undefined)
      return this.refuse(
        'open-workflow-unsupported',
        spot,
        'This duration is computed, and must be known before the run here.',
        'Write it out: `{ seconds: 30 }` or `PT30S`.',
      );
    if (ms <= MAX_DURATION_MS) return ms;
    return this.refuse('duration-invalid', spot, 'A duration is longer than 366 days.', 'Shorten it.');
  }

  private timeoutOf(spot: Spot<TreeMap>): number | undefined {
    const place = entryOf(spot, 'timeout');
    return place === undefined ? undefined : this.readTimeout(place);
  }

  readTimeout(place: Spot): number | undefined {
    const found = this.reusables.resolve('timeouts', place, this);
    const after = found !== undefined && isMap(found) ? entryOf(found, 'after') : undefined;
    const ms = after === undefined ? undefined : this.readDuration(after);
    return ms === 0 ? 1 : ms;
  }
}
