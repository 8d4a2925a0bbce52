import { quote } from '../../definition/path.js';
import type { Spot } from '../../definition/tree.js';
import { suggest } from '../../validation/nearest.js';
import type { Conversion } from './conversion.js';
import { textOf } from './keys.js';
import type { Names } from './names.js';
import { policyOf } from './reactions.js';
import type { Outcome, ReadStep } from './read-step.js';
import type { StepSource } from './step-source.js';

export interface Edge {
  readonly from: ReadStep;
  readonly to: ReadStep;
  readonly on: Outcome;
}

export type Policy = 'continue' | 'fail' | 'rollback' | 'intervene';

/** What must be over, and how, before a step begins. */
export interface Entry {
  /** All of these; with `any` one of them, or one of the jumps. */
  readonly after: readonly { readonly step: ReadStep; readonly on: Outcome | 'pass' }[];
  readonly any: boolean;
  /** One of these jumps, where there are any. */
  readonly jumps: readonly Edge[];
  /** Nothing leads here. */
  readonly unreachable: boolean;
}

export interface Flow {
  readonly steps: readonly ReadStep[];
  readonly entries: ReadonlyMap<ReadStep, Entry>;
  readonly policies: ReadonlyMap<ReadStep, Policy>;
  /** One after the other, as written. */
  readonly asWritten: boolean;
}

interface FlowContext {
  readonly conversion: Conversion;
  readonly names: Names;
  /** `parallel`: what says nothing of order starts at once. */
  readonly mode: 'sequential' | 'parallel' | undefined;
  readonly groups: ReadonlyMap<ReadStep, string>;
}

/** How the steps of one block follow one another. */
export function readFlow(steps: readonly ReadStep[], context: FlowContext): Flow {
  const members = new Map(steps.map((step) => [step.source, step]));
  const find = (name: string) => climb(context.names.step(name), members);
  const policies = new Map<ReadStep, Policy>();
  const edges: Edge[] = [];
  const ends = new Set<ReadStep>();
  for (const step of steps) readReactions(step, { ...context, find, edges, policies, ends });
  const dependencies = new Map(steps.map((step) => [step, readDependencies(step, find, context)]));
  const ordered =
    steps.some((step) => (step.dependencies?.length ?? 0) > 0) ||
    (steps.length > 1 && steps.every((step) => step.dependencies !== undefined));
  const incoming = new Map<ReadStep, Edge[]>();
  for (const edge of edges) append(incoming, edge.to, edge);
  const asWritten = !ordered && context.mode !== 'parallel';
  const entries = !asWritten
    ? orderByDependencies(steps, incoming, dependencies)
    : orderAsWritten(steps, incoming, { ends, groups: context.groups });
  for (const from of findRecovered(edges, entries)) {
    if (policies.has(from)) continue;
    policies.set(from, 'continue');
    context.conversion.note(
      'decided',
      from.source.spot,
      `A failure of \`${from.source.id}\` is mended by the step that follows it: the run may still succeed.`,
    );
  }
  return { steps, entries, policies, asWritten };
}

/** The step of the block that is `source`, or holds it. */
export function climb(
  source: StepSource | undefined,
  members: ReadonlyMap<StepSource, ReadStep>,
): ReadStep | undefined {
  for (let at = source; at !== undefined; at = at.parent) {
    const step = members.get(at);
    if (step !== undefined) return step;
  }
  return undefined;
}

interface ReactionContext extends FlowContext {
  readonly find: (name: string) => ReadStep | undefined;
  readonly edges: Edge[];
  readonly policies: Map<ReadStep, Policy>;
  /** After which nothing follows by itself. */
  readonly ends: Set<ReadStep>;
}

