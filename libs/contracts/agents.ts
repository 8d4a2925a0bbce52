import type { Json } from '#domain/json.js';
import type { ActionContext } from './ports.js';

/** How an agent is told who asks; secrets stand as references. */
export type AgentAuth =
  | { readonly type: 'none' }
  | { readonly type: 'bearer'; readonly secret: string }
  | { readonly type: 'basic'; readonly username: string; readonly secret: string }
  | { readonly type: 'api_key'; readonly header: string; readonly secret: string }
  /** Client credentials (RFC 6749, 4.4). */
  | {
      readonly type: 'oauth2';
      readonly tokenUrl: string;
      readonly clientId: string;
      readonly secret: string;
      readonly scopes: readonly string[];
    };

/** Calls that did not reach the agent, or that it was too busy for, are made again within one attempt of a step. */
export interface AgentRetry {
  /** Calls at most. */
  readonly attempts: number;
  /** Before the second call, in milliseconds; doubled before each further one. */
  readonly pauseMs: number;
}

/** An external executor, as workers call it. */
export interface AgentSettings {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly auth: AgentAuth;
  /** Limit of one call, in milliseconds; not of the work that the agent goes on with after it has answered 202. */
  readonly timeoutMs: number;
  readonly retry: AgentRetry;
  readonly status: 'active' | 'disabled';
}

/** What an agent says of work that it took on. */
export type AgentAnswer =
  | { readonly status: 'succeeded'; readonly output: Json }
  | { readonly status: 'failed'; readonly message: string; readonly retryable: boolean };

/** The use of an agent by one attempt of a step. */
export interface InvocationKey {
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  /** Its name. */
  readonly agent: string;
  /** Names the attempt where it is told of its end from elsewhere. */
  readonly taskToken: Uint8Array;
}

/** An invocation that has not been closed. */
export interface OpenInvocation {
  readonly id: string;
  /** `sending`: whether the agent has heard of it is not known. */
  readonly state: 'sending' | 'accepted' | 'answered';
  readonly answer?: AgentAnswer;
  /** Signs the token by which the agent may answer. */
  readonly key: Uint8Array;
}

/** Agents, and what is under way at them. */
export interface AgentStore {
  /** In the project of the run. */
  find(run: string, name: string): Promise<AgentSettings | undefined>;
  /** The open invocation of the step, which this attempt takes over, or a new one. Throws SluiceError `run-unknown`. */
  open(key: InvocationKey): Promise<OpenInvocation>;
  /** The agent has taken it on. Answers with how it stands: it may have been answered already. */
  accept(id: string): Promise<OpenInvocation>;
  /** It is over; nothing that the agent says of it counts any longer. */
  close(id: string): Promise<void>;
}

/** One call of an agent. */
export interface AgentCall {
  readonly invocation: string;
  readonly input: Json;
  /** Where an agent that goes on by itself says how it ended: a POST with the token as bearer. */
  readonly callback: { readonly url: string; readonly token: string };
}

export type AgentReply =
  /** 202: it goes on by itself. */
  { readonly accepted: true } | { readonly accepted: false; readonly output: Json };

export interface AgentCaller {
  /**
   * Calls it as often as its retry settings allow. Throws SluiceError `agent-refused`, `agent-answer-invalid`,
   * `agent-token-refused`, and what the HTTP client and the resolver of secrets throw.
   */
  call(agent: AgentSettings, call: AgentCall, context: ActionContext): Promise<AgentReply>;
  /** What proves who asks is hidden in all that the attempt gives out, should the agent tell it on. */
  hideCredentials(agent: AgentSettings, context: ActionContext): Promise<void>;
}

/** What `agent/invoke` works with. */
export interface AgentWorld {
  readonly store: AgentStore;
  readonly caller: AgentCaller;
  /** Where an agent answers an invocation, with a token signed by the invocation's key. */
  callbackOf(invocation: string, key: Uint8Array): Promise<AgentCall['callback']>;
}
