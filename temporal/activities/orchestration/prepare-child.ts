import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { AddedChildRun, ChildRunStore, NewChildRun } from '#contracts/ports.js';
import type { ChildRunRequest, InterpretInput } from '#contracts/run.js';
import { originOfChild } from '#contracts/trace-context.js';
import { checkInputs } from '#domain/definition/check-inputs.js';
import { evaluateGroup } from '#domain/execution/concurrency-group.js';
import type { JsonObject } from '#domain/json.js';
import { countSteps } from '#domain/plan/count-steps.js';
import type { Plan } from '#domain/plan/plan.js';

/**
 * Notes the run that a step starts, and answers with the argument of its interpreter; repeated, it is the same run.
 * Throws SluiceError with the details of an action's failure.
 */
export function createPrepareChild(store: ChildRunStore) {
  return async (request: ChildRunRequest): Promise<InterpretInput> => {
    const { project, parent } = request;
    const { id, plan, inputs } = await findCallable(store, request);
    if (parent.holdsClaims && takesClaims(plan)) throw nested(request);
    const origin = originOfChild(parent.run, request.origin);
    const facts = {
      workflow: request.workflow,
      version: request.version,
      trigger: 'workflow',
      startedBy: request.startedBy,
    };
    const group = groupOf(plan, inputs, { ...facts, startedAt: new Date().toISOString() });
    const added = await store.add({
      key: keyOf(request),
      project,
      workflow: { id, name: request.workflow },
      version: request.version,
      inputs,
      startedBy: request.startedBy,
      parent,
      total: countSteps(plan),
      origin,
      ...group,
    });
    const run = requireAdded(added, group.concurrency?.group ?? '');
    return {
      plan,
      inputs,
      project,
      run: { id: run.id, ...facts, startedAt: run.createdAt.toISOString() },
      parent,
      origin,
    };
  };
}

/** No caller of the API can have sent it: an Idempotency-Key holds no space. */
function keyOf({ parent, attemptsBefore }: ChildRunRequest): string {
  return `step ${parent.run} ${parent.step} ${attemptsBefore}`;
}

async function findCallable(
  store: ChildRunStore,
  request: ChildRunRequest,
): Promise<{ readonly id: string; readonly plan: Plan; readonly inputs: JsonObject }> {
  const { project, workflow, version } = request;
  const found = await store.find(project, workflow, version);
  if (found === undefined) {
    throw createActionFailure({
      code: 'workflow-not-found',
      fault: 'user',
      class: 'configuration',
      retryable: false,
      message: `There is no workflow "${workflow}".`,
      hint: 'Save it first, or correct the name.',
    });
  }
  if (found.version === undefined) {
    throw createActionFailure({
      code: 'workflow-version-not-found',
      fault: 'user',
      class: 'configuration',
      retryable: false,
      message: `${workflow} has no version ${version}; its latest is ${found.latestVersion}.`,
      hint: 'Name a version that exists, or none: then the latest at the time of saving is meant.',
    });
  }
  const checked = checkInputs(found.version.inputs, request.inputs);
  if (checked.errors !== undefined) {
    const text = checked.errors.map((error) => `${error.path} ${error.message}`).join(' ');
    throw createActionFailure({
      code: 'inputs-invalid',
      fault: 'user',
      class: 'configuration',
      retryable: false,
      message: `The inputs do not fit ${workflow}: ${text}`.slice(0, 1_000),
      hint: 'Give it the inputs that it declares.',
    });
  }
  return { id: found.id, plan: found.version.plan, inputs: checked.inputs };
}

function takesClaims(plan: Plan): boolean {
  return plan.concurrency !== undefined || plan.nodes.some((node) => node.claims !== undefined);
}

function nested({ workflow }: ChildRunRequest): Error {
  return createActionFailure({
    code: 'claims-nested',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${workflow} takes locks, resources or a concurrency group, and the step that starts it holds some already.`,
    hint: 'Take all of them in one place: at the step that starts the run, or in the workflow that it starts.',
  });
}

function groupOf(
  { concurrency }: Plan,
  inputs: JsonObject,
  run: Parameters<typeof evaluateGroup>[2],
): Pick<NewChildRun, 'concurrency'> {
  if (concurrency === undefined) return {};
  const group = evaluateGroup(concurrency.group, inputs, run);
  if (group.ok) return { concurrency: { group: group.name, policy: concurrency.policy } };
  throw createActionFailure({
    code: 'concurrency-group-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The concurrency group of ${run.workflow} ${group.message}`.slice(0, 1_000),
    hint: 'It must yield a text of 1 to 200 characters.',
  });
}

function requireAdded(
  added: AddedChildRun,
  group: string,
): Extract<AddedChildRun, { readonly outcome: 'added' }> {
  switch (added.outcome) {
    case 'added':
      return added;
    case 'busy':
      throw createActionFailure({
        code: 'concurrency-busy',
        fault: 'operational',
        class: 'resource',
        retryable: true,
        message: `Run ${added.run} of the concurrency group "${group}" has not ended.`,
      });
    case 'rejected':
      throw createActionFailure({
        code: 'concurrency-rejected',
        fault: 'user',
        class: 'resource',
        retryable: false,
        message: `Run ${added.run} of the concurrency group "${group}" has not ended.`,
        hint: 'Start it after that run, or choose another concurrency policy.',
      });
    case 'ended':
      throw createActionFailure({
        code: 'run-ended-early',
        fault: 'operational',
        class: 'canceled',
        retryable: false,
        message: 'The run was ended before it began.',
      });
  }
}
