/**
 * Names that reach a Temporal history or a client of another version: contracts for ever.
 * Since 0.1.0, all of them. Never rename; add.
 */

/** Task queue per worker pool. A worker's own queue for workspaces is `workspace-<worker id>`. */
export const QUEUES = {
  orchestration: 'orchestration',
  http: 'http',
  cicd: 'cicd',
  quality: 'quality',
  command: 'command',
} as const;

export type QueueName = keyof typeof QUEUES;

export const WORKSPACE_QUEUE_PREFIX = 'workspace-';

/** Task queue of one worker pool, or of the workers that belong to none. */
export function poolQueueOf(queue: string, pool: string | undefined): string {
  return pool === undefined ? queue : `${queue}.${pool}`;
}

/** Workflow type of the interpreter. */
export const INTERPRETER = 'interpret';

/** Workflow type of a schedule's tick. */
export const TICK = 'tick';

/** Temporal's id of a schedule; those of its ticks begin with it. */
export function scheduleIdOf(schedule: string): string {
  return `schedule-${schedule}`;
}

/** Workflow id of a run. */
export function workflowIdOf(runId: string): string {
  return `run-${runId}`;
}

/** Activities that are not catalogue actions. */
export const ACTIVITIES = {
  /** Finds or makes the workspace of a run and answers with the queue of its worker. */
  assignWorkspace: 'assignWorkspace',
  /** Notes a run that a step of another one starts, and answers with the argument of its interpreter. */
  prepareRun: 'prepareRun',
  acquireClaims: 'acquireClaims',
  releaseClaims: 'releaseClaims',
  /** Notes a tick of a schedule, and answers with what came of it. */
  noteTick: 'noteTick',
  /** Does nothing, and so ends a workflow task. */
  breathe: 'breathe',
} as const;

/** Changes of the interpreter that runs begun before them do not see: their histories hold no marker of that name. */
export const PATCHES = {
  /** Steps that lose their workspace at the same moment have it found again once, not each. Since 0.2.0. */
  workspaceSoughtOnce: 'workspace-sought-once',
} as const;

/** What Temporal allows an action over its own limit, so that the worker can stop it in good order and say so. */
export const TIMEOUT_GRACE_MS = 10_000;

/** Type of the failure that ends an execution of a step's action because its answer has come. Details: number of the attempt. */
export const ANSWERED_ELSEWHERE = 'answered-elsewhere';

/** Queries of the interpreter. */
export const QUERIES = { describe: 'describe' } as const;

/** Signals of a tick: what came of it. */
export const SIGNALS = { tickOver: 'tick-over' } as const;

/** Updates of the interpreter. */
export const UPDATES = { operate: 'operate' } as const;

/** Types of the failures by which an update is not accepted. */
export const UPDATE_FAILURES = {
  /** Details: a Refusal. */
  refused: 'operation-refused',
  /** The run is just going over to another execution: to be asked again. */
  handingOver: 'handing-over',
} as const;

/** Search attributes, all of type Keyword. */
export const SEARCH_ATTRIBUTES = {
  workflow: 'SluiceWorkflow',
  version: 'SluiceVersion',
  status: 'SluiceStatus',
  trigger: 'SluiceTrigger',
} as const;

/** Global of the workflows' bundle, set where failures are to be encrypted. */
export const ENCODE_FAILURES = 'sluiceEncodesFailures';
