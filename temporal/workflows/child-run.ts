import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  ChildWorkflowFailure,
  executeChild,
  isCancellation,
  scheduleActivity,
  TerminatedFailure,
} from '@temporalio/workflow';
import { ACTIVITIES, INTERPRETER, QUEUES, workflowIdOf } from '#contracts/names.js';
import type { ChildRunRequest, InterpretInput, RunResult } from '#contracts/run.js';
import { labelRun } from '#contracts/run-labels.js';
import type { Command } from '#domain/execution/command.js';
import type { StepError } from '#domain/execution/step-error.js';
import type { Json } from '#domain/json.js';
import type { Plan } from '#domain/plan/plan.js';
import type { interpret } from './interpret.js';
import { recordFinal } from './projection.js';

export type RunWorkflow = Extract<Command, { type: 'run-workflow' }>;

/** Runs above one another at most: a workflow that starts itself would never end. */
const MAX_DEPTH = 10;

/**
 * Does a step that runs another workflow: a run of its own, as child workflow. Resolves with that run's output; rejects
 * with what `toStepFailure` understands. Cancellation of the current scope goes down to the run, and its end is waited for.
 */
export async function runChild(
  input: InterpretInput,
  command: RunWorkflow,
  attemptsBefore: number,
): Promise<Json> {
  const request = requestOf(input, command, attemptsBefore);
  if (request.parent.depth > MAX_DEPTH) throw failureOf(TOO_DEEP);
  const child = await scheduleActivity<InterpretInput>(ACTIVITIES.prepareRun, [request], {
    activityId: `prepare ${command.step}~${attemptsBefore}`,
    taskQueue: QUEUES.orchestration,
    summary: `${command.step}: prepare the run of ${command.node.workflow}`,
    startToCloseTimeout: '30s',
    retry: { initialInterval: '500ms', maximumInterval: '10s' },
  });
  const result = await execute(child).catch((error: unknown) => {
    throw explain(child, error);
  });
  if (result.status === 'rejected') throw failureOf(rejected(child));
  return result.output ?? null;
}

function requestOf(
  { run, plan, project, parent }: InterpretInput,
  { step, node, inputs }: RunWorkflow,
  attemptsBefore: number,
): ChildRunRequest {
  const holdsClaims =
    parent?.holdsClaims === true || plan.concurrency !== undefined || isClaimed(plan, node.index);
  return {
    project,
    workflow: node.workflow,
    version: node.version,
    inputs,
    startedBy: run.startedBy,
    parent: { run: run.id, step, depth: (parent?.depth ?? 0) + 1, holdsClaims },
    attemptsBefore,
  };
}

/** Whether the node, or one that holds it, has claims. */
function isClaimed(plan: Plan, index: number | null): boolean {
  for (let at = index; at !== null; ) {
    const node = plan.nodes[at]!;
    if (node.claims !== undefined) return true;
    at = node.parent;
  }
  return false;
}

function execute(child: InterpretInput): Promise<RunResult> {
  const { summary, details, memo, attributes } = labelRun(child);
  return executeChild<typeof interpret>(INTERPRETER, {
    workflowId: workflowIdOf(child.run.id),
    args: [child],
    taskQueue: QUEUES.orchestration,
    workflowIdReusePolicy: 'REJECT_DUPLICATE',
    parentClosePolicy: 'REQUEST_CANCEL',
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    staticSummary: summary,
    staticDetails: details,
    memo: { ...memo },
    searchAttributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, [value]])),
  });
}

/** What a child that did not end well means for the step. */
function explain(child: InterpretInput, error: unknown): unknown {
  if (!(error instanceof ChildWorkflowFailure)) {
    if (isCancellation(error)) recordNeverBegun(child);
    return isCancellation(error) ? error : failureOf(notStarted(child, error));
  }
  const { cause } = error;
  const result = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined;
  const failed = isFailedResult(result) ? result : undefined;
  if (cause instanceof CancelledFailure || failed?.status === 'canceled') {
    // Where the step was canceled, this confirms it.
    if (CancellationScope.current().consideredCancelled) return new CancelledFailure('Canceled.');
    return failureOf(stopped(child, 'workflow-canceled', 'canceled'));
  }
  if (cause instanceof TerminatedFailure) {
    return failureOf(stopped(child, 'workflow-terminated', 'terminated in Temporal'));
  }
  return failureOf(failed === undefined ? notStarted(child, cause ?? error) : inherit(child, failed.error));
}

/** The run was noted, and no interpreter will ever say what became of it. */
function recordNeverBegun({ run }: InterpretInput): void {
  const error: StepError = {
    class: 'canceled',
    code: 'canceled',
    message: 'The step that would have started this run was canceled.',
  };
  const result: RunResult = { status: 'canceled', error };
  recordFinal({ run: run.id, result, endedAt: Date.now(), sequence: 0, steps: {}, actions: {} });
}

function isFailedResult(value: unknown): value is RunResult & { readonly error: StepError } {
  return typeof value === 'object' && value !== null && 'status' in value && 'error' in value;
}

/** The child's own error, class and code kept; its step is none of this run's, so it stands among the facts. */
function inherit({ run }: InterpretInput, { step, details, ...error }: StepError): StepError {
  return {
    ...error,
    message: `${step === undefined ? `Run ${run.id}` : `Step "${step}" of run ${run.id}`}: ${error.message}`,
    details: {
      run: run.id,
      ...(step === undefined ? {} : { step }),
      ...(details === undefined ? {} : { details }),
    },
  };
}

const TOO_DEEP: StepError = {
  class: 'configuration',
  code: 'workflow-nesting-too-deep',
  message: `More than ${MAX_DEPTH} workflows run in one another.`,
  hint: 'See whether a workflow runs itself.',
};

function rejected({ run }: InterpretInput): StepError {
  return {
    class: 'unknown',
    code: 'workflow-rejected',
    message: `Run ${run.id} ended because an approval in it was rejected.`,
    hint: 'Let the approval in it have `onReject: continue` where a rejection has an output.',
    details: { run: run.id },
  };
}

function stopped({ run }: InterpretInput, code: string, how: string): StepError {
  return { class: 'canceled', code, message: `Run ${run.id} was ${how}.`, details: { run: run.id } };
}

function notStarted({ run }: InterpretInput, error: unknown): StepError {
  return {
    class: 'infrastructure',
    code: 'workflow-start-failed',
    message: `Run ${run.id} did not run: ${error instanceof Error ? error.message : String(error)}`,
    details: { run: run.id },
  };
}

function failureOf(error: StepError): ApplicationFailure {
  return ApplicationFailure.create({
    message: error.message,
    type: error.code,
    nonRetryable: true,
    details: [error],
  });
}
