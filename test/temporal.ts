import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';

const RETENTION_SECONDS = 24 * 60 * 60;

/** Where tests find Temporal; `npm test` provides it. */
export function requireTemporalAddress(): string {
  const address = process.env['TEST_TEMPORAL_ADDRESS'];
  if (address === undefined)
    throw new Error('TEST_TEMPORAL_ADDRESS is not set: run the tests by `npm test`.');
  return address;
}

/** A namespace of its own: test files can use the same queue names side by side. */
export async function createTestNamespace(address = requireTemporalAddress()): Promise<string> {
  const namespace = `test-${randomUUID()}`;
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: RETENTION_SECONDS as never },
    });
  } finally {
    await connection.close();
  }
  return namespace;
}
