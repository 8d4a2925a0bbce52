import {
  ActivityCancellationType,
  ChildWorkflowFailure,
  executeChild,
  isCancellation,
  scheduleActivity,
} from '@temporalio/workflow';
import { ACTIVITIES, INTERPRETER, QUEUES, workflowIdOf } from '#contracts/names.js';
import type { ChildRunRequest, InterpretInput, RunResult } from '#contracts/run.js';
import { labelRun } from '#contracts/run-labels.js';
import { MAX_DEPTH, rejectedError, TOO_DEEP } from '#domain/execution/child-failures.js';
import type { Command } from '#domain/execution/command.js';
import type { StepError } from '#domain/execution/step-error.js';
import type { Json } from '#domain/json.js';
import { isClaimed } from '#domain/plan/is-claimed.js';
import { explainChildFailure, toChildFailure } from './child-failure.js';
import type { interpret } from './interpret.js';
import { recordFinal } from './projection.js';

export type RunWorkflow = Extract<Command, { type: 'run-workflow' }>;

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
  if (request.parent.depth > MAX_DEPTH) throw toChildFailure(TOO_DEEP);
  const child = await scheduleActivity<InterpretInput>(ACTIVITIES.prepareRun, [request], {
    activityId: `prepare ${command.step}~${attemptsBefore}`,
    // A run that it has noted must be known here, or nobody says what became of it.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    taskQueue: QUEUES.orchestration,
    summary: `${command.step}: prepare the run of ${command.node.workflow}`,
    startToCloseTimeout: '30s',
    retry: { initialInterval: '500ms', maximumInterval: '10s' },
  });
  const result = await execute(child).catch((error: unknown) => {
    if (isCancellation(error) && !(error instanceof ChildWorkflowFailure)) recordNeverBegun(child);
    throw explainChildFailure(child.run.id, error);
  });
  if (result.status === 'rejected') throw toChildFailure(rejectedError(child.run.id));
  return result.output ?? null;
}

function requestOf(
  { run, plan, project, parent, origin }: InterpretInput,
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
    ...(origin === undefined ? {} : { origin }),
  };
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
