import { SluiceError } from '#domain/errors.js';
import { countLinesBefore } from '../git/count-lines.js';
import { type FoundRange, STAGED } from '../git/find-range.js';
import type { Git } from '../git/git.js';
import { decodeBytes, type LoggedCommit, parseDiff, parseZone } from '../git/parse-log.js';
import { COMPARING } from '../history/read-history.js';
import type { ReadChange } from './read-difference.js';

/**
 * What the index has against `start`, as the commit that would be made of it now; its message is not known. The index is
 * read only. Throws SluiceError `change-invalid` where files are not merged.
 */
export async function readStaged(git: Git, { base, start }: FoundRange): Promise<ReadChange> {
  const [files, maker] = await Promise.all([
    parseDiff(git.stream(['diff-index', '--cached', '-r', ...COMPARING, '--numstat', start, '--'])),
    findMaker(git),
  ]);
  if (files.some(({ status }) => status === 'U')) {
    throw new SluiceError({
      code: 'change-invalid',
      fault: 'user',
      message: 'There are files that are not merged.',
      hint: 'Resolve the conflicts first, and add the files: git status lists them.',
    });
  }
  const head: LoggedCommit = {
    id: STAGED,
    parents: base === undefined ? [] : [base],
    ...maker,
    message: '',
    files,
  };
  return { head, commits: [head], merges: [], files, linesBefore: await countLinesBefore(git, files) };
}

/** Who would be its author, and now. */
async function findMaker(git: Git): Promise<Pick<LoggedCommit, 'at' | 'writtenAt' | 'utcOffset' | 'author'>> {
  // Git fails where it does not know who works here; who commits will be told so.
  const said = await git.ask(['var', 'GIT_AUTHOR_IDENT']).catch(() => '');
  const [, who = '', seconds, zone = ''] = /^(.*>) (\d+) ([+-]\d{4})$/m.exec(said) ?? [];
  const mapped = who === '' ? '' : await git.ask(['check-mailmap', '--stdin'], `${who}\n`);
  const [, name = '', mail = ''] = /^(.*?) ?<(.*)>$/m.exec(mapped) ?? [];
  const at = seconds === undefined ? Math.floor(Date.now() / 1000) : Number(seconds);
  return {
    at,
    writtenAt: at,
    utcOffset: parseZone(zone),
    author: { name: decodeBytes(name), mail: decodeBytes(mail) },
  };
}
