import type { FailureClass } from '../execution/step-error.js';
import type { NodeOf, Plan, PlanNode } from '../plan/plan.js';
import { type Advice, NO_TIME, roundInterval, showRuns } from './advice.js';
import type { DefinitionFacts } from './definition-facts.js';
import { listInstances, type RecordedRun, type RecordedStep } from './recorded-run.js';
import { computeMeanInterval, computeShareInterval } from './statistics.js';
import { createTimeModel } from './time-model.js';

/** Steps that were tried again, after which it is known that this does not help. */
const LEAST_RETRIED = 5;
/** Failures that another attempt may cure: what failed was not what the step does. */
const PASSING: ReadonlySet<FailureClass> = new Set([
  'transient',
  'rate-limit',
  'infrastructure',
  'dependency',
]);
const LEAST_FAILURES = 2;
/** Observations from which a share of cures is told. */
const LEAST_OBSERVED = 5;

/** Attempts that never helped, and failures that another attempt would have cured. */
export function adviseRetries(plan: Plan, facts: DefinitionFacts, runs: readonly RecordedRun[]): Advice[] {
  const instances = listInstances(runs);
  const cures = countCures(runs);
  return plan.nodes.flatMap((node) => {
    if (node.kind !== 'uses' || node.compensates !== undefined) return [];
    const seen = instances.get(node.id) ?? [];
    const advice =
      node.retry === undefined || node.retry.attempts === 1
        ? adviseMore(node, facts, runs, seen, cures)
        : adviseFewer(plan, node, facts, runs, seen);
    return advice === undefined ? [] : [advice];
  });
}

type Seen = readonly { readonly run: RecordedRun; readonly step: RecordedStep }[];

/** Of the steps whose first attempt failed so, how many succeeded in the end. */
type Cures = ReadonlyMap<FailureClass, { readonly cured: number; readonly retried: number }>;

function countCures(runs: readonly RecordedRun[]): Cures {
  const cures = new Map<FailureClass, { cured: number; retried: number }>();
  for (const { steps } of runs) {
    for (const { attempts, status } of steps.values()) {
      const failure = attempts[0]?.failure;
      if (failure === undefined || attempts.length < 2) continue;
      const known = cures.get(failure) ?? { cured: 0, retried: 0 };
      known.retried += 1;
      if (status === 'succeeded') known.cured += 1;
      cures.set(failure, known);
    }
  }
  return cures;
}

function adviseMore(
  node: NodeOf<'uses'>,
  facts: DefinitionFacts,
  runs: readonly RecordedRun[],
  seen: Seen,
  cures: Cures,
): Advice | undefined {
  const failed = seen.filter(({ step }) => {
    const last = step.attempts.at(-1)?.failure;
    return step.status === 'failed' && last !== undefined && PASSING.has(last);
  });
  if (failed.length < LEAST_FAILURES) return undefined;
  const classes = [...new Set(failed.map(({ step }) => step.attempts.at(-1)!.failure!))];
  const observed = classes.map((each) => cures.get(each) ?? { cured: 0, retried: 0 });
  const retried = observed.reduce((sum, each) => sum + each.retried, 0);
  const cured = observed.reduce((sum, each) => sum + each.cured, 0);
  const known = retried >= LEAST_OBSERVED;
  if (known && cured === 0) return undefined;
  const failedRuns = runs.filter(({ succeeded }) => !succeeded);
  const ownRuns = new Set(failed.map(({ run }) => run).filter(({ succeeded }) => !succeeded));
  const share = failedRuns.length === 0 ? 0 : ownRuns.size / failedRuns.length;
  const rate = computeShareInterval(cured, retried);
  const limited = classes.includes('rate-limit');
  return {
    id: `retry:${node.id}`,
    kind: 'retry',
    advice: `Try ${node.id} up to three times: it fails for reasons that pass.`,
    because: `${failed.length} of ${seen.length} times it ended by a failure of the class ${classes.join(' or ')}, after one attempt. ${
      known
        ? `Elsewhere in this workflow ${cured} of ${retried} such failures were gone at a later attempt.`
        : 'How many a second attempt would cure has not been seen yet.'
    }`,
    steps: [node.id],
    certainty: known ? 'data' : 'check',
    assumes: [
      'The step may be done twice: what it does outside carries its idempotency key, or does no harm.',
    ],
    gain: {
      time: NO_TIME,
      ...(known
        ? {
            saves: roundInterval(
              { mean: share * rate.mean, low: share * rate.low, high: share * rate.high },
              3,
            ),
          }
        : {}),
    },
    evidence: {
      runs: runs.length,
      shownBy: showRuns(failed.map(({ run }) => run)),
      figures: {
        times: seen.length,
        failures: failed.length,
        failedRuns: ownRuns.size,
        retriedElsewhere: retried,
        curedElsewhere: cured,
      },
    },
    edits: [
      {
        path: [...facts.paths.get(node.id)!, 'retry'],
        value: limited ? { attempts: 3, delay: '30s', factor: 2 } : { attempts: 3, delay: '2s', factor: 2 },
      },
    ],
  };
}

function adviseFewer(
  plan: Plan,
  node: NodeOf<'uses'>,
  facts: DefinitionFacts,
  runs: readonly RecordedRun[],
  seen: Seen,
): Advice | undefined {
  const retried = seen.filter(
    ({ step }) => step.attempts.length > 1 && step.attempts[0]!.failure !== undefined,
  );
  const helped = retried.filter(({ step }) => step.status === 'succeeded').length;
  const passing = retried.filter(({ step }) => PASSING.has(step.attempts[0]!.failure!)).length;
  // A passing trouble that lasted five times says little about the sixth.
  if (retried.length < LEAST_RETRIED || helped > 0 || passing > 0) return undefined;
  const time = computeMeanInterval(runs.map((run) => computeSaving(plan, node, run)));
  const classes = [...new Set(retried.map(({ step }) => step.attempts[0]!.failure!))];
  return {
    id: `retry:${node.id}`,
    kind: 'retry',
    advice: `Try ${node.id} once: trying again has never helped.`,
    because: `${retried.length} times it was tried again after a failure (${classes.join(', ')}), and never succeeded then.`,
    steps: [node.id],
    certainty: 'data',
    assumes: ['Failures that come are like those that were.'],
    gain: { time: roundInterval(time) },
    evidence: {
      runs: runs.length,
      shownBy: showRuns(retried.map(({ run }) => run)),
      figures: {
        times: seen.length,
        retried: retried.length,
        helped,
        attempts: retried.reduce((sum, { step }) => sum + step.attempts.length, 0),
      },
    },
    edits: [{ path: [...facts.paths.get(node.id)!, 'retry'], value: { attempts: 1 } }],
  };
}

/** How much sooner the run would have been over after one attempt. */
function computeSaving(plan: Plan, node: PlanNode, run: RecordedRun): number {
  const step = run.steps.get(node.id);
  if (step === undefined || step.attempts.length < 2 || step.status === 'succeeded') return 0;
  const model = createTimeModel(plan);
  const msOf = ({ id }: PlanNode) => run.steps.get(id)?.ms ?? 0;
  const first = Math.min(step.ms, step.attempts[0]!.ms);
  const after = model.computeTime((each) => (each.id === node.id ? first : msOf(each)));
  return model.computeTime(msOf).ms - after.ms;
}
