import { azurePipelines } from './azure-pipelines.js';
import type { CiSystem } from './ci-file.js';
import { circleci } from './circleci.js';
import { githubActions } from './github-actions.js';
import { gitlabCi } from './gitlab-ci.js';
import { jenkins } from './jenkins.js';

/** Every system of continuous integration whose files are read. */
export const CI_SYSTEMS: readonly CiSystem[] = [githubActions, gitlabCi, azurePipelines, circleci, jenkins];
