import type { NodeIndex, Plan, PlanNode } from '../plan/plan.js';
import { type Advice, roundInterval, showRuns } from './advice.js';
import { conflict, describeNode } from './conflicts.js';
import type { DefinitionFacts } from './definition-facts.js';
import type { RecordedRun } from './recorded-run.js';
import { computeMean, computeMeanInterval } from './statistics.js';
import { computeUsualTimes, createTimeModel, timesOf } from './time-model.js';

/** What is too little to be told: a share of the time, and milliseconds. */
const LEAST_SHARE = 0.01;
const LEAST_MS = 50;
/** Nodes of one block: every two of them are compared. */
const MAX_NODES = 300;

interface Block {
  /** The stage or branch that holds it, in words. */
  readonly where: string;
  readonly id: string;
  readonly nodes: readonly PlanNode[];
  readonly stages: boolean;
}

type NewNeeds = ReadonlyMap<NodeIndex, readonly NodeIndex[]>;

/**
 * Steps that wait for those above only because they stand below them. The order of any two that may touch each other
 * is kept; so no chain of needs becomes longer, and no replay slower.
 */
export function adviseParallel(
  plan: Plan,
  facts: DefinitionFacts,
  runs: readonly RecordedRun[],
  version: number,
): Advice[] {
  const blocks = listBlocks(plan).filter(({ nodes }) => nodes.length <= MAX_NODES);
  return blocks.flatMap((block) => {
    const strict = proposeNeeds(plan, facts, block, true);
    // Stages build upon one another by what they leave in the workspace.
    const loose = block.stages ? undefined : proposeNeeds(plan, facts, block, false);
    const sure = strict && createAdvice({ plan, facts, runs, version }, block, strict, 'data');
    const likely = loose && createAdvice({ plan, facts, runs, version }, block, loose, 'check');
    const more = likely !== undefined && likely.gain.time.mean > (sure?.gain.time.mean ?? 0) + LEAST_MS;
    return [...(sure === undefined ? [] : [sure]), ...(more ? [likely] : [])];
  });
}

/** Undefined where nothing changes. */
function proposeNeeds(
  plan: Plan,
  { waitsByPlace }: DefinitionFacts,
  { nodes }: Block,
  shared: boolean,
): NewNeeds | undefined {
  const natures = new Map(nodes.map((node) => [node.index, describeNode(plan, node)]));
  const before = computeAncestors(nodes, (node) => node.needs);
  const changed = new Map<NodeIndex, readonly NodeIndex[]>();
  const after = new Map<NodeIndex, Set<NodeIndex>>();
  // A need stands above the node, or is written: what is written stays.
  for (const node of orderByNeeds(nodes)) {
    const written = waitsByPlace.has(node.id) ? [] : node.needs;
    const wanted = [...before.get(node.index)!]
      .filter((other) => conflict(natures.get(other)!, natures.get(node.index)!, shared))
      .concat(written);
    const needs = reduce([...new Set(wanted)], after);
    after.set(node.index, new Set(needs.flatMap((need) => [need, ...after.get(need)!])));
    if (!sameSet(needs, node.needs)) changed.set(node.index, needs);
  }
  return changed.size === 0 ? undefined : changed;
}

interface World {
  readonly plan: Plan;
  readonly facts: DefinitionFacts;
  readonly runs: readonly RecordedRun[];
  readonly version: number;
}