function readReactions(step: ReadStep, context: ReactionContext): void {
  const { conversion, find, policies, ends } = context;
  const edges: Edge[] = [];
  for (const { on, reaction } of step.reactions) {
    for (const spot of reaction.targets) {
      const name = textOf(spot) ?? '';
      const to = find(name);
      if (to !== undefined && to !== step) {
        edges.push({ from: step, to, on });
        continue;
      }
      const policy = policyOf(name);
      if (policy === 'retry' || (to === step && on === 'failure')) {
        if (step.retry === undefined && reaction.retry === undefined)
          conversion.refuse(
            'steps-value-unknown',
            spot,
            'How often is tried again does not stand here.',
            'Add `retryPolicy: { maxAttempts: 3 }` to the step.',
          );
      } else if (policy !== undefined && on === 'failure') policies.set(step, policy);
      else if (policy === 'fail') ends.add(step);
      else if (policy === undefined || policy === 'rollback' || policy === 'intervene')
        refuseTarget(spot, name, context);
    }
  }
  const succeeding = edges.filter(({ on }) => on === 'success').map(({ to }) => to);
  const failing = edges.filter(({ on }) => on === 'failure').map(({ to }) => to);
  for (const edge of edges) {
    const both = succeeding.includes(edge.to) && failing.includes(edge.to);
    if (!both) context.edges.push(edge);
    else if (edge.on === 'success') context.edges.push({ ...edge, on: 'complete' });
  }
}

function refuseTarget(spot: Spot, name: string, { conversion, names }: FlowContext): void {
  conversion.refuse(
    'steps-step-unknown',
    spot,
    `There is no step ${quote(name)} here to go on with.`,
    suggest(
      name,
      names.stepNames(),
      'Name a step that stands beside this one, or write continue, stop or rollback.',
    ),
  );
}

type Dependency = Entry['after'][number];

function readDependencies(
  step: ReadStep,
  find: (name: string) => ReadStep | undefined,
  { conversion, names }: FlowContext,
): Dependency[] {
  const found = new Map<ReadStep, Dependency>();
  for (const { name, spot, on } of step.dependencies ?? []) {
    const other = find(name);
    if (other === undefined || other === step) {
      conversion.refuse(
        'steps-step-unknown',
        spot,
        other === step ? 'The step depends on itself.' : `There is no step ${quote(name)} here to wait for.`,
        other === step
          ? 'Remove it.'
          : suggest(name, names.stepNames(), 'Name a step that stands beside this one.'),
      );
    } else if (!found.has(other)) found.set(other, { step: other, on });
  }
  return [...found.values()];
}

function orderByDependencies(
  steps: readonly ReadStep[],
  incoming: ReadonlyMap<ReadStep, readonly Edge[]>,
  dependencies: ReadonlyMap<ReadStep, readonly Dependency[]>,
): Map<ReadStep, Entry> {
  return new Map(
    steps.map((step) => {
      const after = dependencies.get(step)!;
      const jumps = incoming.get(step) ?? [];
      // `onSuccess` that only repeats what `dependencies` says.
      const repeats = jumps.every(
        ({ from, on }) => on === 'success' && after.some(({ step: other }) => other === from),
      );
      const others = after.filter(({ step: other }) => !jumps.some(({ from }) => from === other));
      return [
        step,
        repeats
          ? { after, any: false, jumps: [], unreachable: false }
          : { after: others, any: false, jumps, unreachable: false },
      ] as const;
    }),
  );
}

interface WrittenOrder {
  readonly ends: ReadonlySet<ReadStep>;
  readonly groups: ReadonlyMap<ReadStep, string>;
}

