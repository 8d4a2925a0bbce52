import type { WorkspaceRegistry } from '#contracts/ports.js';
import type { WorkspaceAssignment, WorkspaceRequest } from '#contracts/run.js';

/** A worker that has not been heard of for this long is lost for good. */
const ALIVE_MS = 30_000;

/** Answers, on whichever worker is free, which worker holds the run's workspace: one that lives, or else this one. */
export function createAssignWorkspace(registry: WorkspaceRegistry, ownQueue: string) {
  return ({ run, pool }: WorkspaceRequest): Promise<WorkspaceAssignment> =>
    registry.assign({ run, ...(pool === undefined ? {} : { pool }) }, ownQueue, ALIVE_MS);
}
