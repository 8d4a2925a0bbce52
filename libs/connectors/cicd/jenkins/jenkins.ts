import type { Connection } from '../connection.js';
import { verifySharedSecret } from '../http/shared-secret.js';
import type { Platform, PlatformClient } from '../platform.js';
import { downloadArtifact, listArtifacts } from './artifacts.js';
import { DESCRIPTION } from './description.js';
import {
  listBranches,
  listExecutions,
  listPipelines,
  listProjects,
  readHealth,
  readInputs,
} from './discover.js';
import { findStarted } from './find.js';
import { cancel, readStatus } from './follow.js';
import { JenkinsHttp } from './http.js';
import { jobOf } from './job-path.js';
import { readJobs, readLogs, readSteps } from './stages.js';
import { start, startAgain } from './start.js';
import { parseEvent } from './webhook.js';

/** Jenkins, and with less of it Hudson. */
export const jenkins: Platform = {
  description: DESCRIPTION,
  connect,
  verifyWebhook: verifySharedSecret,
  parseEvent,
};

function connect(connection: Connection): PlatformClient {
  const http = new JenkinsHttp(connection);
  return {
    health: () => readHealth(http),
    rateLimit: () => http.http.rateLimit,
    projects: (search) => listProjects(http, search),
    pipelines: (project, search) => listPipelines(http, project, search),
    branches: (project, search) => listBranches(http, project, search),
    inputs: (target) => readInputs(http, target),
    trigger: (request) => start(http, request),
    find: (request) => findStarted(http, jobOf(request), request),
    executions: (target, search) => listExecutions(http, target, search),
    status: (reference) => readStatus(http, reference),
    jobs: (reference) => readJobs(http, reference),
    steps: (reference, job) => readSteps(http, reference, job),
    logs: (reference, job, offset) => readLogs(http, reference, { job, offset }),
    cancel: (reference) => cancel(http, reference),
    async retry(reference, what) {
      const { 'retry-failed': failed } = DESCRIPTION.capabilities;
      if (what === 'failed' && !failed.supported)
        return { unsupported: 'retry-failed', instead: failed.instead };
      return startAgain(http, reference);
    },
    artifacts: (reference) => listArtifacts(http, reference),
    download: (reference, artifact) => downloadArtifact(http, reference, artifact),
  };
}
