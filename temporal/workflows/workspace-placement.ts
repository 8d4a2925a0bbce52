import { CancellationScope, patched, scheduleActivity } from '@temporalio/workflow';
import { ACTIVITIES, PATCHES, poolQueueOf, QUEUES } from '#contracts/names.js';
import type { ActionInput, ActionResult, WorkspaceAssignment, WorkspaceRequest } from '#contracts/run.js';
import type { StepKey } from '#domain/execution/state.js';
import type { RunAction } from './action-dispatch.js';
import { activityIdOf, chooseOptions, untried } from './action-options.js';

/**
 * Where the workspace of a run in one worker pool lies: on one worker, whose own queue its steps go to. When that worker is gone
 * for good, another makes it anew from the steps that filled it, in the order in which they had succeeded.
 */
export class WorkspacePlacement {
  private current: Promise<WorkspaceAssignment> | undefined;
  /** Those of the run's actions that have filled it. */
  readonly fillers: RunAction[] = [];

  constructor(
    private readonly place: Pick<WorkspaceRequest, 'run' | 'pool'>,
    private readonly rebuildArgument: (command: RunAction) => ActionInput,
    /** Attempts made of each step so far; counted on here. */
    private readonly made: Map<StepKey, number>,
  ) {}

  /** Queue of the worker that holds the workspace; assigned at the first call. */
  async queue(): Promise<string> {
    this.current ??= this.assign(this.place);
    return (await unlessCanceled(this.current)).queue;
  }

  /** Looks whether the worker behind `queue` still lives, and moves the workspace when it does not. */
  async verify(queue: string): Promise<void> {
    const before = this.current!;
    const known = await unlessCanceled(before);
    // Another step may have noticed first, just now too.
    const isFirst = !patched(PATCHES.workspaceSoughtOnce) || this.current === before;
    if (isFirst && known.queue === queue) this.current = this.assign({ ...this.place, lost: queue });
    await unlessCanceled(this.current!);
  }

  /** This step has filled the workspace, and is done again where it is made anew. */
  filled(command: RunAction): void {
    this.fillers.push(command);
  }

  /** Belongs to all steps that wait for it, so the cancellation of one must not end it. */
  private assign(request: WorkspaceRequest): Promise<WorkspaceAssignment> {
    return CancellationScope.nonCancellable(async () => {
      const assignment = await scheduleActivity<WorkspaceAssignment>(ACTIVITIES.assignWorkspace, [request], {
        taskQueue: poolQueueOf(QUEUES.command, request.pool),
        summary: request.lost === undefined ? 'assign workspace' : 'find workspace again',
        startToCloseTimeout: '10s',
        retry: { initialInterval: '500ms', maximumInterval: '10s' },
      });
      if (assignment.fresh) await this.fillAgain(assignment.queue);
      return assignment;
    });
  }

  private async fillAgain(queue: string): Promise<void> {
    for (const command of this.fillers) {
      const argument = this.rebuildArgument(command);
      const result = await scheduleActivity<ActionResult>(command.node.action, [argument], {
        ...chooseOptions(command, queue, untried(argument.attemptsBefore)),
        activityId: activityIdOf(command.step, argument.attemptsBefore),
        summary: `${command.step}: fill the workspace again`,
      });
      this.made.set(command.step, result.attempts);
    }
  }
}

function unlessCanceled<T>(promise: Promise<T>): Promise<T> {
  return Promise.race([promise, CancellationScope.current().cancelRequested]);
}
