import type { Page } from '#contracts/rest/page.js';
import type {
  AssessmentSummary,
  AssessmentVersionView,
  AssessmentView,
  AssessRiskRequest,
  EnvironmentRequest,
  EnvironmentView,
  OutcomeRequest,
  OutcomeView,
  RiskModelFacts,
} from '#contracts/rest/risk.js';
import { type Endpoint, type Query, request, toQuery } from './http.js';
import { readAll } from './read-all.js';

/** Risks of changes as the server keeps them. */
export interface RiskApi {
  assessRisk(order: AssessRiskRequest): Promise<AssessmentView>;
  /** The latest. */
  listAssessments(query: Query): Promise<readonly AssessmentSummary[]>;
  getAssessment(id: string): Promise<AssessmentView>;
  listAssessmentVersions(id: string): Promise<readonly AssessmentVersionView[]>;
  listEnvironments(): Promise<readonly EnvironmentView[]>;
  getEnvironment(name: string): Promise<EnvironmentView>;
  setEnvironment(name: string, said: EnvironmentRequest): Promise<EnvironmentView>;
  forgetEnvironment(name: string): Promise<void>;
  noteOutcome(outcome: OutcomeRequest): Promise<OutcomeView>;
  /** All of them. */
  listOutcomes(query: Query): Promise<readonly OutcomeView[]>;
  getRiskModel(): Promise<RiskModelFacts>;
  /** `text`: of the model's file. */
  setRiskModel(text: string): Promise<RiskModelFacts>;
  removeRiskModel(): Promise<void>;
}

export function createRiskApi(endpoint: Endpoint): RiskApi {
  const JSON_BODY = { 'content-type': 'application/json' };
  const send = <T>(method: 'POST' | 'PUT', path: string, body: string) =>
    request<T>(endpoint, { method, path: `/risk${path}`, body, headers: JSON_BODY });
  const get = <T>(path: string) => request<T>(endpoint, { method: 'GET', path: `/risk${path}` });
  const remove = (path: string) => request<void>(endpoint, { method: 'DELETE', path: `/risk${path}` });
  const all = <T>(path: string, query: Query = {}) =>
    readAll((page) => get<Page<T>>(`${path}${toQuery({ ...query, ...page })}`));
  const environment = (name: string) => `/environments/${encodeURIComponent(name)}`;
  const assessment = (id: string) => `/assessments/${encodeURIComponent(id)}`;
  return {
    assessRisk: (order) => send('POST', '/assessments', JSON.stringify(order)),
    listAssessments: async (query) =>
      (await get<Page<AssessmentSummary>>(`/assessments${toQuery(query)}`)).items,
    getAssessment: (id) => get(assessment(id)),
    listAssessmentVersions: (id) => all(`${assessment(id)}/versions`),
    listEnvironments: () => all('/environments'),
    getEnvironment: (name) => get(environment(name)),
    setEnvironment: (name, said) => send('PUT', environment(name), JSON.stringify(said)),
    forgetEnvironment: (name) => remove(environment(name)),
    noteOutcome: (outcome) => send('POST', '/outcomes', JSON.stringify(outcome)),
    listOutcomes: (query) => all('/outcomes', { limit: 200, ...query }),
    getRiskModel: () => get('/model'),
    setRiskModel: (text) => send('PUT', '/model', text),
    removeRiskModel: () => remove('/model'),
  };
}
