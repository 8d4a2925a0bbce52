import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentCall, AgentCaller, AgentReply, AgentSettings } from '#contracts/agents.js';
import { createActionFailure, isRetryable } from '#contracts/catalogue/action-failure.js';
import { classifyStatus, isWorthRetrying, readRetryAfter } from '#contracts/http-status.js';
import type { ActionContext } from '#contracts/ports.js';
import { type SluiceError } from '#domain/errors.js';
import type { Json } from '#domain/json.js';
import type { SafeClient, SafeResponse } from '../http/safe-client.js';
import { type CredentialContext, Credentials } from './credentials.js';

/** Bytes of what an agent answers at once. */
const ANSWER_LIMIT = 4 * 1024 * 1024;
/** What is told of a refusal, and what of its body is looked at for it. */
const EXCERPT_LENGTH = 1_000;
const EXCERPTED_BYTES = 16 * 1024;
/** However long the agent asks us to wait within one attempt; the step's own retries may wait longer. */
const LONGEST_PAUSE_MS = 60_000;

/** Calls agents over HTTP. */
export function createAgentCaller(client: SafeClient): AgentCaller {
  const credentials = new Credentials(client);
  return {
    call: (agent, call, context) => new Exchange(client, credentials, { agent, call, context }).run(),
    hideCredentials: (agent, context) => credentials.hide(agent.auth, contextOf(context)),
  };
}

interface Subject {
  readonly agent: AgentSettings;
  readonly call: AgentCall;
  readonly context: ActionContext;
}

class Exchange {
  private refreshed = false;

  constructor(
    private readonly client: SafeClient,
    private readonly credentials: Credentials,
    private readonly subject: Subject,
  ) {}

  async run(): Promise<AgentReply> {
    const { retry } = this.subject.agent;
    for (let made = 1; ; made++) {
      try {
        return await this.callOnce();
      } catch (error) {
        if (made >= retry.attempts || !isRetryable(error)) throw error;
        await this.pause(made, error);
      }
    }
  }

  private async pause(made: number, error: SluiceError): Promise<void> {
    const { agent, context } = this.subject;
    const asked = Number((error.details as { retryAfterMs?: number } | undefined)?.retryAfterMs ?? 0);
    const ms = Math.min(Math.max(agent.retry.pauseMs * 2 ** (made - 1), asked), LONGEST_PAUSE_MS);
    context.log('sluice', `${error.message} Calling ${agent.name} again in ${ms} ms.`);
    await sleep(ms, undefined, { signal: context.signal });
  }

  private async callOnce(): Promise<AgentReply> {
    const { agent, context } = this.subject;
    const secretHeaders = await this.credentials.headersFor(agent.auth, contextOf(context));
    const response = await this.send(secretHeaders);
    if (response.status === 401 && agent.auth.type === 'oauth2' && !this.refreshed) {
      this.refreshed = true;
      this.credentials.forget(agent.auth);
      return this.callOnce();
    }
    if (response.status < 200 || response.status > 299)
      throw createStatusFailure(agent.name, response, context.hide);
    return response.status === 202
      ? { accepted: true }
      : { accepted: false, output: readOutput(agent.name, response) };
  }

  private send(secretHeaders: Readonly<Record<string, string>>): Promise<SafeResponse> {
    const { agent, call, context } = this.subject;
    return this.client.send({
      url: agent.url,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        'idempotency-key': `"${context.idempotencyKey.replace(/["\\]/g, '\\$&')}"`,
        ...secretHeaders,
      },
      secretHeaders: Object.keys(secretHeaders),
      body: JSON.stringify({
        invocation: call.invocation,
        idempotencyKey: context.idempotencyKey,
        run: context.run,
        step: context.step,
        attempt: context.attempt,
        input: call.input,
        callback: call.callback,
      }),
      timeoutMs: agent.timeoutMs,
      maxBytes: ANSWER_LIMIT,
      maxRedirects: 0,
      signal: context.signal,
    });
  }
}

function contextOf({ signal, secrets, mask }: ActionContext): CredentialContext {
  return { signal, mask, resolve: (reference) => secrets.resolve(reference) };
}

/** RFC 9110: an empty body is no output. Throws SluiceError `agent-answer-invalid`. */
function readOutput(name: string, { body }: SafeResponse): Json {
  const text = body.toString('utf8');
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw createActionFailure({
      code: 'agent-answer-invalid',
      fault: 'user',
      class: 'dependency',
      retryable: false,
      message: `The agent ${name} answered with something other than JSON.`,
      hint: 'Have it answer with its output as JSON, with an empty body, or with 202.',
    });
  }
}

function createStatusFailure(
  name: string,
  { status, body, headers }: SafeResponse,
  hide: (text: string) => string,
): SluiceError {
  const retryable = isWorthRetrying(status);
  const retryAfterMs = readRetryAfter(headers['retry-after']);
  // Secrets are hidden before it is cut: half of one would be recognised nowhere.
  const text = hide(body.toString('utf8', 0, EXCERPTED_BYTES).replaceAll('\0', '\ufffd').trim());
  const excerpt = text.slice(0, EXCERPT_LENGTH).toWellFormed();
  return createActionFailure({
    code: 'agent-refused',
    fault: retryable ? 'operational' : 'user',
    class: classifyStatus(status),
    retryable,
    message: `The agent ${name} answered with status ${status}${excerpt ? `: ${excerpt}` : '.'}`,
    hint: "Look at the agent's own log; `sluice agents check` tells whether it is well.",
    facts: { status, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) },
  });
}
