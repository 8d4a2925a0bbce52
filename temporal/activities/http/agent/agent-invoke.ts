import type { AgentWorld, OpenInvocation } from '#contracts/agents.js';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { AgentInvokeInput, AgentInvokeOutput } from '#contracts/catalogue/agent-invoke.js';
import type { Action, ActionContext } from '#contracts/ports.js';
import type { Json } from '#domain/json.js';
import { HandedOver } from '../../handed-over.js';

/**
 * `agent/invoke`. Throws HandedOver when the agent goes on by itself: whoever hears of its end has the step taken up again,
 * and this finds the answer. Throws SluiceError `agent-not-found`, `agent-disabled`, `agent-failed`, `agents-not-here`, and
 * what calling an agent throws.
 */
export function createAgentInvoke(world: AgentWorld | undefined): Action {
  return async (input, context) => {
    if (world === undefined || context.taskToken === undefined) throw createNotHere();
    return {
      ...(await new AgentUse(world, context, context.taskToken).run(input as unknown as AgentInvokeInput)),
    };
  };
}

class AgentUse {
  constructor(
    private readonly world: AgentWorld,
    private readonly context: ActionContext,
    private readonly taskToken: Uint8Array,
  ) {}

  async run({ agent: name, input = null }: AgentInvokeInput): Promise<AgentInvokeOutput> {
    const { store } = this.world;
    const { run, step, attempt } = this.context;
    const opened = await store.open({ run, step, attempt, agent: name, taskToken: this.taskToken });
    const invocation = opened.state === 'sending' ? await this.send(name, opened, input) : opened;
    if ('output' in invocation) {
      await store.close(opened.id);
      return { output: invocation.output, invocation: opened.id };
    }
    if (invocation.answer === undefined) {
      this.context.log('sluice', `The agent ${name} has taken it on and goes on by itself.`);
      throw new HandedOver();
    }
    const { answer } = invocation;
    const agent = await store.find(run, name);
    if (agent !== undefined) await this.world.caller.hideCredentials(agent, this.context);
    await store.close(opened.id);
    if (answer.status === 'failed') throw createFailed(name, answer);
    return { output: answer.output, invocation: opened.id };
  }

  /** What the agent gave back at once, or how the invocation stands now that the agent has taken it on. */
  private async send(
    name: string,
    { id, key }: OpenInvocation,
    input: Json,
  ): Promise<{ readonly output: Json } | OpenInvocation> {
    const { store, caller } = this.world;
    const agent = await store.find(this.context.run, name);
    if (agent === undefined) throw createNotFound(name);
    if (agent.status === 'disabled') throw createDisabled(name);
    const callback = await this.world.callbackOf(id, key);
    // Whoever holds it may answer for the agent.
    this.context.mask(callback.token);
    // Where this fails the agent may have heard of it all the same: the next attempt asks by the same id.
    const reply = await caller.call(agent, { invocation: id, input, callback }, this.context);
    return reply.accepted ? store.accept(id) : reply;
  }
}

function createFailed(
  name: string,
  { message, retryable }: { readonly message: string; readonly retryable: boolean },
): Error {
  return createActionFailure({
    code: 'agent-failed',
    fault: 'operational',
    class: 'dependency',
    retryable,
    message: `The agent ${name} failed: ${message}`,
    hint: "Look at the agent's own log.",
  });
}

function createNotFound(name: string): Error {
  return createActionFailure({
    code: 'agent-not-found',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The project has no agent ${name}.`,
    hint: 'Register it with `sluice agents set`, or correct the name.',
  });
}

function createDisabled(name: string): Error {
  return createActionFailure({
    code: 'agent-disabled',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The agent ${name} is disabled.`,
    hint: 'Set its status to `active`.',
  });
}

function createNotHere(): Error {
  return createActionFailure({
    code: 'agents-not-here',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: 'Agents are known to a server, and there is none here.',
    hint: 'Start the workflow on a server, or give the step a mock in its tests.',
  });
}
