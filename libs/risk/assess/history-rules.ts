import type { ChangeFactors } from '#contracts/judgement/risk.js';
import { countWords, type Finding } from './rule.js';

/** With all commits looked at by somebody else. */
export const REVIEWED = -0.2;

/**
 * What somebody else looked at is less often wrong (McIntosh et al. 2014). Where git names nobody it says nothing: reviews may be kept
 * elsewhere.
 */
export function judgeReview({ more }: ChangeFactors): Finding | undefined {
  const { commits = 0, 'commits-reviewed': reviewed = 0, reviewers = 0 } = more;
  if (reviewed === 0 || commits === 0) return undefined;
  const who = countWords(reviewers, 'other person', 'other people');
  return {
    adds: (REVIEWED * Math.min(reviewed, commits)) / commits,
    words: `${who} looked at ${reviewed} of ${countWords(commits, 'commit', 'commits')}`,
  };
}

/** Files' changes that are taken to have been mended as often as usual, beside those that were made. */
const USUAL_CHANGES = 10;

/**
 * What had to be mended before will have to be again (Graves et al. 2000, Kim et al. 2007): the odds that an earlier change of
 * these files mended a defect, against those of any file here.
 */
export function judgeFailures({ more }: ChangeFactors): Finding | undefined {
  const { 'file-changes': changes = 0, 'file-fixes': fixes = 0, 'usual-fixes': usual = 0 } = more;
  if (changes === 0 || usual <= 0 || usual >= 1) return undefined;
  const share = (fixes + USUAL_CHANGES * usual) / (changes + USUAL_CHANGES);
  const odds = Math.log(share / (1 - share)) - Math.log(usual / (1 - usual));
  return {
    adds: Math.max(-0.2, Math.min(0.4, 0.25 * odds)),
    words: `${fixes} of the ${countWords(changes, 'earlier change', 'earlier changes')} of these files mended a defect; usual here are ${Math.round(100 * usual)} %`,
  };
}

const STRONG = 0.5;

/** Files that are nobody's fail more often (Bird et al. 2011). */
export function judgeOwnership({ more }: ChangeFactors): Finding | undefined {
  const { ownership } = more;
  if (ownership === undefined || ownership >= STRONG) return undefined;
  return {
    adds: (0.2 * (STRONG - Math.max(0, ownership))) / STRONG,
    words: `nobody made more than ${Math.round(100 * ownership)} % of the earlier changes of a file, on average`,
  };
}

/** Of all numbers of Bird et al. 2011 the one that goes with failures most. */
export function judgeMinorContributors({ more }: ChangeFactors): Finding | undefined {
  const { 'minor-contributors': minor = 0 } = more;
  if (minor === 0) return undefined;
  return {
    adds: 0.1 * Math.min(Math.log2(1 + minor), 3),
    words: `${countWords(minor, 'person', 'people')} made less than 5 % of the earlier changes of these files each`,
  };
}

/** Commits between midnight and four are wrong more often (Eyolfson et al. 2011); of other hours projects disagree. */
export function judgeWriting({ more }: ChangeFactors): Finding | undefined {
  const { 'author-hour': hour } = more;
  if (hour === undefined || hour >= 4) return undefined;
  return { adds: 0.2, words: `written at ${hour} o'clock in the night` };
}
