import type { RunAction, RunWorkflow } from '../driving/world.js';
import { attemptLimitOf } from '../execution/attempt-policy.js';
import { engineError } from '../execution/failures.js';
import { parseStepKey, stepKey } from '../execution/instance.js';
import type { StepKey } from '../execution/state.js';
import type { StepError } from '../execution/step-error.js';
import { evaluate } from '../expressions/evaluate.js';
import type { Json, JsonObject } from '../json.js';
import type { PlanActions } from '../plan/action.js';
import { compileSchemaOnce } from '../validation/json-schema.js';
import type { Mock, Reply, TestCase } from './test-file.js';

/** How a mocked call goes. */
export interface Performance {
  readonly takesMs: number;
  readonly end:
    | { readonly type: 'succeeded'; readonly output: Json }
    | { readonly type: 'failed'; readonly error: StepError; readonly retryable: boolean };
}

/** The mocks of one test while its run goes on. */
export class MockStage {
  /** Names of what was called and is not mocked. */
  readonly unmocked = new Set<string>();
  private readonly taken = new Set<Reply>();
  /** In words: a condition that could not be evaluated. */
  readonly problems: string[] = [];

  constructor(
    private readonly test: Pick<TestCase, 'mocks'>,
    private readonly actions: PlanActions,
  ) {}

  isMocked(command: RunAction | RunWorkflow): boolean {
    return this.find(command) !== undefined;
  }

  perform(command: RunAction | RunWorkflow, attempt: number): Performance {
    const refused = command.type === 'run-action' ? this.checkInput(command) : undefined;
    if (refused !== undefined)
      return { takesMs: 0, end: { type: 'failed', error: refused, retryable: false } };
    const mock = this.find(command);
    if (mock === undefined) return this.miss(command);
    const input = command.type === 'run-action' ? command.with : command.inputs;
    const reply = this.choose(mock, { input, step: command.step, attempt });
    if (reply === undefined) return this.miss(command);
    const limit = command.type === 'run-action' ? attemptLimitOf(command.node) : Number.POSITIVE_INFINITY;
    if (reply.takesMs > limit)
      return { takesMs: limit, end: { type: 'failed', error: engineError('step-timeout'), retryable: true } };
    return { takesMs: reply.takesMs, end: this.endOf(command, reply) };
  }

  private endOf(command: RunAction | RunWorkflow, { result }: Reply): Performance['end'] {
    if ('error' in result) return { type: 'failed', ...result };
    const { outputSchema } = command.type === 'run-action' ? command.node : {};
    const misfit =
      outputSchema === undefined ? undefined : describeMisfit(outputSchema, result.output, 'output');
    if (misfit === undefined) return { type: 'succeeded', output: result.output };
    const message = `The output does not fit its schema: ${misfit}.`;
    return {
      type: 'failed',
      error: { class: 'configuration', code: 'output-invalid', message },
      retryable: false,
    };
  }

  /** As whoever does the action does, before it begins. */
  private checkInput({ node, with: input }: RunAction): StepError | undefined {
    const action = this.actions.get(node.action);
    const misfit = action === undefined ? undefined : describeMisfit(action.input, input, 'with');
    if (misfit === undefined) return undefined;
    const message = `Input of ${node.action} does not fit: ${misfit}.`;
    return { class: 'configuration', code: 'action-input-invalid', message };
  }

  private find(command: RunAction | RunWorkflow): Mock | undefined {
    const { mocks } = this.test;
    for (const name of namesOf(command.step)) {
      const mock = mocks.get(name);
      if (mock !== undefined) return mock;
    }
    return command.type === 'run-action' ? mocks.get(command.node.action) : undefined;
  }

  private choose(mock: Mock, facts: { input: JsonObject; step: string; attempt: number }): Reply | undefined {
    const fitting = mock.replies.filter(({ when }) => when === undefined || this.holds(when, facts));
    const reply = fitting.find((candidate) => !this.taken.has(candidate)) ?? fitting.at(-1);
    if (reply !== undefined) this.taken.add(reply);
    return reply;
  }

  private holds(when: NonNullable<Reply['when']>, facts: Readonly<Record<string, Json>>): boolean {
    const result = evaluate(when, {
      lookup: (name) => (Object.hasOwn(facts, name) ? facts[name] : undefined),
    });
    if (result.ok && typeof result.value === 'boolean') return result.value;
    this.problems.push(
      `\`when: ${when.source}\` ${result.ok ? 'is neither true nor false' : `fails: ${result.message}`}`,
    );
    return false;
  }

  private miss({ step, ...command }: RunAction | RunWorkflow): Performance {
    const what = command.type === 'run-action' ? command.node.action : `workflow ${command.node.workflow}`;
    this.unmocked.add(`${step} (${what})`);
    const message = `The test neither mocks ${step} nor allows ${what}.`;
    return {
      takesMs: 0,
      end: {
        type: 'failed',
        error: { class: 'configuration', code: 'not-mocked', message },
        retryable: false,
      },
    };
  }
}

/** Names by which a step is meant, the narrowest first: `probe[1][0]`, `probe[1]`, `probe`. */
export function namesOf(key: StepKey): string[] {
  const { id, iterations } = parseStepKey(key);
  return [...iterations.keys(), iterations.length]
    .map((length) => stepKey(id, iterations.slice(0, length)))
    .reverse();
}

const MOST_TOLD = 5;

function describeMisfit(schema: JsonObject, value: Json, root: string): string | undefined {
  const compiled = compileSchemaOnce(schema);
  const problems = compiled.ok ? compiled.check(value) : compiled.problems;
  if (problems.length === 0) return undefined;
  return problems
    .slice(0, MOST_TOLD)
    .map(({ path, message }) => `${[root, ...path].join('.')} ${message}`)
    .join('; ');
}
