import { lack } from './description.js';
import { getHealth, listBranches, listPipelines, listProjects } from './discovery.js';
import { find } from './find.js';
import { listJobs, listSteps } from './jobs.js';
import { readLog } from './logs.js';
import { cancel, getStatus, listExecutions, retry, trigger } from './pipelines.js';
import { Server } from './server.js';

/** @import { Connection } from 'sluice/cicd/connection.js' */
/** @import { PlatformClient } from 'sluice/cicd/platform.js' */
/** @import { PluginKit } from 'sluice/cicd/plugins/plugin.js' */

/**
 * @param {PluginKit} kit
 * @param {Connection} connection
 * @returns {PlatformClient}
 */
export function createClient(kit, connection) {
  const server = new Server(kit, connection);
  return {
    health: () => getHealth(server),
    rateLimit: () => server.http.rateLimit,
    projects: (search) => listProjects(server, search),
    pipelines: (project, search) => listPipelines(server, project, search),
    branches: (project, search) => listBranches(server, project, search),
    inputs: async () => lack('inputs'),
    trigger: (request) => trigger(server, request),
    find: (request) => find(server, request),
    executions: (target, search) => listExecutions(server, target, search),
    status: (reference) => getStatus(server, reference),
    jobs: (reference) => listJobs(server, reference),
    steps: (reference, job) => listSteps(server, reference, job),
    logs: (reference, job, offset) => readLog(server, reference, job, offset),
    cancel: (reference) => cancel(server, reference),
    retry: async (reference, what) => (what === 'failed' ? lack('retry-failed') : retry(server, reference)),
    artifacts: async () => lack('artifacts'),
    download: async () => lack('artifacts'),
  };
}
