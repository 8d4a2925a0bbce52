import { decodeBytes, type LoggedCommit } from '../git/parse-log.js';
import { type Author, toAuthor } from '../history/history-commit.js';
import { MACHINE } from './machine.js';

/** Who looked at commits before they were let in, as far as git knows. */
export interface FoundReviews {
  /** Commits that somebody else looked at. */
  readonly commits: number;
  /** By their keys: people other than those who made the change. */
  readonly reviewers: ReadonlySet<string>;
}

interface ChangeCommits {
  /** Newest first. */
  readonly commits: readonly LoggedCommit[];
  readonly merges: readonly LoggedCommit[];
  readonly head: LoggedCommit;
}

/**
 * A commit was looked at where a trailer of its message names somebody else as having reviewed, acknowledged, approved or signed
 * it off, or where somebody else merged the branch that it came in by. Programs are nobody.
 */
export function findReviews({ commits, merges, head }: ChangeCommits): FoundReviews {
  const mergers = findMergers({ commits, merges, head });
  const makers = new Set(commits.flatMap((commit) => [toAuthor(commit.author).key, ...findHelpers(commit)]));
  const mails = new Set(commits.map(({ author }) => author.mail.toLowerCase()));
  const reviewers = new Set<string>();
  let count = 0;
  for (const commit of commits) {
    const merger = mergers.get(commit.id);
    const named = [...readPeople(commit, REVIEWED), ...(merger ? [merger] : [])]
      .filter(({ name, mail }) => name !== '' && !mails.has(mail.toLowerCase()) && !MACHINE.test(name))
      .map((person) => toAuthor(person).key)
      .filter((key) => !makers.has(key));
    if (named.length > 0) count += 1;
    for (const key of named) reviewers.add(key);
  }
  return { commits: count, reviewers };
}

type Person = LoggedCommit['author'];

/** What Linux, Gerrit and others write below a message. */
const REVIEWED = /^(?:reviewed|acked|approved|signed-off)-by:[ \t]*(.*)$/gim;
const HELPED = /^co-(?:authored|developed)-by:[ \t]*(.*)$/gim;

function findHelpers(commit: LoggedCommit): Author['key'][] {
  return readPeople(commit, HELPED).map((person) => toAuthor(person).key);
}

/** Of the last paragraph, where trailers stand: the same words further up are quoted. */
function readPeople({ message }: LoggedCommit, trailer: RegExp): Person[] {
  const text = message.trimEnd();
  const last = text.slice(text.lastIndexOf('\n\n') + 1);
  return [...last.matchAll(trailer)].map(([, value = '']) => {
    const begin = value.indexOf('<');
    const end = value.indexOf('>', begin);
    return {
      name: decodeBytes(begin < 0 ? value : value.slice(0, begin)).trim(),
      mail: begin < 0 || end < 0 ? '' : decodeBytes(value.slice(begin + 1, end)).trim(),
    };
  });
}

/** Who let each commit in: the maker of the merge by which it came to the line of first parents. */
function findMergers({ commits, merges, head }: ChangeCommits): ReadonlyMap<string, Person> {
  const parentsOf = new Map([...commits, ...merges].map(({ id, parents }) => [id, parents]));
  const line: string[] = [];
  for (let id: string | undefined = head.id; id !== undefined && parentsOf.has(id); ) {
    line.push(id);
    id = parentsOf.get(id)![0];
  }
  const seen = new Set(line);
  const byId = new Map(merges.map((merge) => [merge.id, merge]));
  const mergers = new Map<string, Person>();
  // The oldest first: what a merge brought in, no later one did.
  for (const merge of line.toReversed().map((id) => byId.get(id))) {
    if (merge === undefined) continue;
    const open = merge.parents.slice(1);
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const parents = parentsOf.get(id);
      if (parents === undefined || seen.has(id)) continue;
      seen.add(id);
      mergers.set(id, merge.author);
      open.push(...parents);
    }
  }
  return mergers;
}
