import type { NodeOf, Plan, PlanNode } from '../plan/plan.js';
import { type Advice, roundInterval, showRuns } from './advice.js';
import { describeNode } from './conflicts.js';
import type { DefinitionFacts } from './definition-facts.js';
import type { RecordedRun } from './recorded-run.js';
import { computeMeanInterval, computeQuantile } from './statistics.js';

const LEAST_RUNS = 10;
const LEAST_MS = 50;

type Check = NodeOf<'uses'>;

/**
 * Commands that stand below one another and read nothing of each other: what fails often and is cheap goes first, by
 * the ratio of time and chance of failure, which is best, so that a run that will fail does so sooner.
 */
export function adviseOrder(plan: Plan, facts: DefinitionFacts, runs: readonly RecordedRun[]): Advice[] {
  return plan.nodes
    .flatMap((node) => (node.kind === 'stage' ? [node] : []))
    .flatMap((stage) =>
      listChains(
        plan,
        facts,
        stage.block.nodes.map((index) => plan.nodes[index]!),
      ),
    )
    .flatMap((chain) => adviseChain(chain, facts, runs) ?? []);
}

/** The longest rows of commands of which each waits for the one above and none reads another. */
function listChains(plan: Plan, { waitsByPlace }: DefinitionFacts, nodes: readonly PlanNode[]): Check[][] {
  const chains: Check[][] = [];
  let chain: Check[] = [];
  let reads = new Set<string>();
  for (const node of nodes) {
    const nature = describeNode(plan, node);
    const movable = isCheck(node) && !nature.fixed && !nature.fills && waitsByPlace.has(node.id);
    const reader = chain.some(({ id }) => nature.reads.has(id)) || reads.has(node.id);
    if (chain.length > 0 && (!movable || reader)) {
      chains.push(chain);
      chain = [];
      reads = new Set();
    }
    if (movable) chain.push(node as Check);
    for (const id of nature.reads) reads.add(id);
  }
  chains.push(chain);
  // What somebody waits for by name cannot be moved without changing that.
  const named = new Set(nodes.filter(({ id }) => !waitsByPlace.has(id)).flatMap(({ needs }) => needs));
  return chains.filter((each) => each.length > 1 && each.every(({ index }) => !named.has(index)));
}

function isCheck(node: PlanNode): node is Check {
  return (
    node.kind === 'uses' &&
    node.action === 'command/run' &&
    node.onFailure === 'fail' &&
    node.if === undefined
  );
}

function adviseChain(
  chain: readonly Check[],
  facts: DefinitionFacts,
  runs: readonly RecordedRun[],
): Advice | undefined {
  const began = runs.filter(({ steps }) => ran(steps.get(chain[0]!.id)?.status));
  if (began.length < LEAST_RUNS) return undefined;
  const known = new Map(chain.map((check) => [check.id, measure(check, began)]));
  const order = chain.toSorted((a, b) => ratio(known.get(a.id)!) - ratio(known.get(b.id)!));
  if (order.every(({ id }, index) => id === chain[index]!.id)) return undefined;
  const saved = began.map((run) => computeSaving(chain, order, run, known));
  const time = computeMeanInterval(saved);
  if (time.low < 0 || time.mean < LEAST_MS) return undefined;
  const ids = order.map(({ id }) => id);
  const first = known.get(ids[0]!)!;
  const path = facts.paths.get(chain[0]!.id)!.slice(0, -1);
  return {
    id: `order:${chain.map(({ id }) => id).join('+')}`,
    kind: 'order',
    advice: `Run these in the order ${ids.join(', ')}.`,
    because: `${ids[0]} takes ${Math.round(first.ms)} ms and failed in ${first.failures} of ${first.times} runs: what fails should do so before time is spent on the rest.`,
    steps: ids,
    certainty: 'check',
    assumes: [
      'None of these commands needs a file that one of those before it writes.',
      'What was not run because of an earlier failure would have succeeded.',
    ],
    gain: { time: roundInterval(time) },
    evidence: {
      runs: began.length,
      shownBy: showRuns(began.filter((_, index) => saved[index]! > 0)),
      figures: Object.fromEntries(
        ids.flatMap((id) => [
          [`${id}.ms`, Math.round(known.get(id)!.ms)],
          [`${id}.failures`, known.get(id)!.failures],
        ]),
      ),
    },
    edits: [{ path, order: ids }],
  };
}

interface Measured {
  readonly ms: number;
  readonly times: number;
  readonly failures: number;
}

function measure({ id }: Check, runs: readonly RecordedRun[]): Measured {
  const steps = runs.flatMap(({ steps }) => {
    const step = steps.get(id);
    return step !== undefined && ran(step.status) ? [step] : [];
  });
  return {
    ms: computeQuantile(
      steps.map(({ ms }) => ms),
      0.5,
    ),
    times: steps.length,
    failures: steps.filter(({ status }) => status === 'failed').length,
  };
}

function ratio({ ms, times, failures }: Measured): number {
  return failures === 0 ? Number.POSITIVE_INFINITY : ms / (failures / times);
}

/** Time until the first failure, or the end, in the one order and in the other. */
function computeSaving(
  chain: readonly Check[],
  order: readonly Check[],
  run: RecordedRun,
  known: ReadonlyMap<string, Measured>,
): number {
  const spend = (checks: readonly Check[]) => {
    let spent = 0;
    for (const { id } of checks) {
      const step = run.steps.get(id);
      const took = step !== undefined && ran(step.status) ? step.ms : known.get(id)!.ms;
      spent += took;
      if (step?.status === 'failed') break;
    }
    return spent;
  };
  return spend(chain) - spend(order);
}

function ran(status: string | undefined): boolean {
  return status === 'succeeded' || status === 'failed';
}
