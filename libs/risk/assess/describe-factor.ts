import type { ChangeFactors } from '#contracts/judgement/risk.js';
import type { RiskFactor } from '../model/columns.js';
import { COLUMNS } from '../model/columns.js';
import { type Past, RANKED, type Reference, rankInReference } from '../model/past.js';
import { countWords } from './rule.js';

/** With fewer changes than this, a place among them says little. */
const ENOUGH = 20;

/** What a change is in one respect, and how that compares with the project's latest changes. */
export function describeFactor(
  factor: RiskFactor,
  change: ChangeFactors,
  past: Past,
  reference: Reference,
): string {
  const { words, compare } = DESCRIPTIONS[factor];
  const text = words(change, past);
  if (compare === undefined) return text;
  const at = RANKED.findIndex(({ name }) => name === compare);
  const value = COLUMNS.find(({ name }) => name === compare)!.compute(change, past.pace);
  const local = past.length >= ENOUGH;
  const rank = local ? past.rankHere(at, value)! : rankInReference(reference, at, value);
  const where = local ? 'the latest changes here' : 'the changes the model learnt from';
  return `${text}; ${compareWords(rank)} ${where}`;
}

function compareWords(rank: number): string {
  const percent = Math.round(100 * rank);
  if (percent >= 55) return `more than ${Math.min(percent, 99)} % of`;
  if (percent <= 45) return `less than ${Math.min(100 - percent, 99)} % of`;
  return 'about the middle of';
}

interface Description {
  readonly words: (change: ChangeFactors, past: Past) => string;
  /** The ranked column by which it is compared. */
  readonly compare?: string;
}

const DESCRIPTIONS: Readonly<Record<RiskFactor, Description>> = {
  lines: {
    words: ({ la, ld }) => `adds ${countWords(la, 'line', 'lines')} and deletes ${ld}`,
    compare: 'churn',
  },
  files: { words: ({ nf }) => `changes ${countWords(nf, 'file', 'files')}`, compare: 'nf' },
  directories: {
    words: ({ nd, ns }) =>
      `in ${countWords(nd, 'folder', 'folders')} of ${countWords(ns, 'part', 'parts')} of the project`,
    compare: 'nd',
  },
  spread: {
    words: ({ entropy }) => `lines spread over files by ${short(entropy)} bits`,
    compare: 'entropy',
  },
  'file-size': {
    words: ({ lt }) => `the files had ${countWords(lt, 'line', 'lines')}`,
    compare: 'lt',
  },
  developers: {
    words: ({ ndev }) => `${countWords(ndev, 'developer', 'developers')} worked on these files`,
    compare: 'ndev',
  },
  'last-change': {
    words: ({ age }) => `the files were last changed ${short(age)} days before`,
    compare: 'age',
  },
  'earlier-changes': {
    words: ({ nuc }) => `the files were changed ${countWords(nuc, 'time', 'times')}`,
    compare: 'nuc',
  },
  experience: {
    words: ({ exp }) => `the author changed ${countWords(exp, 'file', 'files')} so far`,
    compare: 'exp',
  },
  'subsystem-experience': {
    words: ({ sexp }) => `the author knows ${countWords(sexp, 'file', 'files')} in these parts`,
    compare: 'sexp',
  },
  fix: { words: ({ fix }) => (fix === 1 ? 'mends a defect' : 'does not say that it mends a defect') },
  pace: {
    words: (change, { pace }) =>
      pace.before === undefined
        ? 'no change before it is known'
        : `the change before it was ${short((change.at - pace.before) / 3600)} hours earlier`,
  },
};

/** Three digits are enough for people. */
function short(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
}
