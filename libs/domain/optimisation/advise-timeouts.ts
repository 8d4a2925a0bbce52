import { parseDuration } from '../definition/duration.js';
import type { Plan, PlanNode } from '../plan/plan.js';
import { type Advice, NO_TIME, roundInterval, showRuns } from './advice.js';
import type { DefinitionFacts } from './definition-facts.js';
import { listInstances, type RecordedAttempt, type RecordedRun } from './recorded-run.js';
import { computeMeanInterval, computeQuantile } from './statistics.js';
import { createTimeModel } from './time-model.js';

/** Successful attempts that a limit may be derived from. */
const LEAST_ATTEMPTS = 10;
/** What is given beyond the slowest of a hundred. */
const MARGIN = 2;
const LEAST_TIMEOUT_MS = 10_000;
/** Beyond so many times what is proposed, a limit that is hit costs too much; one that never was, beyond as many more. */
const LOOSE = { hit: 5, never: 20 };
/** From this share of attempts on it is the limit that is wrong. */
const OFTEN = 0.05;
const LEAST_HITS = 3;

/** Limits that are missing, far too long, or hit by what would have ended well. */
export function adviseTimeouts(plan: Plan, facts: DefinitionFacts, runs: readonly RecordedRun[]): Advice[] {
  const instances = listInstances(runs);
  return plan.nodes.flatMap((node) => {
    if (node.kind !== 'uses' || node.compensates !== undefined || node.inline === true) return [];
    const seen = (instances.get(node.id) ?? []).flatMap(({ run, step }) =>
      step.attempts.map((attempt) => ({ run, attempt })),
    );
    const advice = adviseTimeout(plan, node, facts, runs, seen);
    return advice === undefined ? [] : [advice];
  });
}

interface Seen {
  readonly run: RecordedRun;
  readonly attempt: RecordedAttempt;
}

function adviseTimeout(
  plan: Plan,
  node: PlanNode,
  facts: DefinitionFacts,
  runs: readonly RecordedRun[],
  seen: readonly Seen[],
): Advice | undefined {
  const ended = seen.filter(({ attempt }) => attempt.failure === undefined).map(({ attempt }) => attempt.ms);
  if (ended.length < LEAST_ATTEMPTS) return undefined;
  const hits = seen.filter(({ attempt }) => attempt.failure === 'timeout');
  const p99 = computeQuantile(ended, 0.99);
  const wanted = roundUp(Math.max(LEAST_TIMEOUT_MS, p99 * MARGIN));
  const set = node.timeoutMs;
  const often = hits.length >= LEAST_HITS && hits.length / seen.length >= OFTEN;
  if (set !== undefined && often && computeQuantile(ended, 0.95) > set / 2) {
    const longer = roundUp(set * 2);
    return {
      ...describe(node, facts, { seen, ended, hits, p99, runs }, longer),
      advice: `Give ${node.id} ${formatTimeout(longer)}: its limit of ${formatTimeout(set)} cuts off what would have ended.`,
      because: `${hits.length} of ${seen.length} attempts hit the limit, and of those that ended, one of twenty took more than half of it.`,
      assumes: [
        'What was cut off would have ended within twice the limit; how long it would have taken is not known.',
      ],
      certainty: 'check',
    };
  }
  if (set === undefined) {
    return {
      ...describe(node, facts, { seen, ended, hits, p99, runs }, wanted),
      advice: `Give ${node.id} a limit of ${formatTimeout(wanted)}: it has none.`,
      because: `Of ${ended.length} attempts that succeeded, 99 of 100 took at most ${Math.round(p99)} ms; one that hangs holds the run for ever.`,
    };
  }
  if (set <= wanted * (hits.length > 0 ? LOOSE.hit : LOOSE.never)) return undefined;
  const time = computeMeanInterval(runs.map((run) => computeSaving(plan, node, run, wanted)));
  return {
    ...describe(node, facts, { seen, ended, hits, p99, runs }, wanted),
    advice: `Lower the limit of ${node.id} from ${formatTimeout(set)} to ${formatTimeout(wanted)}.`,
    because: `Of ${ended.length} attempts that succeeded, 99 of 100 took at most ${Math.round(p99)} ms; ${hits.length === 0 ? 'none hit the limit, so it costs nothing until one hangs' : `${hits.length} that did not end cost the whole limit`}.`,
    gain: { time: roundInterval(time) },
  };
}

/** How much sooner the run would have been over, had its attempts been cut off earlier. */
function computeSaving(plan: Plan, node: PlanNode, run: RecordedRun, limitMs: number): number {
  const step = run.steps.get(node.id);
  const saved = (step?.attempts ?? [])
    .filter(({ failure }) => failure === 'timeout')
    .reduce((sum, { ms }) => sum + Math.max(0, ms - limitMs), 0);
  if (saved === 0) return 0;
  const model = createTimeModel(plan);
  const msOf = ({ id }: PlanNode) => run.steps.get(id)?.ms ?? 0;
  const after = model.computeTime((each) =>
    each.id === node.id ? Math.max(0, msOf(each) - saved) : msOf(each),
  );
  return model.computeTime(msOf).ms - after.ms;
}

function describe(
  node: PlanNode,
  facts: DefinitionFacts,
  found: {
    readonly seen: readonly Seen[];
    readonly ended: readonly number[];
    readonly hits: readonly Seen[];
    readonly p99: number;
    readonly runs: readonly RecordedRun[];
  },
  timeoutMs: number,
) {
  const { seen, ended, hits, p99, runs } = found;
  return {
    id: `timeout:${node.id}`,
    kind: 'timeout' as const,
    steps: [node.id],
    certainty: 'data' as Advice['certainty'],
    assumes: [
      `What comes takes no more than ${MARGIN} times as long as 99 of 100 attempts did.`,
    ] as readonly string[],
    gain: { time: NO_TIME },
    evidence: {
      runs: runs.length,
      shownBy: showRuns((hits.length > 0 ? hits : seen).map(({ run }) => run)),
      figures: {
        attempts: seen.length,
        succeeded: ended.length,
        hits: hits.length,
        p50Ms: Math.round(computeQuantile(ended, 0.5)),
        p99Ms: Math.round(p99),
        proposedMs: timeoutMs,
        ...(node.timeoutMs === undefined ? {} : { setMs: node.timeoutMs }),
      },
    },
    edits: [{ path: [...facts.paths.get(node.id)!, 'timeout'], value: formatTimeout(timeoutMs) }],
  };
}

/** To what a person would write: ten seconds, a minute, five minutes, an hour. */
function roundUp(ms: number): number {
  const unit = [10_000, 60_000, 300_000, 3_600_000].findLast((each) => ms > each * 6) ?? 10_000;
  return Math.ceil(ms / unit) * unit;
}

function formatTimeout(ms: number): string {
  const [unit, length] = (
    [
      ['h', 3_600_000],
      ['m', 60_000],
      ['s', 1_000],
      ['ms', 1],
    ] as const
  ).find(([, each]) => ms % each === 0)!;
  const text = `${ms / length}${unit}`;
  if (parseDuration(text) !== ms) throw new Error(`no duration: ${text}`);
  return text;
}
