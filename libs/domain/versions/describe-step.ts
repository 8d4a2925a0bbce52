import type { Json, JsonObject } from '../json.js';
import type { Expression, NodeIndex, Plan, PlanNode, Template } from '../plan/plan.js';
import { normalizeCel } from './normalize-cel.js';
import { findPredecessor, isBlock } from './sequence-order.js';

/** New ids of steps by the old ones: what refers to an old one is described as if it referred to the new one. */
export type Renames = ReadonlyMap<string, string>;

/** What follows from something else in the plan or the catalogue, or is told otherwise. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  ...[
    'index',
    'end',
    'id',
    'kind',
    'parent',
    'branch',
    'loops',
    'needs',
    'dependents',
    'claims',
    'compensate',
  ],
  ...['compensates', 'ifHandlesFailure', 'ifHandlesRejection', 'onFailure'],
  ...['queue', 'workspace', 'fillsWorkspace', 'quick', 'inline', 'unattended'],
]);

/** What a definition calls otherwise than the plan. */
const WORDS: Readonly<Record<string, string>> = { action: 'uses', outputSchema: 'output', values: 'set' };

/** JSON of other languages, in which nothing has to be found. */
const FOREIGN = /^(secrets|definition|\w+Schema)$/;

/** Where something is written, not what it means. */
const PLACES: ReadonlySet<string> = new Set(['reference']);

interface Context {
  readonly plan: Plan;
  readonly renames: Renames;
}

/**
 * What a node of a plan says, in the words of a definition: a map without order. Expressions are text again, durations
 * are as people write them, nodes are named by their ids. `within` is the container and the block of it; what undoes the
 * step is part of it.
 */
export function describeStep(plan: Plan, node: PlanNode, renames: Renames): JsonObject {
  const context = { plan, renames };
  const within = node.parent === null ? undefined : describePlace(node, context);
  const before = findPredecessor(plan, node.index);
  const needs = before === undefined ? node.needs : [...node.needs, before];
  return {
    kind: node.kind,
    ...(within === undefined ? {} : { within }),
    needs: needs.map((index) => idOf(index, context)).sort(),
    ...describeOwn(node, context),
    ...(node.onFailure === 'fail' ? {} : { onFailure: node.onFailure }),
    ...describeClaims(node, context),
    ...(node.compensate === undefined
      ? {}
      : { compensate: describeOwn(plan.nodes[node.compensate]!, context) }),
  };
}

/** A part of a plan that is no node: one member, or none. */
export function describePart(plan: Plan, key: string, renames: Renames): JsonObject {
  const part: Record<string, Json> = {};
  addMember(part, key, plan[key as keyof Plan], { plan, renames });
  return part;
}

function describeOwn(node: PlanNode, context: Context): JsonObject {
  const own: Record<string, Json> = {};
  for (const [key, value] of Object.entries(node)) {
    if (LEFT_OUT.has(key)) continue;
    // The inputs of an approval are schemas; those of a call are a template.
    if (key === 'inputs' && node.kind === 'approval') own[key] = value as Json;
    else addMember(own, key, value, context);
  }
  return own;
}

function addMember(into: Record<string, Json>, key: string, value: unknown, context: Context): void {
  if (PLACES.has(key)) return;
  const isDuration = /[a-z]Ms$/.test(key) && typeof value === 'number';
  const described = isDuration ? describeDuration(value) : describeMember(key, value, context);
  if (described === undefined) return;
  const name = isDuration ? key.slice(0, -2) : key;
  into[WORDS[name] ?? name] = described;
}

function describeMember(key: string, value: unknown, context: Context): Json | undefined {
  if (FOREIGN.test(key)) return value as Json | undefined;
  // Where a sequence goes on.
  if (key === 'then' && typeof value === 'number') return idOf(value, context);
  return describe(value, context);
}

