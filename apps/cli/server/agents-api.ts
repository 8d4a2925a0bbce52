import type { AgentChange, AgentHealth, AgentView } from '#contracts/rest/agents.js';
import type { Page } from '#contracts/rest/page.js';
import { isSluiceError } from '#domain/errors.js';
import { type Endpoint, request, toQuery } from './http.js';
import { readAll } from './read-all.js';

/** External executors; an agent is named by its id or name. */
export interface AgentsApi {
  listAgents(): Promise<readonly AgentView[]>;
  /** Changes the agent of this name, or registers it. */
  setAgent(name: string, change: AgentChange): Promise<AgentView>;
  checkAgent(agent: string): Promise<AgentHealth>;
  removeAgent(agent: string): Promise<void>;
}

export function createAgentsApi(endpoint: Endpoint): AgentsApi {
  const send = <T>(method: 'POST' | 'PATCH', path: string, body: unknown) =>
    request<T>(endpoint, {
      method,
      path,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  return {
    listAgents: () =>
      readAll((page) =>
        request<Page<AgentView>>(endpoint, { method: 'GET', path: `/agents${toQuery({ ...page })}` }),
      ),
    async setAgent(name, change) {
      try {
        return await send<AgentView>('PATCH', agentPath(name), change);
      } catch (error) {
        if (!isSluiceError(error) || error.code !== 'agent-not-found') throw error;
        return send<AgentView>('POST', '/agents', { ...change, name });
      }
    },
    checkAgent: (agent) => request(endpoint, { method: 'GET', path: `${agentPath(agent)}/health` }),
    removeAgent: (agent) => request(endpoint, { method: 'DELETE', path: agentPath(agent) }),
  };
}

function agentPath(agent: string): string {
  return `/agents/${encodeURIComponent(agent)}`;
}
