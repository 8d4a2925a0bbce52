import type { AttemptView, LogView, RunView, StepView } from '#contracts/rest/runs.js';
import type { WorkflowView } from '#contracts/rest/workflows.js';
import type { ApprovalState } from '#domain/execution/state.js';

/** Views as a server sends them, with what a test cares about laid over. */

export const RUN_ID = '0199a5b0-0000-7000-8000-000000000001';

export function aWorkflow(over: Partial<WorkflowView> = {}): WorkflowView {
  return {
    id: 'wf-1',
    project: 'default',
    name: 'hello',
    latestVersion: 1,
    digest: 'sha256:00',
    createdAt: '2026-11-21T12:00:00.000Z',
    updatedAt: '2026-11-21T12:00:00.000Z',
    ...over,
  };
}

export function aRun(over: Partial<RunView> = {}): RunView {
  return {
    id: RUN_ID,
    project: 'default',
    workflowId: 'wf-1',
    workflow: 'hello',
    version: 1,
    status: 'running',
    trigger: 'api',
    startedBy: 'someone',
    inputs: {},
    createdAt: '2026-11-21T12:00:00.000Z',
    startedAt: '2026-11-21T12:00:00.000Z',
    progress: { settled: 0, total: 2 },
    temporalWorkflowId: `run-${RUN_ID}`,
    ...over,
  };
}

export function anEndedRun(over: Partial<RunView> = {}): RunView {
  return aRun({
    status: 'succeeded',
    endedAt: '2026-11-21T12:00:01.500Z',
    progress: { settled: 2, total: 2 },
    ...over,
  });
}

export function aStep(over: Partial<StepView> = {}): StepView {
  const key = over.key ?? 'greet';
  return {
    key,
    id: key.replace(/\[.*$/, ''),
    kind: 'uses',
    action: 'log/write',
    depth: 1,
    status: 'succeeded',
    startedAt: '2026-11-21T12:00:00.000Z',
    endedAt: '2026-11-21T12:00:01.000Z',
    attempts: [anAttempt()],
    ...over,
  };
}

/** Under way since 12:00:00. */
export function aRunningStep(over: Partial<StepView> = {}): StepView {
  const { endedAt: _, ...step } = aStep({
    status: 'running',
    attempts: [anAttempt({ status: 'running' })],
    ...over,
  });
  return step;
}

export function anApproval(over: Partial<ApprovalState> = {}): ApprovalState {
  return { by: ['approver'], quorum: 1, selfApproval: false, votes: [], reminders: 0, ...over };
}

/** Waits since 12:00:00. */
export function aWaitingApproval(over: Partial<StepView> = {}): StepView {
  const { action: _, ...step } = aRunningStep({
    key: 'sign-off',
    kind: 'approval',
    status: 'waiting',
    waitingFor: 'approval',
    approval: anApproval({ by: ['approver', 'user:bob'], quorum: 2 }),
    attempts: [],
    ...over,
  });
  return step;
}

export function anAttempt(over: Partial<AttemptView> = {}): AttemptView {
  return {
    attempt: 1,
    status: 'succeeded',
    worker: 'w1',
    rebuild: false,
    startedAt: '2026-11-21T12:00:00.000Z',
    ...over,
  };
}

export function aLog(line: number, text: string, over: Partial<LogView> = {}): LogView {
  return {
    cursor: `c${line}`,
    step: 'greet',
    attempt: 1,
    line,
    at: '2026-11-21T12:00:00.250Z',
    stream: 'stdout',
    text,
    ...over,
  };
}
