import type {
  Execution,
  ExecutionReference,
  PipelineArtifact,
  PipelineInput,
  PipelineJob,
  PipelineStep,
} from '#contracts/cicd/execution.js';
import type { Connection } from '../connection.js';
import type {
  FindRequest,
  PlatformClient,
  RateLimit,
  Search,
  Target,
  TriggerRequest,
  Unsupported,
} from '../platform.js';
import { GitHubApi, runPath } from './api.js';
import { listArtifacts, openArtifact } from './artifacts.js';
import { checkHealth, listBranches, listProjects, listWorkflows } from './discovery.js';
import { dispatch } from './dispatch.js';
import { fetchJob, listJobs } from './jobs.js';
import { openLog } from './logs.js';
import { fetchRun, findRun, listRuns } from './runs.js';
import { fetchWorkflow } from './workflow.js';

export class GitHubClient implements PlatformClient {
  private readonly api: GitHubApi;

  constructor(connection: Connection) {
    this.api = new GitHubApi(connection);
  }

  health() {
    return checkHealth(this.api);
  }

  rateLimit(): RateLimit | undefined {
    return this.api.http.rateLimit;
  }

  projects(search: Search) {
    return listProjects(this.api, search);
  }

  pipelines(project: string, search: Search) {
    return listWorkflows(this.api, project, search);
  }

  branches(project: string, search: Search) {
    return listBranches(this.api, project, search);
  }

  async inputs(target: Target): Promise<readonly PipelineInput[]> {
    return (await fetchWorkflow(this.api, target)).inputs;
  }

  trigger(request: TriggerRequest): Promise<Execution> {
    return dispatch(this.api, request);
  }

  find(request: FindRequest) {
    return findRun(this.api, request);
  }

  executions(target: Omit<Target, 'ref'>, search: Search & { readonly since?: number }) {
    return listRuns(this.api, target, search);
  }

  status(reference: ExecutionReference): Promise<Execution> {
    return fetchRun(this.api, reference);
  }

  jobs(reference: ExecutionReference): Promise<readonly PipelineJob[]> {
    return listJobs(this.api, reference);
  }

  async steps({ project }: ExecutionReference, job: string): Promise<readonly PipelineStep[]> {
    return (await fetchJob(this.api, project, job)).steps ?? [];
  }

  logs(reference: ExecutionReference, job: string, offset: number) {
    return openLog(this.api, reference, job, offset);
  }

  async cancel({ project, id }: ExecutionReference): Promise<Unsupported | undefined> {
    if (this.api.isGitea) return NO_CANCEL;
    const path = `${runPath(project, id)}/cancel`;
    // Conflict: it is over already.
    await this.api.http.send({ method: 'POST', path, subject: `run ${id} of ${project}`, expected: [409] });
    return undefined;
  }

  /** The same run, whose next attempt GitHub may not show at once. */
  async retry(reference: ExecutionReference, what: 'all' | 'failed'): Promise<Execution> {
    const { project, id } = reference;
    const before = await fetchRun(this.api, reference);
    const path = `${runPath(project, id)}/${what === 'all' ? 'rerun' : 'rerun-failed-jobs'}`;
    await this.api.http.send({ method: 'POST', path, subject: `run ${id} of ${project} once more` });
    const after = await fetchRun(this.api, reference);
    if (after.attempt > before.attempt || this.api.isGitea) return after;
    const { startedAt: _, endedAt: __, ...rest } = after;
    return { ...rest, attempt: before.attempt + 1, state: 'queued', native: 'queued' };
  }

  artifacts(reference: ExecutionReference): Promise<readonly PipelineArtifact[]> {
    return listArtifacts(this.api, reference);
  }

  download(reference: ExecutionReference, artifact: PipelineArtifact): Promise<AsyncIterable<Uint8Array>> {
    return openArtifact(this.api, reference, artifact);
  }
}

const NO_CANCEL: Unsupported = {
  unsupported: 'cancel',
  instead: 'Cancel the run on its page: the API of Gitea cannot.',
};
