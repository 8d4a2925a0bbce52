import type { OutlineWorkflow } from '../../definition/outline.js';
import { shorten } from '../../definition/path.js';
import {
  descend,
  entryOf,
  isList,
  isMap,
  itemsOf,
  type Spot,
  type TreeMap,
  toJson,
} from '../../definition/tree.js';
import { isJsonObject, type Json, type JsonObject } from '../../json.js';
import type { PlanActions } from '../../plan/action.js';
import type { Place } from '../../plan/compile-step.js';
import type {
  Block,
  DataFlow,
  Directive,
  NodeCommon,
  NodeIndex,
  NodeKinds,
  PlanNode,
  Template,
} from '../../plan/plan.js';
import { suggest } from '../../validation/nearest.js';
import { atKey, atValue, type FindingReport } from '../../validation/report.js';
import { Reusables } from './reusables.js';
import { findMisfits } from './standard.js';
import { type BlockContext, kindOf, type Pending, partOf, pointer, TASK_KINDS, type Task } from './task.js';
import { COMPILE_TASK } from './tasks/table.js';
import { ValueReader } from './value-reader.js';

const MAX_STEPS = 10_000;
const MAX_DEPTH = 32;

type Growing<T> = { -readonly [K in keyof T]: T[K] };

/** What a kind of task becomes: the rest of a node. */
export type Made = {
  readonly [K in keyof NodeKinds]: { readonly kind: K } & NodeKinds[K];
}[keyof NodeKinds] & {
  readonly result?: Template;
};

/** Turns tasks into numbered nodes, and gathers what is wrong with them. */
export class Builder extends ValueReader {
  readonly nodes: PlanNode[] = [];
  readonly calls: OutlineWorkflow[] = [];
  /** The ids given, with the highest number put behind each. */
  private readonly ids = new Map<string, number>();
  private tooMany = false;

  constructor(
    readonly reusables: Reusables,
    readonly actions: PlanActions,
    report: FindingReport,
  ) {
    super(report);
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
