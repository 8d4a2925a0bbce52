import type { ConnectionLike } from '@temporalio/client';

/** Of the server. */
export async function readTemporalVersion(connection: ConnectionLike): Promise<string> {
  return (await connection.workflowService.getSystemInfo({})).serverVersion || 'unknown';
}