/** One after the other, as far as jumps do not say otherwise. */
function orderAsWritten(
  steps: readonly ReadStep[],
  incoming: ReadonlyMap<ReadStep, readonly Edge[]>,
  { ends, groups }: WrittenOrder,
): Map<ReadStep, Entry> {
  const entries = new Map<ReadStep, Entry>();
  const jumping = new Map<ReadStep, Set<Outcome>>();
  for (const edges of incoming.values())
    for (const { from, on } of edges) jumping.set(from, (jumping.get(from) ?? new Set()).add(on));
  const membersOf = new Map<string, ReadStep[]>();
  for (const [step, group] of groups) append(membersOf, group, step);
  let open: readonly Dependency[] = [];
  let any = false;
  let first = true;
  const places = new Map(steps.map((step, index) => [step, index]));
  const isHandler = (step: ReadStep) => incoming.get(step)?.every(({ on }) => on === 'failure') === true;
  /** Named only by steps below that run after failures: they lead back to it, and the flow comes to it by itself. */
  const isReturn = (step: ReadStep, jumps: readonly Edge[]) =>
    jumps.every(
      ({ from, on }) => on !== 'failure' && isHandler(from) && places.get(from)! > places.get(step)!,
    );
  for (const step of steps) {
    if (entries.has(step)) continue;
    const group = groups.get(step);
    const unit = group === undefined ? [step] : membersOf.get(group)!;
    const jumps = unit.flatMap((each) => incoming.get(each) ?? []);
    const unreachable = jumps.length === 0 && open.length === 0 && !first;
    const returns = jumps.length > 0 && unit.length === 1 && open.length > 0 && isReturn(step, jumps);
    for (const each of unit) {
      const own = incoming.get(each) ?? [];
      entries.set(
        each,
        own.length > 0
          ? { after: returns ? open : [], any: returns, jumps: own, unreachable: false }
          : { after: open, any, jumps: [], unreachable },
      );
    }
    const going = unit.flatMap((each) => openEnds(each, jumping.get(each), ends));
    if (jumps.length === 0 || returns) {
      open = going;
      any = going.length > 1 && unit.length === 1;
    } else if (!jumps.every(({ on }) => on === 'failure')) {
      const sources = new Set(jumps.map(({ from }) => from));
      const rest = open.filter(({ step: other, on }) => !sources.has(other) || on === 'false');
      open = [...rest, ...going];
      any = open.length > 1;
    }
    first = false;
  }
  return entries;
}

/** How a step goes on by itself to what is written below. */
function openEnds(
  step: ReadStep,
  jumps: ReadonlySet<Outcome> | undefined,
  ends: ReadonlySet<ReadStep>,
): Dependency[] {
  if (ends.has(step) || jumps?.has('success') === true || jumps?.has('complete') === true) return [];
  const isTrue = jumps?.has('true') === true;
  const isFalse = jumps?.has('false') === true;
  if (isTrue && isFalse) return [];
  if (isFalse) return [{ step, on: 'true' }];
  if (isTrue) return step.branches ? [{ step, on: 'false' }] : [];
  return [{ step, on: 'pass' }];
}

/**
 * Steps whose failure another step mends: one that runs after failures only, and leads back to where the flow would have
 * gone. Such a failure is none of the run.
 */
function findRecovered(edges: readonly Edge[], entries: ReadonlyMap<ReadStep, Entry>): Set<ReadStep> {
  const next = new Map<ReadStep, ReadStep[]>();
  const previous = new Map<ReadStep, ReadStep[]>();
  const link = (from: ReadStep, to: ReadStep) => {
    append(next, from, to);
    append(previous, to, from);
  };
  const isFailure = ({ from, on }: Pick<Edge, 'from' | 'on'>) =>
    on === 'failure' || (on === 'false' && !from.branches);
  for (const edge of edges) if (!isFailure(edge)) link(edge.from, edge.to);
  for (const [to, { after }] of entries)
    for (const { step, on } of after) if (on !== 'failure') link(step, to);
  const origins = new Map<ReadStep, Set<ReadStep>>();
  const recovered = new Set<ReadStep>();
  for (const { from, to, on } of edges) {
    if (on !== 'failure' || previous.has(to)) continue;
    let before = origins.get(to);
    if (before === undefined) {
      const reached = reach([to], next);
      before = reach(
        [...reached].flatMap((step) => previous.get(step) ?? []).filter((step) => !reached.has(step)),
        previous,
      );
      origins.set(to, before);
    }
    if (before.has(from)) recovered.add(from);
  }
  return recovered;
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function reach(from: readonly ReadStep[], links: ReadonlyMap<ReadStep, readonly ReadStep[]>): Set<ReadStep> {
  const found = new Set(from);
  const open = [...from];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    for (const other of links.get(step) ?? []) {
      if (found.has(other)) continue;
      found.add(other);
      open.push(other);
    }
  }
  return found;
}
