import type { Severity } from './finding.js';

interface CodeText {
  readonly severity: Severity;
  readonly cause: string;
  readonly cure: string;
  readonly gain: string;
}

/** Every code that a finding may carry; docs/pipelines.md holds the same set. */
export const FINDING_CODES = {
  'checkout-of-stranger': {
    severity: 'error',
    cause: 'A workflow on `pull_request_target` checks out the head of the pull request.',
    cure: 'Use `pull_request`, or check out the base; hand on results to a workflow that has the rights.',
    gain: 'Code of strangers no longer runs with the secrets and the token of the repository.',
  },
  'text-of-stranger': {
    severity: 'error',
    cause:
      'A title, a text or a branch name that strangers write is put into a script before the shell reads it.',
    cure: 'Hand it over as a variable of the environment, and quote that.',
    gain: 'Nobody can run commands by the name of a branch or the title of an issue.',
  },
  'secret-printed': {
    severity: 'error',
    cause: 'A command prints a secret.',
    cure: 'Leave it out; what needs the secret reads it from its environment.',
    gain: 'The secret stays out of the log, also where the mask of the platform does not know its form.',
  },
  'action-unpinned': {
    severity: 'warning',
    cause: 'An action or a workflow of others is named by a tag or a branch, which its owner can move.',
    cure: 'Name the commit, with the tag as a comment; let a bot raise it.',
    gain: 'What runs tomorrow is what was looked at today.',
  },
  'orb-unpinned': {
    severity: 'warning',
    cause: 'An orb is named without a whole version.',
    cure: 'Name a version of three numbers.',
    gain: 'What runs tomorrow is what was looked at today.',
  },
  'template-unpinned': {
    severity: 'warning',
    cause: 'A template or a component of another repository is named by a tag or a branch, or by nothing.',
    cure: 'Name the commit.',
    gain: 'What runs tomorrow is what was looked at today.',
  },
  'library-unpinned': {
    severity: 'warning',
    cause: 'A shared library is named by a tag or a branch, or by nothing.',
    cure: 'Name the commit behind `@`.',
    gain: 'What runs tomorrow is what was looked at today.',
  },
  'image-newest': {
    severity: 'warning',
    cause: 'An image is named without a tag, or by `latest`.',
    cure: 'Name a version, and its digest.',
    gain: 'A new image of others breaks no build on a day when nothing was changed here.',
  },
  'image-unpinned': {
    severity: 'note',
    cause: 'An image is named by a tag, which its owner can move.',
    cure: 'Add the digest: `name:tag@sha256:…`.',
    gain: 'What runs tomorrow is what was looked at today.',
  },
  'time-limit-missing': {
    severity: 'warning',
    cause: 'A job has no time limit of its own.',
    cure: 'Set one a little above what the job takes.',
    gain: 'A job that hangs is ended when you say.',
  },
  'permissions-absent': {
    severity: 'warning',
    cause: 'Neither a workflow nor all of its jobs say what the token may do.',
    cure: 'Write `permissions: { contents: read }` at the top, and more only in the job that needs it.',
    gain: 'The token can do what the jobs need, and no more.',
  },
  'deployments-overlap': {
    severity: 'warning',
    cause: 'A job deploys to an environment, and nothing keeps two of them apart.',
    cure: 'Set `concurrency` of GitHub, or `resource_group` of GitLab, with the name of the environment.',
    gain: 'The older of two deployments cannot end last.',
  },
  'build-duplicated': {
    severity: 'warning',
    cause: 'Two pipelines build or test the same with the same command, started by the same.',
    cure: 'Leave it to one of them; let the other take its result.',
    gain: 'One of the two is saved each time.',
  },
  'cache-missing': {
    severity: 'warning',
    cause: 'A job fetches packages, and nothing keeps them for the next time.',
    cure: 'Cache the folder of the package manager, by the digest of its lock file.',
    gain: 'Packages are fetched when the lock file changes, not in each job.',
  },
  'jobs-serial': {
    severity: 'note',
    cause: 'A job waits for another from which it takes nothing.',
    cure: 'Take the name out of `needs`, `requires` or `dependsOn`, or give the job `needs` of its own; keep the order where the first is there to save the cost of the second.',
    gain: 'It starts earlier.',
  },
  'run-doubled': {
    severity: 'note',
    cause:
      'A workflow runs on every push and on pull requests, so a commit of a pull request of the same repository runs twice.',
    cure: 'Give `push` the branches that have no pull request, such as `main`.',
    gain: 'One of two runs for each commit of a pull request is saved.',
  },
  'history-whole': {
    severity: 'note',
    cause: 'The whole history is fetched, and no step of the job is known to read it.',
    cure: 'Leave `fetch-depth: 0` out.',
    gain: 'One commit is fetched in place of all.',
  },
} as const satisfies Readonly<Record<string, CodeText>>;

export type FindingCode = keyof typeof FINDING_CODES;
