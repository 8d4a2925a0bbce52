import { type Execution, isOver, type PipelineState } from '#contracts/cicd/execution.js';
import { given } from '../http/given.js';
import type { Facts } from './facts.js';
import type { Workflow } from './workflows.js';

/** After which a pipeline that is made and has no workflow will have none: its filters let nothing through. */
const EMPTY_AFTER_MS = 5 * 60_000;
const MOST_WORDS = 300;

interface Parts {
  readonly facts: Facts;
  readonly workflows: readonly Workflow[];
  /** As whoever asks names it. */
  readonly pipeline: string;
  /** Of the integration. */
  readonly baseUrl: string;
  readonly now: number;
  readonly key?: string | undefined;
}

/** A pipeline is what its workflows are, all of them. */
export function composeExecution(parts: Parts): Execution {
  const { facts, workflows, pipeline, baseUrl, key } = parts;
  const state = computeState(parts);
  const ended = workflows.flatMap(({ endedAt }) => endedAt ?? []);
  const started = workflows.flatMap(({ startedAt }) => startedAt ?? []);
  return {
    reference: { project: facts.slug, pipeline, id: facts.id },
    attempt: Math.max(1, ...workflows.map(({ attempt }) => attempt)),
    state,
    native: describeState(facts, workflows),
    title: `#${facts.number}`,
    url: addressOf(facts, baseUrl),
    ...given({
      ref: facts.branch ?? facts.tag,
      commit: facts.commit,
      trigger: facts.trigger,
      actor: facts.actor,
      createdAt: facts.createdAt,
      startedAt: started.length === 0 ? undefined : Math.min(...started),
      endedAt: isOver(state) && ended.length > 0 ? Math.max(...ended) : undefined,
      key,
    }),
  };
}

function computeState({ facts, workflows, now }: Parts): PipelineState {
  if (facts.state === 'errored') return 'failed';
  if (workflows.length === 0) {
    const isEmpty = facts.state === 'created' && now - (facts.createdAt ?? now) > EMPTY_AFTER_MS;
    return isEmpty ? 'skipped' : 'queued';
  }
  const states = new Set(workflows.map(({ state }) => state));
  for (const state of ['running', 'queued', 'blocked', 'failed', 'canceled'] as const)
    if (states.has(state)) return state;
  // What goes on behind a setup is made by it.
  const isSetUp = workflows.every(({ isSetup }) => isSetup) && facts.state !== 'created';
  if (isSetUp) return 'running';
  return states.has('succeeded') ? 'succeeded' : 'skipped';
}

function describeState({ state, errors }: Facts, workflows: readonly Workflow[]): string {
  if (state === 'errored') return [state, ...errors].join(': ').slice(0, MOST_WORDS).toWellFormed();
  return [...new Set(workflows.map(({ native }) => native))].join(', ') || state;
}

const LONG: ReadonlyMap<string, string> = new Map([
  ['gh', 'github'],
  ['bb', 'bitbucket'],
]);

function addressOf({ slug, number }: Facts, baseUrl: string): string {
  const { protocol, host } = new URL(baseUrl);
  const [provider = '', ...rest] = slug.split('/');
  const path = [LONG.get(provider) ?? provider, ...rest, number].map(encodeURIComponent).join('/');
  return `${protocol}//${host === 'circleci.com' ? 'app.circleci.com' : host}/pipelines/${path}`;
}
