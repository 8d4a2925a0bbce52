import type { Json, JsonObject } from '../json.js';
import type { Expression, NodeIndex, Plan, PlanNode, Template } from '../plan/plan.js';
import { normalizeCel } from './normalize-cel.js';

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
  ...['queue', 'workspace', 'fillsWorkspace', 'quick', 'inline'],
]);

/** What a definition calls otherwise than the plan. */
const WORDS: Readonly<Record<string, string>> = { action: 'uses', outputSchema: 'output', values: 'set' };

/** JSON of other languages, in which nothing has to be found. */
const FOREIGN: ReadonlySet<string> = new Set(['outputSchema', 'secrets']);

/**
 * What a node of a plan says, in the words of a definition: a map without order. Expressions are text again, durations
 * are as people write them, nodes are named by their ids. `within` is the container and the block of it; what undoes the
 * step is part of it.
 */
export function describeStep(plan: Plan, node: PlanNode, renames: Renames): JsonObject {
  const within = node.parent === null ? undefined : describePlace(plan, node, renames);
  return {
    kind: node.kind,
    ...(within === undefined ? {} : { within }),
    needs: node.needs.map((index) => idOf(plan, index, renames)).sort(),
    ...describeOwn(node, renames),
    ...(node.onFailure === 'fail' ? {} : { onFailure: node.onFailure }),
    ...describeClaims(node, renames),
    ...(node.compensate === undefined
      ? {}
      : { compensate: describeOwn(plan.nodes[node.compensate]!, renames) }),
  };
}

/** Any part of a plan that is no node. */
export function describePart(value: unknown, renames: Renames): Json {
  return describe(value, renames) ?? null;
}

function describeOwn(node: PlanNode, renames: Renames): JsonObject {
  const own: Record<string, Json> = {};
  for (const [key, value] of Object.entries(node)) {
    if (LEFT_OUT.has(key)) continue;
    // The inputs of an approval are schemas; those of a call are a template.
    const foreign = FOREIGN.has(key) || (key === 'inputs' && node.kind === 'approval');
    addMember(own, key, foreign ? value : undefined, foreign ? undefined : value, renames);
  }
  return own;
}

function addMember(
  into: Record<string, Json>,
  key: string,
  known: Json | undefined,
  value: unknown,
  renames: Renames,
): void {
  const isDuration = /[a-z]Ms$/.test(key) && typeof value === 'number';
  const described = known ?? (isDuration ? describeDuration(value) : describe(value, renames));
  if (described === undefined) return;
  const name = isDuration ? key.slice(0, -2) : key;
  into[WORDS[name] ?? name] = described;
}

/** Undefined of what is told elsewhere: blocks, by `within` of what stands in them. */
function describe(value: unknown, renames: Renames): Json | undefined {
  if (typeof value !== 'object' || value === null) return value as Json | undefined;
  if (isTemplate(value)) return describeTemplate(value, renames);
  if (isExpression(value)) return describeExpression(value, renames);
  if (isBlock(value)) return value.flow === 'needs' ? undefined : { flow: value.flow };
  if (Array.isArray(value)) return value.map((each) => describe(each, renames) ?? null);
  const map: Record<string, Json> = {};
  for (const [key, member] of Object.entries(value)) addMember(map, key, undefined, member, renames);
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

function isBlock(value: object): value is { readonly flow: string } {
  return 'flow' in value && 'nodes' in value && typeof value.flow === 'string';
}

/** As it would be written: expressions in `${{ }}`, and `${{` that is meant itself with a `$` more. */
function describeTemplate(template: Template, renames: Renames): Json {
  switch (template.kind) {
    case 'literal':
      return escapeTexts(template.value);
    case 'expression':
      return enclose(template.expression, renames);
    case 'text':
      return template.parts
        .map((part) => (typeof part === 'string' ? escapeText(part) : enclose(part, renames)))
        .join('');
    case 'list':
      return template.items.map((item) => describeTemplate(item, renames));
    case 'map':
      return Object.fromEntries(
        template.entries.map(([key, each]) => [key, describeTemplate(each, renames)]),
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

function enclose(expression: Expression, renames: Renames): string {
  return `\${{ ${describeExpression(expression, renames)} }}`;
}

const STEP = /\bsteps(?:\.([a-z][a-z0-9-]*)|\["([^"]*)"\])/g;

function describeExpression({ dialect, source }: Expression, renames: Renames): string {
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
function describePlace(plan: Plan, node: PlanNode, renames: Renames): string {
  const container = plan.nodes[node.parent!]!;
  const id = idOf(plan, container.index, renames);
  if (container.kind === 'parallel') return `${id}/${container.branches[node.branch]?.name ?? node.branch}`;
  if (container.kind === 'switch') return `${id}/${node.branch + 1}`;
  if (container.kind !== 'try' || node.branch === 0) return id;
  return node.branch > container.catches.length ? `${id}/finally` : `${id}/catch ${node.branch}`;
}

function idOf(plan: Plan, index: NodeIndex, renames: Renames): string {
  const { id } = plan.nodes[index]!;
  return renames.get(id) ?? id;
}

function describeClaims({ claims }: PlanNode, renames: Renames): JsonObject {
  if (claims === undefined) return {};
  const { locks, resources } = claims;
  return {
    ...(locks.length === 0 ? {} : { locks: locks.map((lock) => describeTemplate(lock, renames)) }),
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
