import type { AuditEntryView, AuditVerdictView } from '#contracts/rest/audit.js';
import type { Page } from '#contracts/rest/page.js';
import type { ErasureRequest, ErasureView } from '#contracts/rest/personal-data.js';
import type {
  RetentionForecastView,
  RetentionPassView,
  RetentionPeriod,
  RetentionRequest,
  RetentionStatisticsView,
  RetentionView,
} from '#contracts/rest/retention.js';
import { type Endpoint, openLines, type Query, request, toQuery } from './http.js';
import { readAll } from './read-all.js';

/** What is kept, and for how long. */
export interface AuditApi {
  listAudit(query: Query): Promise<Page<AuditEntryView>>;
  exportAudit(query: Query): Promise<AsyncIterable<Uint8Array>>;
  /** `expect`: `sequence:hash`. */
  verifyAudit(expect: string | undefined): Promise<AuditVerdictView>;
  getRetention(): Promise<RetentionView>;
  setRetention(body: RetentionRequest): Promise<RetentionView>;
  forecastRetention(
    periods: readonly RetentionPeriod[] | undefined,
  ): Promise<readonly RetentionForecastView[]>;
  runRetention(reason: string | undefined): Promise<RetentionPassView>;
  getRetentionPass(id: string): Promise<RetentionPassView>;
  listRetentionPasses(): Promise<readonly RetentionPassView[]>;
  getRetentionStatistics(): Promise<RetentionStatisticsView>;
  exportPerson(name: string): Promise<AsyncIterable<Uint8Array>>;
  erasePerson(body: ErasureRequest): Promise<ErasureView>;
}

/** A million entries, or rows, take a minute. */
const LONG_MS = 3_600_000;

export function createAuditApi(endpoint: Endpoint): AuditApi {
  const get = <T>(path: string, query: Query = {}, withinMs?: number) =>
    request<T>(endpoint, {
      method: 'GET',
      path: path + toQuery(query),
      ...(withinMs !== undefined && { withinMs }),
    });
  const json = { 'content-type': 'application/json' };
  const send = <T>(method: 'POST' | 'PUT', path: string, body: unknown, withinMs?: number) =>
    request<T>(endpoint, {
      method,
      path,
      body: JSON.stringify(body),
      headers: json,
      ...(withinMs !== undefined && { withinMs }),
    });
  return {
    listAudit: (query) => get('/audit-logs', query),
    exportAudit: (query) =>
      openLines(endpoint, { method: 'GET', path: `/audit-logs/export${toQuery(query)}` }),
    verifyAudit: (expect) => get('/audit-logs/verify', { expect }, LONG_MS),
    getRetention: () => get('/retention'),
    setRetention: (body) => send('PUT', '/retention', body),
    forecastRetention: async (periods) =>
      (
        await send<{ readonly kinds: readonly RetentionForecastView[] }>(
          'POST',
          '/retention/dry-run',
          periods === undefined ? {} : { periods },
          LONG_MS,
        )
      ).kinds,
    runRetention: (reason) => send('POST', '/retention/run', reason === undefined ? {} : { reason }),
    getRetentionPass: (id) => get(`/retention/passes/${encodeURIComponent(id)}`),
    listRetentionPasses: () =>
      readAll((page) => get<Page<RetentionPassView>>('/retention/passes', { ...page })),
    getRetentionStatistics: () => get('/retention/statistics', {}, LONG_MS),
    exportPerson: (name) =>
      openLines(endpoint, {
        method: 'POST',
        path: '/personal-data/export',
        body: JSON.stringify({ name }),
        headers: json,
      }),
    erasePerson: (body) => send('POST', '/personal-data/erase', body, LONG_MS),
  };
}