/** Undefined of what is told elsewhere: blocks, by `within` and `needs` of what stands in them. */
function describe(value: unknown, context: Context): Json | undefined {
  if (typeof value !== 'object' || value === null) return value as Json | undefined;
  if (isTemplate(value)) return describeTemplate(value, context);
  if (isExpression(value)) return describeExpression(value, context);
  if (isBlock(value)) return value.flow === 'needs' ? undefined : { flow: value.flow };
  if (Array.isArray(value)) return value.map((each) => describe(each, context) ?? null);
  const map: Record<string, Json> = {};
  for (const [key, member] of Object.entries(value)) addMember(map, key, member, context);
  return map;
}

const TEMPLATES: readonly unknown[] = [
  'literal',
  'expression',
  'text',
  'list',
  'map',
] satisfies Template['kind'][];

function isTemplate(value: object): value is Template {
  return 'kind' in value && TEMPLATES.includes(value.kind);
}

function isExpression(value: object): value is Expression {
  return 'dialect' in value && 'source' in value;
}

/** As it would be written: expressions in `${{ }}`, and `${{` that is meant itself with a `$` more. */
function describeTemplate(template: Template, context: Context): Json {
  switch (template.kind) {
    case 'literal':
      return escapeTexts(template.value);
    case 'expression':
      return enclose(template.expression, context);
    case 'text':
      return template.parts
        .map((part) => (typeof part === 'string' ? escapeText(part) : enclose(part, context)))
        .join('');
    case 'list':
      return template.items.map((item) => describeTemplate(item, context));
    case 'map':
      return Object.fromEntries(
        template.entries.map(([key, each]) => [key, describeTemplate(each, context)]),
      );
  }
}

function escapeTexts(value: Json): Json {
  if (typeof value === 'string') return escapeText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(escapeTexts);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, escapeTexts(member)]));
}

function escapeText(text: string): string {
  return text.replaceAll('${{', () => '$${{');
}

function enclose(expression: Expression, context: Context): string {
  return `\${{ ${describeExpression(expression, context)} }}`;
}

const STEP = /\bsteps(?:\.([a-z][a-z0-9-]*)|\["([^"]*)"\])/g;

function describeExpression({ dialect, source }: Expression, { renames }: Context): string {
  const renamed =
    renames.size === 0
      ? source
      : source.replace(STEP, (whole, plain?: string, quoted?: string) => {
          const now = renames.get(plain ?? quoted ?? '');
          if (now === undefined) return whole;
          return plain === undefined ? `steps["${now}"]` : `steps.${now}`;
        });
  return dialect === 'cel' ? normalizeCel(renamed) : `${dialect}: ${renamed}`;
}

/** `roll-out`, `both/left`, `choose/2`. */
function describePlace(node: PlanNode, context: Context): string {
  const container = context.plan.nodes[node.parent!]!;
  const id = idOf(container.index, context);
  if (container.kind === 'parallel') return `${id}/${container.branches[node.branch]?.name ?? node.branch}`;
  if (container.kind === 'switch') return `${id}/${node.branch + 1}`;
  if (container.kind !== 'try' || node.branch === 0) return id;
  return node.branch > container.catches.length ? `${id}/finally` : `${id}/catch ${node.branch}`;
}

function idOf(index: NodeIndex, { plan, renames }: Context): string {
  const { id } = plan.nodes[index]!;
  return renames.get(id) ?? id;
}

function describeClaims({ claims }: PlanNode, context: Context): JsonObject {
  if (claims === undefined) return {};
  const { locks, resources } = claims;
  return {
    ...(locks.length === 0 ? {} : { locks: locks.map((lock) => describeTemplate(lock, context)) }),
    ...(resources === undefined ? {} : { resources: { pool: resources.pool, ...resources.amounts } }),
  };
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** `90m`, `1500ms` */
function describeDuration(ms: number): string {
  const unit = UNITS.find(([, size]) => ms >= size && ms % size === 0);
  return unit === undefined ? `${ms}ms` : `${ms / unit[1]}${unit[0]}`;
}
