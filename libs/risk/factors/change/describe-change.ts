import type { ChangedFile, ChangeFactors, RiskContext } from '#contracts/judgement/risk.js';
import { describeFile } from '../files/describe-file.js';
import { type FileChange, hasSameContent } from '../git/file-change.js';
import { decodeBytes, type LoggedCommit } from '../git/parse-log.js';
import { isFix, isRevert } from '../history/describe-message.js';
import { type Author, isCounted, type Touch, toAuthor, toTouch } from '../history/history-commit.js';
import { changedOf, type FilePast, type MeasuredChange, type Past, sum } from '../history/past.js';
import { findReviewers } from './find-reviewers.js';
import { findReviews } from './find-reviews.js';
import type { ReadChange } from './read-difference.js';

/** Files of which each is described alone; those of more lines come first. */
const MAX_FILES = 2_000;

/** The change as one, whatever the number of its commits. */
export function describeChange(
  difference: ReadChange,
  before: Past,
  historyIncomplete: boolean,
): { readonly change: ChangeFactors; readonly context: RiskContext } {
  const { head, commits, files } = difference;
  const counted = files.filter(isCounted);
  const touches = counted.map((file) => toTouch(file, difference.linesBefore(file)));
  const measured: MeasuredChange = {
    id: head.id,
    at: head.at,
    author: findAuthor(commits),
    fix: commits.filter(({ message }) => isFix(message)).length * 2 >= commits.length,
    touches,
  };
  const factors = before.measure(measured);
  const reviews = findReviews(difference);
  const makers = commits.map(({ author }) => toAuthor(author).key);
  const written = commits[0]!;
  const more = {
    ...before.measureAsPublished(measured),
    ...countKinds(files),
    ...describePast(touches, measured, before),
    commits: commits.length,
    'commits-reviewed': reviews.commits,
    reviewers: reviews.reviewers.size,
    revert: commits.some(({ message }) => isRevert(message)) ? 1 : 0,
    ...describeTime(head.at, before),
    ...describeLocalTime(written),
  };
  return {
    change: { ...factors, more },
    context: {
      files: describeFiles(touches, measured.at, before),
      reviewers: findReviewers(touches, measured, before, new Set([...makers, ...reviews.reviewers])),
      ...(written.utcOffset !== undefined && { utcOffset: written.utcOffset }),
      ...(historyIncomplete && { historyIncomplete }),
    },
  };
}

/** Who made most of the commits; of several, who made the last. */
function findAuthor(commits: ReadChange['commits']): Author {
  const authors = commits.map(({ author }) => toAuthor(author));
  const counts = new Map(authors.map(({ key }) => [key, 0]));
  for (const { key } of authors) counts.set(key, counts.get(key)! + 1);
  const most = Math.max(...counts.values());
  return authors.find(({ key }) => counts.get(key) === most)!;
}

/** All files, whether they count or not. */
function countKinds(files: readonly FileChange[]): Record<string, number> {
  const described = files.map((file) => ({ file, is: describeFile(file.path) }));
  const count = (matches: (each: (typeof described)[number]) => boolean) => described.filter(matches).length;
  const documentation = count(({ is }) => is.kind === 'documentation');
  const tests = described.filter(({ is }) => is.kind === 'test');
  return {
    'files-changed': files.length,
    'files-new': count(({ file }) => file.status === 'A'),
    'files-deleted': count(({ file }) => file.status === 'D'),
    'files-renamed': count(({ file }) => file.from !== undefined),
    'files-binary': count(({ file }) => file.binary),
    'files-mode-only': count(({ file }) => hasSameContent(file) && file.from === undefined),
    submodules: count(({ file }) => file.modes.includes(SUBMODULE)),
    'tests-touched': tests.length,
    'test-lines': sum(tests.map(({ file }) => (file.lines?.added ?? 0) + (file.lines?.deleted ?? 0))),
    'dependency-files': count(({ is }) => is.kind === 'dependencies'),
    'lock-files': count(({ is }) => is.lock),
    migrations: count(({ is }) => is.kind === 'migration'),
    'configuration-files': count(({ is }) => is.kind === 'configuration'),
    'infrastructure-files': count(({ is }) => is.kind === 'infrastructure'),
    'pipeline-files': count(({ is }) => is.pipeline),
    'api-files': count(({ is }) => is.api),
    'documentation-files': documentation,
    'documentation-only': files.length > 0 && documentation === files.length ? 1 : 0,
  };
}

const SUBMODULE = '160000';

/** What became of these files before, and whose they are. */
function describePast(
  touches: readonly Touch[],
  { author }: MeasuredChange,
  before: Past,
): Record<string, number> {
  const known = changedOf(touches)
    .map((touch) => before.fileOf(touch))
    .filter((file): file is FilePast => file !== undefined);
  const changes = sum(known.map((file) => file.changes));
  const { total } = before;
  const failures = {
    'file-changes': changes,
    'file-fixes': sum(known.map(({ fixes }) => fixes)),
    'file-reverts': sum(known.map(({ reverts }) => reverts)),
    ...(total.changes > 0 && { 'usual-fixes': total.fixes / total.changes }),
  };
  if (known.length === 0) return failures;
  const mean = (shares: readonly number[]) => sum(shares) / shares.length;
  return {
    ...failures,
    ownership: mean(known.map(({ authors, changes }) => Math.max(...authors.values()) / changes)),
    'minor-contributors': countMinor(known, changes),
    'own-share': mean(known.map(({ authors, changes }) => (authors.get(author.key) ?? 0) / changes)),
  };
}

/** Below so much of all changes a contributor is a minor one: Bird et al. 2011. */
const MINOR = 0.05;

/** The files together are what Bird et al. call a component. */
function countMinor(files: readonly FilePast[], changes: number): number {
  const counts = new Map<string, number>();
  for (const { authors } of files) {
    for (const [key, own] of authors) counts.set(key, (counts.get(key) ?? 0) + own);
  }
  return [...counts.values()].filter((own) => own < MINOR * changes).length;
}

/** By the clock of who wrote it. */
function describeLocalTime({ writtenAt, utcOffset }: LoggedCommit): Record<string, number> {
  if (utcOffset === undefined) return {};
  const date = new Date((writtenAt + 60 * utcOffset) * 1000);
  if (Number.isNaN(date.getTime())) return {};
  return { 'author-hour': date.getUTCHours(), 'author-weekday': (date.getUTCDay() + 6) % 7 };
}

function describeTime(at: number, before: Past): Record<string, number> {
  const date = new Date(at * 1000);
  const gap =
    before.lastAt === undefined ? {} : { 'hours-since-last': Math.max(0, at - before.lastAt) / 3600 };
  // A clock may be set to a time that no calendar knows.
  if (Number.isNaN(date.getTime())) return gap;
  return { hour: date.getUTCHours(), weekday: (date.getUTCDay() + 6) % 7, ...gap };
}

function describeFiles(touches: readonly Touch[], at: number, before: Past): ChangedFile[] {
  return changedOf(touches)
    .map((touch): ChangedFile => {
      const past = before.fileOf(touch);
      return {
        path: decodeBytes(touch.path),
        kind: describeFile(touch.path).kind,
        added: touch.lines?.added ?? 0,
        deleted: touch.lines?.deleted ?? 0,
        linesBefore: touch.lines?.before ?? 0,
        developers: past?.authors.size ?? 0,
        ageDays: before.ageInDays(touch, at),
        changes: past?.changes ?? 0,
      };
    })
    .sort((a, b) => b.added + b.deleted - (a.added + a.deleted) || (a.path < b.path ? -1 : 1))
    .slice(0, MAX_FILES);
}
