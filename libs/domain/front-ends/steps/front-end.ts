import { formatPath } from '../../definition/path.js';
import { isList, isMap, itemsOf, type ParsedTree, type Spot, type TreeNode } from '../../definition/tree.js';
import { isJsonObject, type Json, type JsonObject } from '../../json.js';
import type { PlanActions } from '../../plan/action.js';
import { compile } from '../../plan/compile.js';
import type { Finding, Position } from '../../validation/finding.js';
import { validate } from '../../validation/validate.js';
import type { FrontEnd, Reading } from '../front-end.js';
import { Conversion, type ConversionOptions, type Note } from './conversion.js';
import { type Converted, DocumentReader } from './document.js';

/** What became of a list of steps. */
export interface StepsReading extends Reading {
  /** The definition in our own language, where nothing is wrong. */
  readonly definition?: JsonObject;
  readonly notes: readonly Note[];
}

/** Lists of steps, as home-grown engines have them: docs/import.md. */
export const steps: FrontEnd = {
  title: 'List of steps',
  recognises,
  read: (tree, actions) => readSteps(tree, actions),
};

function recognises({ root }: ParsedTree): boolean {
  if (root.kind === 'list') return root.items.length > 0 && root.items.every(isStepLike);
  if (root.kind !== 'map') return false;
  const has = (key: string) => root.entries.get(key)?.value;
  if (FOREIGN.some((key) => root.entries.has(key))) return false;
  if (['steps', 'tasks', 'nodes', 'actions', 'activities'].some((key) => holdsSteps(has(key)))) return true;
  const workflows = has('workflows');
  if (workflows?.kind === 'list')
    return workflows.items.length > 0 && workflows.items.every((item) => recognises({ root: item }));
  const stages = has('stages') ?? has('phases');
  if (stages?.kind === 'list' && stages.items.length > 0 && stages.items.every(isStageLike)) return true;
  const inner = has('workflow') ?? has('definition') ?? has('pipeline');
  return inner?.kind === 'map' && (inner.entries.has('steps') || recognises({ root: inner }));
}

/** Keys of other languages at the top. */
const FOREIGN = ['sluice', 'document', 'apiVersion', 'specVersion', 'states'];

function holdsSteps(node: TreeNode | undefined): boolean {
  if (node?.kind === 'list') return node.items.every(({ kind }) => kind === 'map');
  return node?.kind === 'map' && [...node.entries.values()].every(({ value }) => value.kind === 'map');
}

function isStageLike(node: TreeNode): boolean {
  return (
    node.kind === 'map' && ['steps', 'tasks', 'jobs'].some((key) => holdsSteps(node.entries.get(key)?.value))
  );
}

function isStepLike(node: TreeNode): boolean {
  return (
    node.kind === 'map' &&
    ['id', 'name', 'type', 'command', 'run', 'action'].some((key) => node.entries.has(key))
  );
}

/** Reads a list of steps and everything that was decided. Never throws, whatever the tree. */
export function readSteps(
  tree: ParsedTree,
  actions: PlanActions,
  options: ConversionOptions = {},
): StepsReading {
  const root: Spot = { node: tree.root, path: undefined };
  const conversion = new Conversion(actions, options);
  if (!isMap(root) && !isList(root)) {
    conversion.refuse(
      'definition-not-a-map',
      root,
      'This is no list of steps.',
      'Write `steps: [{ id: build, type: command, command: make }]`.',
    );
  }
  if (isMap(root) && root.node.entries.get('workflows')?.value.kind === 'list') {
    conversion.refuse(
      'steps-not-kept',
      root,
      'The text holds several workflows.',
      '`sluice import` makes a definition of each; or send them one by one.',
    );
  }
  const converted = conversion.report.isEmpty ? new DocumentReader(root, conversion).read() : undefined;
  const findings = conversion.report.list();
  const notes = conversion.notes.toSorted((a, b) => a.line - b.line || a.column - b.column);
  if (converted === undefined || findings.length > 0) return { calls: [], findings, notes };
  return { ...validateConverted(converted, root, actions), notes };
}

/** The workflows of a text that holds several: each as a tree of its own. */
export function splitWorkflows(tree: ParsedTree): readonly ParsedTree[] {
  const root: Spot = { node: tree.root, path: undefined };
  const list = isMap(root) ? root.node.entries.get('workflows')?.value : undefined;
  return list?.kind === 'list'
    ? itemsOf({ node: list, path: undefined } as Spot<typeof list>).map(({ node }) => ({ root: node }))
    : [tree];
}

function validateConverted(
  { definition, origins }: Converted,
  root: Spot,
  actions: PlanActions,
): Omit<StepsReading, 'notes'> {
  const paths = new Map<string, string>();
  const place = ({ line, column }: Position) => `${line}:${column}`;
  for (const spot of origins.values()) paths.set(place(spot.node.position), formatPath(spot.path));
  const tree = plantTree(definition, origins, root.node.position);
  const { definition: valid, findings, ...rest } = validate(tree, actions);
  const placed: Finding[] = findings.map((finding) => ({
    ...finding,
    path: paths.get(place(finding)) ?? finding.path,
  }));
  if (valid === undefined) return { ...rest, findings: placed };
  const { name, description, inputs } = valid;
  return {
    ...rest,
    findings: placed,
    definition,
    workflow: {
      name,
      ...(description === undefined ? {} : { description }),
      inputs,
      compile: (latestVersion) => compile(valid, actions, latestVersion),
    },
  };
}

/** A tree of what was made, in which each step stands where that of the source does. */
function plantTree(
  definition: JsonObject,
  origins: ReadonlyMap<JsonObject, Spot>,
  top: Position,
): ParsedTree {
  const plant = (value: Json, position: Position): TreeNode => {
    if (Array.isArray(value))
      return {
        kind: 'list',
        items: (value as readonly Json[]).map((item) => plant(item, position)),
        position,
      };
    if (!isJsonObject(value)) return { kind: 'scalar', value, position } as TreeNode;
    const at = origins.get(value)?.node.position ?? position;
    const entries = Object.entries(value).map(([key, member]) => {
      const own = isJsonObject(member) ? (origins.get(member)?.node.position ?? at) : at;
      return [key, { keyPosition: own, value: plant(member, at) }] as const;
    });
    return { kind: 'map', entries: new Map(entries), position: at };
  };
  return { root: plant(definition, top) };
}
