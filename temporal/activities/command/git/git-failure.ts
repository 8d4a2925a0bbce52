import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';

const DENIED =
  /Authentication failed|could not read (Username|Password)|Permission denied|returned error: 40[137]|terminal prompts disabled|Host key verification failed/;
const MISSING =
  /not found|does not appear to be a git repository|does not exist|no such (path|directory)|not a git repository/i;
const UNREACHABLE =
  /Could not resolve|Failed to connect|Couldn't connect|Connection (refused|timed out|reset|closed)|timed out|early EOF|unexpected disconnect|RPC failed|returned error: (429|5\d\d)|Operation too slow|hung up|unable to access/i;

/** What git says on stderr (in English, LC_ALL=C), as one of ours. */
export function toGitFailure(stderr: string, repository: string): SluiceError {
  if (DENIED.test(stderr)) {
    return createActionFailure({
      code: 'repository-access-denied',
      fault: 'user',
      class: 'auth',
      retryable: false,
      message: `${repository} cannot be read with these credentials, or without.`,
      hint: 'Check `credentials`, what they may read, and the spelling: many hosts say the same of a repository that does not exist.',
    });
  }
  if (MISSING.test(stderr)) return createRepositoryNotFound(repository);
  const unreachable = UNREACHABLE.test(stderr);
  return createActionFailure({
    code: unreachable ? 'repository-unreachable' : 'git-failed',
    fault: 'operational',
    class: unreachable ? 'transient' : 'unknown',
    retryable: true,
    message: `${unreachable ? `${repository} could not be reached` : 'git failed'}${findReason(stderr)}`,
    hint: unreachable
      ? 'Check the host name, and that the worker may connect to it.'
      : "Read the step's log.",
  });
}

export function createRepositoryNotFound(repository: string): SluiceError {
  return createActionFailure({
    code: 'repository-not-found',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `There is no git repository at ${repository}.`,
    hint: 'Check the spelling; a path must exist on the worker; a private repository needs `credentials`.',
  });
}

export function createRefNotFound(ref: string, repository: string): SluiceError {
  return createActionFailure({
    code: 'ref-not-found',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message:
      ref === 'HEAD'
        ? `${repository} has no default branch with commits.`
        : `${repository} has no branch, tag or commit ${JSON.stringify(ref)}.`,
    hint: 'Check the spelling of `ref`, and that it was pushed.',
  });
}

function findReason(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => /^(fatal|error|remote):/.test(line));
  return lines.length > 0 ? `: ${lines.slice(-3).join('\n').slice(0, 1000)}` : '.';
}
