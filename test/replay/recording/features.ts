import type { TransitionBatch } from '#contracts/run.js';
import { parseStepKey } from '#domain/execution/instance.js';
import type { Plan, PlanNode } from '#domain/plan/plan.js';
import { compressingCodec } from '#temporal/payload-codec.js';
import type { History } from '../history-files.js';
import type { Replayed, WorkflowCommand } from '../replay-histories.js';

/**
 * What a history shows, in words that are the same where two show the same: which commands are given, and what becomes of which sort of step in which place. With the lines that run, this decides whether it is kept.
 */
export async function featuresOf(history: History, replayed: Replayed): Promise<Set<string>> {
  const plan = await planOf(history);
  return new Set([...commandsOf(replayed), ...(plan === undefined ? [] : endsOf(plan, replayed))]);
}

/** Commands, by what is peculiar to them. */
function commandsOf({ activations }: Replayed): string[] {
  return activations.flatMap(({ commands }) => commands.map((command) => `command ${describe(command)}`));
}

function describe({ scheduleActivity, ...command }: WorkflowCommand): string {
  if (scheduleActivity == null)
    return Object.keys(command)
      .filter((key) => key !== 'userMetadata')
      .join('+');
  const { taskQueue, heartbeatTimeout, scheduleToStartTimeout, retryPolicy, priority } = scheduleActivity;
  const told = { heartbeatTimeout, scheduleToStartTimeout, priority };
  const options = Object.entries(told).flatMap(([name, value]) => (value == null ? [] : [name]));
  const again = (retryPolicy?.maximumAttempts ?? 1) > 1 ? 'again' : 'once';
  return `${scheduleActivity.activityType} on ${taskQueue} ${again} ${options.join()}`;
}

function endsOf(plan: Plan, { activations }: Replayed): string[] {
  const nodes = new Map(plan.nodes.map((node) => [node.id, node]));
  return activations
    .flatMap(({ told }) => told)
    .flatMap((word) => {
      if (!('transitions' in word)) return [];
      return [...word.transitions.flatMap((one) => endOf(nodes, plan, one)), ...eventsOf(word)];
    });
}

function endOf(
  nodes: ReadonlyMap<string, PlanNode>,
  plan: Plan,
  { step, status, skipped, waiting, error, reused, attempt }: TransitionBatch['transitions'][number],
): string[] {
  const how = `${status} ${skipped ?? ''} ${waiting ?? ''} ${error?.code ?? ''} ${reused ?? ''}`;
  if (step === undefined) return [`run ${how}`];
  const node = nodes.get(parseStepKey(step).id);
  if (node === undefined) return [];
  const parent = node.parent === null ? undefined : plan.nodes[node.parent];
  const more = (attempt ?? 1) > 1 ? 'again' : '';
  return [`${sortOf(node)} ${how} ${more}`, `${sortOf(node)} in ${parent?.kind} ${status} ${skipped ?? ''}`];
}

function sortOf(node: PlanNode): string {
  if (node.kind !== 'uses') return node.kind;
  const { inline, workspace, pool, unattended, compensates } = node;
  return [
    'uses',
    ...Object.entries({ inline, workspace, pool, unattended, compensates })
      .filter(([, is]) => is !== undefined && is !== false)
      .map(([name]) => name),
  ].join('-');
}

function eventsOf({ events }: TransitionBatch): string[] {
  return (events ?? []).map(({ type }) => `event ${type}`);
}

/** Undefined of a tick. */
async function planOf({ events }: History): Promise<Plan | undefined> {
  const payloads = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const [decoded] = await compressingCodec.decode(payloads as never);
  return (JSON.parse(Buffer.from(decoded!.data!).toString()) as { plan?: Plan }).plan;
}
