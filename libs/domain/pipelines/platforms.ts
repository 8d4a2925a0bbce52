import { readAzurePipelines } from './azure-pipelines/read.js';
import { readCircleCi } from './circleci/read.js';
import { readGitHubActions } from './github-actions/read.js';
import { readGitLabCi } from './gitlab-ci/read.js';
import { readJenkins } from './jenkins/read.js';
import type { Pipeline, PlatformName } from './pipeline.js';
import type { Reading } from './reading/context.js';

/** One platform whose files are read. */
export interface Platform {
  readonly title: string;
  /** For people. */
  readonly files: string;
  /** Of the files that it starts from. */
  readonly pattern: RegExp;
  /** What `generate` takes from it, for people. */
  readonly takes: string;
  /** Minutes after which it ends a job that says nothing; `none` where it never does, absent where a file cannot say. */
  readonly timeLimit?: number | 'none';
  /** The pipelines of `reading.file`. Throws Refusal. */
  readonly read: (reading: Reading) => readonly Pipeline[];
}

/** Every platform whose files are read, in the order in which they are told. */
export const PLATFORMS: Readonly<Record<PlatformName, Platform>> = {
  'github-actions': {
    title: 'GitHub Actions',
    files: '`.github/workflows/*.yml`',
    pattern: /^\.github\/workflows\/[^/]+\.ya?ml$/,
    takes: '`run` of each step, with its `working-directory`; composite actions of the repository.',
    timeLimit: 360,
    read: readGitHubActions,
  },
  'gitlab-ci': {
    title: 'GitLab CI',
    files: '`.gitlab-ci.yml`',
    pattern: /^\.gitlab-ci\.ya?ml$/,
    takes: '`before_script` and `script` of each job, with what it includes, extends and refers to.',
    timeLimit: 60,
    read: readGitLabCi,
  },
  'azure-pipelines': {
    title: 'Azure Pipelines',
    files: '`azure-pipelines*.yml`, `.azure-pipelines/*.yml`',
    pattern:
      /^((\.azure|\.azuredevops|\.pipelines)\/)?azure-pipelines[^/]*\.ya?ml$|^\.azure-pipelines\/[^/]+\.ya?ml$/,
    takes: '`script` and `bash` of each step, with its `workingDirectory`; templates of the repository.',
    timeLimit: 60,
    read: readAzurePipelines,
  },
  circleci: {
    title: 'CircleCI',
    files: '`.circleci/config.yml`',
    pattern: /^\.circleci\/config\.ya?ml$/,
    takes: '`run` of each step, with its `working_directory`; commands of the file.',
    read: readCircleCi,
  },
  jenkins: {
    title: 'Jenkins',
    files: '`Jenkinsfile`, `Jenkinsfile.*`',
    pattern: /^(?:[^/]+\/){0,3}Jenkinsfile(\.[\w-]+)?$/,
    takes: '`sh` and `bat` with a text of its own, in its `dir`.',
    timeLimit: 'none',
    read: readJenkins,
  },
};

/** The platform that starts from a file; undefined where none does. */
export function platformOf(file: string): PlatformName | undefined {
  return (Object.keys(PLATFORMS) as PlatformName[]).find((name) => PLATFORMS[name].pattern.test(file));
}

/** Whether the text of a file is needed before it is known what the others include. */
export function wantsPipelineText(file: string): boolean {
  return platformOf(file) !== undefined || /^\.github\/.*\/action\.ya?ml$/.test(file);
}
