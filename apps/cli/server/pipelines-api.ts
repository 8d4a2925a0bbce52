import type { Page } from '#contracts/rest/page.js';
import type {
  PipelineExecutionView,
  PipelineJobView,
  PipelineStatisticsView,
  RetryPipelineRequest,
} from '#contracts/rest/pipelines.js';
import { type Endpoint, openText, type Query, request, toQuery } from './http.js';

/** Executions of pipelines; one is named by its id here. */
export interface PipelinesApi {
  /** The first page, the newest first. */
  listPipelines(query: Query): Promise<Page<PipelineExecutionView>>;
  getPipeline(id: string): Promise<PipelineExecutionView>;
  listPipelineJobs(id: string): Promise<readonly PipelineJobView[]>;
  openPipelineLog(id: string, job: string): Promise<AsyncIterable<Uint8Array>>;
  cancelPipeline(id: string, reason: string | undefined): Promise<PipelineExecutionView>;
  retryPipeline(id: string, body: RetryPipelineRequest): Promise<PipelineExecutionView>;
  getPipelineStatistics(query: Query): Promise<PipelineStatisticsView>;
}

export function createPipelinesApi(endpoint: Endpoint): PipelinesApi {
  const get = <T>(path: string) => request<T>(endpoint, { method: 'GET', path });
  const post = <T>(path: string, body: unknown) =>
    request<T>(endpoint, {
      method: 'POST',
      path,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  return {
    listPipelines: (query) => get(`/pipelines${toQuery(query)}`),
    getPipeline: (id) => get(pathOf(id)),
    listPipelineJobs: async (id) => (await get<Page<PipelineJobView>>(`${pathOf(id)}/jobs`)).items,
    openPipelineLog: (id, job) => openText(endpoint, `${pathOf(id)}/jobs/${encodeURIComponent(job)}/logs`),
    cancelPipeline: (id, reason) =>
      post(`${pathOf(id)}/cancel`, { ...(reason === undefined ? {} : { reason }) }),
    retryPipeline: (id, body) => post(`${pathOf(id)}/retry`, body),
    getPipelineStatistics: (query) => get(`/pipelines/statistics${toQuery(query)}`),
  };
}

function pathOf(id: string): string {
  return `/pipelines/${encodeURIComponent(id)}`;
}
