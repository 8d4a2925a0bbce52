import { CancellationScope, scheduleActivity } from '@temporalio/workflow';
import { ACTIVITIES, QUEUES } from '#contracts/names.js';
import type { ActionInput, ActionResult, WorkspaceAssignment, WorkspaceRequest } from '#contracts/run.js';
import type { RunAction } from './action-dispatch.js';
import { chooseOptions } from './action-options.js';

/**
 * Where the workspace of a run lies: on one worker, whose own queue its steps go to. When that worker is gone
 * for good, another makes it anew from the steps that filled it, in the order in which they had succeeded.
 */
export class WorkspacePlacement {
  private current: Promise<WorkspaceAssignment> | undefined;
  private readonly fillers: { readonly command: RunAction; attempts: number }[] = [];

  constructor(
    private readonly run: string,
    private readonly rebuildArgument: (command: RunAction, attemptsBefore: number) => ActionInput,
  ) {}

  /** Queue of the worker that holds the workspace; assigned at the first call. */
  async queue(): Promise<string> {
    this.current ??= this.assign({ run: this.run });
    return (await unlessCanceled(this.current)).queue;
  }

  /** Looks whether the worker behind `queue` still lives, and moves the workspace when it does not. */
  async verify(queue: string): Promise<void> {
    const known = await unlessCanceled(this.current!);
    // Another step may have noticed first.
    if (known.queue === queue) this.current = this.assign({ run: this.run, lost: queue });
    await unlessCanceled(this.current!);
  }

  /** @param attempts of the step that filled it, so that making it anew counts on from there */
  filled(command: RunAction, attempts: number): void {
    this.fillers.push({ command, attempts });
  }

  /** Belongs to all steps that wait for it, so the cancellation of one must not end it. */
  private assign(request: WorkspaceRequest): Promise<WorkspaceAssignment> {
    return CancellationScope.nonCancellable(async () => {
      const assignment = await scheduleActivity<WorkspaceAssignment>(ACTIVITIES.assignWorkspace, [request], {
        taskQueue: QUEUES.command,
        summary: request.lost === undefined ? 'assign workspace' : 'find workspace again',
        startToCloseTimeout: '10s',
        retry: { initialInterval: '500ms', maximumInterval: '10s' },
      });
      if (assignment.fresh) await this.fillAgain(assignment.queue);
      return assignment;
    });
  }

  private async fillAgain(queue: string): Promise<void> {
    for (const filler of this.fillers) {
      const { command } = filler;
      const argument = this.rebuildArgument(command, filler.attempts);
      const result = await scheduleActivity<ActionResult>(command.node.action, [argument], {
        ...chooseOptions(command, queue, 0),
        summary: `${command.step}: fill the workspace again`,
      });
      filler.attempts = result.attempts;
    }
  }
}

function unlessCanceled<T>(promise: Promise<T>): Promise<T> {
  return Promise.race([promise, CancellationScope.current().cancelRequested]);
}
