import type { ChangedFile, MitigationKind, RiskMitigation } from '#contracts/judgement/risk.js';
import { REVIEWED } from './history-rules.js';
import { computeRisk, findRules, type Judged } from './judge.js';
import { takePart } from './part-of-change.js';
import { countWords, type Finding } from './rule.js';
import { CANARY, STATE_FACTORS, TESTED } from './rules.js';
import { proposeSplits } from './split-change.js';

/** Further parts of a split must gain so many points each to be worth the trouble. */
const WORTH_A_PART = 3;
/** Names of files in one piece of advice. */
const MOST_FILES = 50;

type Advice = Omit<RiskMitigation, 'lowersBy' | 'scoreAfter'> & { readonly risk: number };

/** What would lower the score, by judging again what would be then; the most first, equals in the order of their kinds. */
export function findMitigations(judged: Judged, score: number): RiskMitigation[] {
  return [
    adviseSplit(judged),
    adviseTests(judged),
    adviseReviewer(judged),
    adviseCanary(judged),
    adviseFewer(judged),
    adviseOtherTime(judged),
  ]
    .filter((advice) => advice !== undefined)
    .map(({ risk, ...advice }) => {
      const scoreAfter = Math.round(risk);
      return { ...advice, lowersBy: score - scoreAfter, scoreAfter };
    })
    .filter(({ lowersBy }) => lowersBy > 0)
    .sort((one, other) => other.lowersBy - one.lowersBy);
}

/** Judged as its riskiest part is judged alone. */
function adviseSplit(judged: Judged): Advice | undefined {
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

function adviseTests(judged: Judged): Advice | undefined {
  const { files = [] } = judged.context;
  const code = files.filter(({ kind }) => kind === 'code');
  const tests = files.filter(({ kind }) => kind === 'test');
  const untested = code.filter((file) => !tests.some((test) => test.path.includes(nameStem(file.path))));
  const rules = findRules(judged);
  if (untested.length === 0 || rules.get('tests')?.adds === TESTED) return undefined;
  if (!rules.has('tests')) return undefined;
  const named = untested
    .toSorted((one, other) => other.added - one.added || (one.path < other.path ? -1 : 1))
    .slice(0, 5)
    .map(({ path }) => path);
  return adviseRules(
    judged,
    'add-tests',
    rules,
    { tests: { adds: TESTED, words: '' } },
    {
      words: `Add or change tests for ${named.join(', ')}.`,
      files: named,
    },
  );
}

/** The name of a file without folders and ending. */
function nameStem(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const end = name.indexOf('.', 1);
  return end === -1 ? name : name.slice(0, end);
}

/** Judged as if who reviews had made it, where that is more experience, and as reviewed. */
function adviseReviewer(judged: Judged): Advice | undefined {
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

function adviseCanary(judged: Judged): Advice | undefined {
  if (judged.context.environment?.canary) return undefined;
  return adviseRules(
    judged,
    'canary',
    findRules(judged),
    { canary: { adds: CANARY, words: '' } },
    {
      words: 'Show it to few first (a canary), and go on when nothing is wrong.',
    },
  );
}

function adviseFewer(judged: Judged): Advice | undefined {
  const together = judged.context.environment?.commitsTogether ?? 1;
  return adviseRules(
    judged,
    'deploy-fewer',
    findRules(judged),
    { 'commits-together': undefined },
    {
      words: `Deploy it alone, not with ${countWords(together - 1, 'other commit', 'other commits')}.`,
    },
  );
}

function adviseOtherTime(judged: Judged): Advice | undefined {
  const rules = findRules(judged);
  const states = STATE_FACTORS.filter((factor) => rules.has(factor));
  return adviseRules(
    judged,
    'other-time',
    rules,
    Object.fromEntries(states.map((state) => [state, undefined])),
    {
      words: `Wait until this is over: ${states.map((state) => rules.get(state)!.words).join(', ')}.`,
    },
  );
}

/** Judged by other rules: those of `changes` replaced, or gone. */
function adviseRules(
  judged: Judged,
  kind: MitigationKind,
  rules: ReadonlyMap<string, Finding>,
  changes: Readonly<Record<string, Finding | undefined>>,
  advice: Pick<RiskMitigation, 'words' | 'files'>,
): Advice {
  const changed = new Map(rules);
  for (const [factor, finding] of Object.entries(changes)) {
    if (finding) changed.set(factor, finding);
    else changed.delete(factor);
  }
  return { kind, basis: 'rule', ...advice, risk: computeRisk(judged, changed) };
}
