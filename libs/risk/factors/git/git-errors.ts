import { SluiceError } from '#domain/errors.js';

/** What starting git failed with, as one of ours. */
export function toGitError(error: NodeJS.ErrnoException, folder: string): SluiceError {
  if (error.code === 'ENOENT') {
    return new SluiceError({
      code: 'git-not-found',
      fault: 'operational',
      message: `git could not be started in ${folder}.`,
      hint: 'Install git, and name a folder that is there.',
    });
  }
  return new SluiceError({
    code: 'history-unreadable',
    fault: 'operational',
    message: `git could not be started in ${folder}: ${error.code ?? 'it failed'}.`,
    hint: 'Check that the folder may be entered and git may be run.',
  });
}

/** What git says on stderr (in English, LC_ALL=C), as one of ours. */
export function createHistoryUnreadable(stderr: string, folder: string): SluiceError {
  if (/dubious ownership/.test(stderr)) {
    return new SluiceError({
      code: 'repository-not-trusted',
      fault: 'user',
      message: `git reads nothing in ${folder}: it belongs to somebody else.`,
      hint: `If you trust it: git config --global --add safe.directory ${folder}`,
    });
  }
  if (/not a git repository/.test(stderr)) return createNoRepository(folder);
  const [line = 'it gave no reason'] = stderr.split('\n').filter((each) => /^(fatal|error):/.test(each));
  return new SluiceError({
    code: 'history-unreadable',
    fault: 'operational',
    message: `git could not read the history in ${folder}: ${line.slice(0, 300)}.`,
    hint: 'Check it with git fsck; a partial clone must first get its files: git fetch --refetch --no-filter',
  });
}

function createNoRepository(folder: string): SluiceError {
  return new SluiceError({
    code: 'repository-not-found',
    fault: 'user',
    message: `There is no git repository in ${folder}.`,
    hint: 'Name its folder, or that of a bare clone.',
  });
}

export function createOutside(folder: string): SluiceError {
  return new SluiceError({
    code: 'repository-outside',
    fault: 'user',
    message: `The repository in ${folder} does not lie there as a whole: it points to another folder.`,
    hint: 'Use a clone of its own: one made with --shared or --reference, and a linked work tree, are not.',
  });
}

export function createTooMuch(bytes: number): SluiceError {
  return new SluiceError({
    code: 'history-too-large',
    fault: 'user',
    message: `git printed more than ${bytes / 1024 / 1024} MiB.`,
    hint: 'Read fewer commits of the history.',
  });
}

export function createTooSlow(timeMs: number): SluiceError {
  return new SluiceError({
    code: 'history-too-slow',
    fault: 'operational',
    message: `git took longer than ${timeMs / 1000} s.`,
    hint: 'Try again when the machine has less to do; git gc makes repositories faster to read.',
  });
}
