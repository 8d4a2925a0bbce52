import type { ChangedFile } from '#contracts/judgement/risk.js';
import { toLogOdds } from '../learning/log-odds.js';
import { REVIEWED } from './history-rules.js';
import { computeRisk, findRules, type Judged } from './judge.js';
import { takePart } from './part-of-change.js';
import type { Advice } from './present.js';
import { adviseByRules } from './rule-advice.js';
import { TESTED } from './rules.js';
import { proposeSplits } from './split-change.js';

/** Further parts of a split must gain so many points each to be worth the trouble. */
const WORTH_A_PART = 3;
/** Names of files in one piece of advice. */
const MOST_FILES = 50;

/**
 * What would lower the score, by judging again what would be then.
 *
 * @param total log odds of the change as it is
 */
export function findMitigations(judged: Judged, total: number): Advice[] {
  const model = [adviseSplit(judged), adviseReviewer(judged)]
    .filter((advice) => advice !== undefined)
    .map(({ risk, ...advice }): Advice => ({ ...advice, logOdds: round(toLogOdds(risk / 100) - total) }));
  const { environment } = judged.context;
  return [...model, ...adviseTests(judged), ...adviseByRules(findRules(judged), environment)];
}

/** Beyond what the model means: so the last digits do not depend on the rules that were added. */
function round(logOdds: number): number {
  return Math.round(1e9 * logOdds) / 1e9;
}

/** `risk`: what the model says then, 0 to 100. */
type Judgement = Omit<Advice, 'logOdds'> & { readonly risk: number };

/** Judged as its riskiest part is judged alone. */
function adviseSplit(judged: Judged): Judgement | undefined {
  const files = judged.context.files ?? [];
  const judgePart = (part: readonly ChangedFile[]) =>
    computeRisk({ ...judged, change: takePart(judged.change, part) });
  const splits = proposeSplits(files).map((parts) => ({
    parts,
    risk: Math.max(...parts.map(judgePart)),
  }));
  const best = splits.reduce<(typeof splits)[number] | undefined>(
    (chosen, split) => (chosen && split.risk > chosen.risk - WORTH_A_PART ? chosen : split),
    undefined,
  );
  if (!best) return undefined;
  return {
    kind: 'split',
    basis: 'model',
    words: `Split it into ${best.parts.length} changes; the riskiest of them would be judged so.`,
    parts: best.parts.map((part) => part.map(({ path }) => path).slice(0, MOST_FILES)),
    risk: best.risk,
  };
}

function adviseTests(judged: Judged): Advice[] {
  const { files = [] } = judged.context;
  const code = files.filter(({ kind }) => kind === 'code');
  const tests = files.filter(({ kind }) => kind === 'test');
  const untested = code.filter((file) => !tests.some((test) => test.path.includes(nameStem(file.path))));
  const rule = findRules(judged).get('tests');
  if (untested.length === 0 || rule === undefined || rule.adds === TESTED) return [];
  const named = untested
    .toSorted((one, other) => other.added - one.added || (one.path < other.path ? -1 : 1))
    .slice(0, 5)
    .map(({ path }) => path);
  const words = `Add or change tests for ${named.join(', ')}.`;
  return [{ kind: 'add-tests', basis: 'rule', words, files: named, logOdds: TESTED - rule.adds }];
}

/** The name of a file without folders and ending. */
function nameStem(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const end = name.indexOf('.', 1);
  return end === -1 ? name : name.slice(0, end);
}

/** Judged as if who reviews had made it, where that is more experience, and as reviewed. */
function adviseReviewer(judged: Judged): Judgement | undefined {
  const { change } = judged;
  const rules = new Map(findRules(judged)).set('review', { adds: REVIEWED, words: '' });
  const reviewed = (judged.context.reviewers ?? []).map((reviewer) => ({
    reviewer,
    risk: computeRisk(
      {
        ...judged,
        change: {
          ...change,
          exp: Math.max(change.exp, reviewer.exp),
          rexp: Math.max(change.rexp, reviewer.rexp),
          sexp: Math.max(change.sexp, reviewer.sexp),
        },
      },
      rules,
    ),
  }));
  const best = reviewed.reduce<(typeof reviewed)[number] | undefined>(
    (chosen, each) => (chosen && each.risk >= chosen.risk ? chosen : each),
    undefined,
  );
  if (!best) return undefined;
  const { name, share } = best.reviewer;
  return {
    kind: 'ask-reviewer',
    basis: 'model',
    words: `Ask ${name} to review it, who made ${Math.round(100 * share)} % of the earlier changes of these files; judged as if they had made it, and as reviewed.`,
    reviewer: name,
    risk: best.risk,
  };
}
