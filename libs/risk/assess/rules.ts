import type { ChangeFactors, RiskContext } from '#contracts/judgement/risk.js';
import {
  judgeFailures,
  judgeMinorContributors,
  judgeOwnership,
  judgeReview,
  judgeWriting,
} from './history-rules.js';
import { countWords, type Finding, type Rule } from './rule.js';

/** What is known of how things are where it goes, not of the change: another moment may see it gone. */
export const STATE_FACTORS = ['open-incidents', 'freeze', 'hour'];

/** About where it goes alone: with other knowledge of that, they are judged again. */
export const ENVIRONMENT_FACTORS = [
  'failed-deployments',
  'open-incidents',
  'freeze',
  'commits-together',
  'canary',
];

export const RULES: readonly Rule[] = [
  { factor: 'tests', judge: judgeTests },
  {
    factor: 'dependencies',
    judge: ({ more }) =>
      judgeCount(more['dependency-files'], 0.2, 'file of dependencies', 'files of dependencies'),
  },
  {
    factor: 'migrations',
    judge: ({ more }) =>
      judgeCount(more['migrations'], 0.4, 'migration of a database', 'migrations of a database'),
  },
  {
    factor: 'configuration',
    judge: ({ more }) =>
      judgeCount(more['configuration-files'], 0.1, 'file of configuration', 'files of configuration'),
  },
  {
    factor: 'infrastructure',
    judge: ({ more }) =>
      judgeCount(more['infrastructure-files'], 0.3, 'file of infrastructure', 'files of infrastructure'),
  },
  {
    factor: 'interfaces',
    judge: ({ more }) => judgeCount(more['api-files'], 0.2, 'file of an interface', 'files of an interface'),
  },
  { factor: 'documentation-only', judge: judgeDocumentation },
  { factor: 'file-failures', judge: judgeFailures },
  { factor: 'ownership', judge: judgeOwnership },
  { factor: 'minor-contributors', judge: judgeMinorContributors },
  { factor: 'review', judge: judgeReview },
  { factor: 'written-at', judge: judgeWriting },
  { factor: 'failed-deployments', judge: judgeDeployments },
  { factor: 'open-incidents', judge: judgeIncidents },
  {
    factor: 'freeze',
    judge: (_, { environment }) =>
      environment?.frozen ? { adds: 0.7, words: 'a freeze is declared' } : undefined,
  },
  { factor: 'hour', judge: judgeHour },
  { factor: 'commits-together', judge: judgeTogether },
  {
    factor: 'canary',
    judge: (_, { environment }) =>
      environment?.canary ? { adds: CANARY, words: 'few see it first (canary)' } : undefined,
  },
];

/** What a canary adds: it does not make the defect rarer, but what it does smaller. */
export const CANARY = -0.5;
/** With code and tests changed; with code alone. */
export const TESTED = -0.2;
const UNTESTED = 0.2;

function judgeTests({ more, nf }: ChangeFactors): Finding | undefined {
  const touched = more['tests-touched'];
  if (touched === undefined || nf === 0) return undefined;
  return touched > 0
    ? { adds: TESTED, words: `changes ${countWords(touched, 'file of tests', 'files of tests')}` }
    : { adds: UNTESTED, words: 'changes no tests' };
}

/** The first counts whole, each further one less: log2(1 + count). */
function judgeCount(
  count: number | undefined,
  weight: number,
  one: string,
  many: string,
): Finding | undefined {
  if (count === undefined || count === 0) return undefined;
  return {
    adds: weight * Math.min(Math.log2(1 + count), 3),
    words: `changes ${countWords(count, one, many)}`,
  };
}

function judgeDocumentation({ more }: ChangeFactors): Finding | undefined {
  return more['documentation-only'] === 1 ? { adds: -3, words: 'changes documentation only' } : undefined;
}

const USUAL_FAILURES = 0.1;

/** The share of failed deployments, drawn towards one in ten as by ten deployments more; its odds against those of one in ten. */
function judgeDeployments(_: ChangeFactors, { environment }: RiskContext): Finding | undefined {
  const deployments = environment?.deployments;
  if (!deployments || deployments.total === 0) return undefined;
  const { total, failed } = deployments;
  const share = (failed + 1) / (total + 10);
  const adds = Math.log(share / (1 - share)) - Math.log(USUAL_FAILURES / (1 - USUAL_FAILURES));
  return {
    adds: Math.max(-0.5, Math.min(1.5, adds)),
    words: `${failed} of the last ${total} deployments failed`,
  };
}

function judgeIncidents(_: ChangeFactors, { environment }: RiskContext): Finding | undefined {
  const open = environment?.openIncidents;
  if (open === undefined || open === 0) return undefined;
  return { adds: 0.4 * Math.min(open, 3), words: countWords(open, 'incident is open', 'incidents are open') };
}

/** Only with an offset: the hour of another place says nothing. */
function judgeHour(_: ChangeFactors, { now, utcOffset }: RiskContext): Finding | undefined {
  if (now === undefined || utcOffset === undefined) return undefined;
  const moment = new Date((now + 60 * utcOffset) * 1000);
  const [day, hour] = [moment.getUTCDay(), moment.getUTCHours()];
  if (Number.isNaN(hour)) return undefined;
  if (day === 0 || day === 6) return { adds: 0.2, words: 'it is the weekend' };
  if (day === 5 && hour >= 12) return { adds: 0.2, words: 'it is Friday afternoon' };
  if (hour < 7 || hour >= 18) return { adds: 0.2, words: `it is ${hour} o'clock` };
  return undefined;
}

function judgeTogether(_: ChangeFactors, { environment }: RiskContext): Finding | undefined {
  const together = environment?.commitsTogether;
  if (together === undefined || together <= 1) return undefined;
  return {
    adds: Math.min(0.25 * Math.log(together), 1.5),
    words: `${together} commits go out together`,
  };
}