function createAdvice(
  { plan, facts, runs, version }: World,
  { where, id }: Block,
  needs: NewNeeds,
  certainty: Advice['certainty'],
): Advice | undefined {
  const succeeded = runs.filter((run) => run.succeeded);
  const now = createTimeModel(plan);
  const then = createTimeModel(plan, (node) => needs.get(node.index) ?? node.needs);
  const usual = computeUsualTimes(succeeded, now.pieces);
  const replays = succeeded.map((run) => {
    const times = timesOf(run, version, usual);
    return { run, before: now.computeTime(times).ms, after: then.computeTime(times).ms };
  });
  const gains = replays.map(({ before, after }) => before - after);
  const time = computeMeanInterval(gains);
  const before = computeMean(replays.map((replay) => replay.before));
  if (time.mean < LEAST_MS || time.mean < before * LEAST_SHARE) return undefined;
  const steps = [...needs.keys()].map((index) => plan.nodes[index]!.id);
  const edits = [...needs].map(([index, wanted]) => ({
    path: [...facts.paths.get(plan.nodes[index]!.id)!, 'needs'],
    value: wanted.map((need) => plan.nodes[need]!.id),
  }));
  const beside = `Let ${steps.join(', ')} begin without waiting for what ${steps.length === 1 ? 'it does' : 'they do'} not use`;
  return {
    id: certainty === 'data' ? `parallel:${id}` : `parallel:${id}:workspace`,
    kind: 'parallel',
    advice: `${beside}, ${where}.`,
    because:
      certainty === 'data'
        ? 'They wait only because they stand below one another: none reads what the other puts out.'
        : 'They wait only because they stand below one another: none reads the output of the other, and they share nothing but the workspace.',
    steps,
    certainty,
    assumes: [
      ...(certainty === 'check'
        ? ['None of these commands reads a file that another one of them writes.']
        : []),
      'None of them has an effect outside of the run that another one needs.',
      'Workers have room for them at the same time.',
      'When one of them fails, the others are no longer skipped for it.',
    ],
    gain: { time: roundInterval(time) },
    evidence: {
      runs: succeeded.length,
      shownBy: showRuns(replays.filter((replay) => replay.before > replay.after).map(({ run }) => run)),
      figures: {
        meanBeforeMs: Math.round(before),
        meanAfterMs: Math.round(computeMean(replays.map(({ after }) => after))),
      },
    },
    edits,
  };
}

/** Blocks whose time the model looks into. */
function listBlocks(plan: Plan): Block[] {
  const at = (indexes: readonly NodeIndex[]) => indexes.map((index) => plan.nodes[index]!);
  const blocks: Block[] = [
    { where: 'among the stages', id: 'stages', nodes: at(plan.root.nodes), stages: true },
  ];
  const visit = (node: PlanNode): void => {
    if (node.kind === 'stage') {
      blocks.push({
        where: `in the stage ${node.id}`,
        id: node.id,
        nodes: at(node.block.nodes),
        stages: false,
      });
      at(node.block.nodes).forEach(visit);
    } else if (node.kind === 'parallel' && node.limit === undefined && node.quorum === undefined) {
      for (const { name, block } of node.branches) {
        const nodes = at(block.nodes);
        blocks.push({
          where: `in the branch ${name} of ${node.id}`,
          id: `${node.id}.${name}`,
          nodes,
          stages: false,
        });
        nodes.forEach(visit);
      }
    }
  };
  at(plan.root.nodes).forEach(visit);
  return blocks;
}

/** Each node after those that it needs. */
function orderByNeeds(nodes: readonly PlanNode[]): PlanNode[] {
  const ancestors = computeAncestors(nodes, (node) => node.needs);
  return nodes.toSorted(
    (a, b) => ancestors.get(a.index)!.size - ancestors.get(b.index)!.size || a.index - b.index,
  );
}

function computeAncestors(
  nodes: readonly PlanNode[],
  needsOf: (node: PlanNode) => readonly NodeIndex[],
): ReadonlyMap<NodeIndex, ReadonlySet<NodeIndex>> {
  const byIndex = new Map(nodes.map((node) => [node.index, node]));
  const found = new Map<NodeIndex, Set<NodeIndex>>();
  const visit = (index: NodeIndex): Set<NodeIndex> => {
    const known = found.get(index);
    if (known !== undefined) return known;
    const ancestors = new Set<NodeIndex>();
    found.set(index, ancestors);
    for (const need of needsOf(byIndex.get(index)!)) {
      ancestors.add(need);
      for (const above of visit(need)) ancestors.add(above);
    }
    return ancestors;
  };
  for (const { index } of nodes) visit(index);
  return found;
}

/** Without those that another one needs already. */
function reduce(
  needs: readonly NodeIndex[],
  ancestors: ReadonlyMap<NodeIndex, ReadonlySet<NodeIndex>>,
): NodeIndex[] {
  return needs
    .filter((need) => !needs.some((other) => other !== need && ancestors.get(other)!.has(need)))
    .sort((a, b) => a - b);
}

function sameSet(a: readonly NodeIndex[], b: readonly NodeIndex[]): boolean {
  return a.length === b.length && a.every((index) => b.includes(index));
}
