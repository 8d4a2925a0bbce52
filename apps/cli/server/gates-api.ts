import type {
  AfterwardsRequest,
  BypassRequest,
  BypassView,
  EvaluateGateRequest,
  GateDecisionView,
  GateResultSummary,
  GateResultView,
  GateVersionView,
  GateView,
} from '#contracts/rest/gates.js';
import type { Page } from '#contracts/rest/page.js';
import { type Endpoint, type Query, request, toQuery } from './http.js';
import { readAll } from './read-all.js';

/** What changes are judged by; a gate is named by its id or name. */
export interface GatesApi {
  listGates(): Promise<readonly GateView[]>;
  getGate(gate: string): Promise<GateView>;
  getGateVersion(gate: string, version: number): Promise<GateVersionView>;
  saveGate(name: string, text: string, format: 'yaml' | 'json'): Promise<GateView>;
  deleteGate(gate: string): Promise<void>;
  evaluateGate(gate: string, order: EvaluateGateRequest): Promise<GateDecisionView>;
  /** The latest. */
  listGateResults(gate: string, query: Query): Promise<readonly GateResultSummary[]>;
  getGateResult(gate: string, result: string): Promise<GateResultView>;
  noteAfterwards(gate: string, result: string, said: AfterwardsRequest): Promise<GateResultView>;
  bypassGate(gate: string, bypass: BypassRequest): Promise<BypassView>;
  /** Those that last. */
  listBypasses(gate: string): Promise<readonly BypassView[]>;
  revokeBypass(gate: string, bypass: string): Promise<void>;
}

export function createGatesApi(endpoint: Endpoint): GatesApi {
  const send = <T>(method: 'POST' | 'PUT', path: string, body: unknown) =>
    request<T>(endpoint, {
      method,
      path,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const get = <T>(path: string) => request<T>(endpoint, { method: 'GET', path });
  return {
    listGates: () => readAll((page) => get<Page<GateView>>(`/gates${toQuery({ ...page })}`)),
    getGate: (gate) => get(pathOf(gate)),
    getGateVersion: (gate, version) => get(`${pathOf(gate)}/versions/${version}`),
    saveGate: (name, text, format) =>
      request(endpoint, {
        method: 'PUT',
        path: pathOf(name),
        body: text,
        headers: { 'content-type': `application/${format}` },
      }),
    deleteGate: (gate) => request(endpoint, { method: 'DELETE', path: pathOf(gate) }),
    evaluateGate: (gate, order) => send('POST', `${pathOf(gate)}/evaluate`, order),
    listGateResults: async (gate, query) =>
      (await get<Page<GateResultSummary>>(`${pathOf(gate)}/results${toQuery(query)}`)).items,
    getGateResult: (gate, result) => get(`${pathOf(gate)}/results/${encodeURIComponent(result)}`),
    noteAfterwards: (gate, result, said) =>
      send('PUT', `${pathOf(gate)}/results/${encodeURIComponent(result)}/afterwards`, said),
    bypassGate: (gate, bypass) => send('POST', `${pathOf(gate)}/bypasses`, bypass),
    listBypasses: async (gate) =>
      (await get<Page<BypassView>>(`${pathOf(gate)}/bypasses${toQuery({ active: 'true' })}`)).items,
    revokeBypass: (gate, bypass) =>
      request(endpoint, {
        method: 'DELETE',
        path: `${pathOf(gate)}/bypasses/${encodeURIComponent(bypass)}`,
      }),
  };
}

function pathOf(gate: string): string {
  return `/gates/${encodeURIComponent(gate)}`;
}
