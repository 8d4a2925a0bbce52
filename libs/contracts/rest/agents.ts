import type { AgentAuth, AgentRetry } from '../agents.js';
import type { ReasonRequest } from './operations.js';

/** GET /agents and /agents/{id}. */
export interface AgentView {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly healthUrl?: string;
  readonly description?: string;
  /** Secrets stand in it as references. */
  readonly auth: AgentAuth;
  /** Of one call. */
  readonly timeoutMs: number;
  readonly retry: AgentRetry;
  readonly status: 'active' | 'disabled';
  /** As it was found last. */
  readonly health?: AgentHealth;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** GET /agents/{id}/health calls the agent and answers with this. */
export interface AgentHealth {
  readonly status: 'healthy' | 'unhealthy';
  readonly checkedAt: string;
  readonly ms: number;
  /** What it answered with; absent where it did not answer. */
  readonly httpStatus?: number;
  /** What is wrong. */
  readonly message?: string;
}

/** POST /agents. */
export interface AgentRequest extends ReasonRequest {
  readonly name: string;
  readonly url: string;
  readonly healthUrl?: string | null;
  readonly description?: string | null;
  readonly auth?: AgentAuth;
  readonly timeoutMs?: number;
  readonly retry?: AgentRetry;
  readonly status?: 'active' | 'disabled';
}

/** PATCH /agents/{id}: what it does not name stays as it is. */
export type AgentChange = Partial<AgentRequest>;

/** Where an agent answers an invocation. */
export function answerPathOf(invocation: string): string {
  return `/api/v1/agent-invocations/${invocation}/answer`;
}

/** GET /agent-invocations/{id}, by the agent: whether anybody still waits for it. */
export interface InvocationView {
  readonly id: string;
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  readonly state: 'sending' | 'accepted' | 'answered' | 'closed';
}
