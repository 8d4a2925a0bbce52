import { type CompiledWorkerOptions, type Logger, Worker } from '@temporalio/worker';
import type { WorkflowCreator } from '@temporalio/worker/lib/workflow/interface.js';
import type { WorkflowBundleWithSourceMapAndFilename } from '@temporalio/worker/lib/workflow/workflow-worker-thread/input.js';

/**
 * A worker that does not limit the time of its calls into the sandbox of workflows. For each call with a limit Node starts a
 * thread that waits for its end (`timeout` of vm.Script.runInContext; node's pull request 47739), and the SDK makes three calls
 * or more for each activation: a quarter of the latency of a short run. Who uses it watches by `watchActivations` instead.
 */
export class UnlimitedWorker extends Worker {
  protected static override createWorkflowCreator(
    bundle: WorkflowBundleWithSourceMapAndFilename,
    options: CompiledWorkerOptions,
    logger: Logger,
  ): Promise<WorkflowCreator> {
    // Absent, it is the absence of a limit to Node; the SDK's own options know no word for it.
    const unlimited = {
      ...options,
      isolateExecutionTimeoutMs: undefined,
    } as unknown as CompiledWorkerOptions;
    return Worker.createWorkflowCreator(bundle, unlimited, logger);
  }
}
