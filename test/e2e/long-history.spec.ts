import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { TestPlatform } from '../platform.js';

let platform: TestPlatform;

beforeAll(async () => {
  platform = await TestPlatform.start();
});
afterAll(() => platform?.close());

/** Each turn leaves three events, two of them by its pause, and the server suggests a new execution after 4,096. */
const STEPS = 1600;

const DEFINITION = `
sluice: 1
name: long-history
inputs:
  items: { type: array, items: { type: integer } }
stages:
  fill:
    steps:
      file: { uses: command/run, with: { run: [sh, -c, "printf kept > file"], rebuild: true } }
  work:
    steps:
      both:
        parallel:
          branches:
            chain:
              steps:
                each:
                  forEach: { in: "\${{ inputs.items }}", as: item, limit: 50 }
                  steps:
                    say: { uses: log/write, with: { message: "\${{ string(item) }}" } }
                    rest: { wait: 1ms }
            pause:
              steps:
                nap: { wait: 12s }
      read: { uses: command/run, with: { run: [cat, file] } }
output:
  text: "\${{ steps.read.output.stdout }}"
  said: "\${{ size(steps.each.output) }}"
`;

it('a run whose history grows long goes on in a new execution, with all that it had', async () => {
  const workflow = await platform.save(DEFINITION);
  const items = Array.from({ length: STEPS }, (_, index) => index);
  const { id, temporalWorkflowId } = await platform.execute(workflow.id, { items });
  const run = await platform.waitForEnd(id);
  expect(run).toMatchObject({ status: 'succeeded', output: { text: 'kept', said: STEPS } });
  expect(await isContinued(temporalWorkflowId)).toBe(true);
  expect(run.progress).toEqual({ settled: 2 * STEPS + 7, total: 2 * STEPS + 7 });
  const rows = await platform.database.dataSource.query(
    `SELECT status, count(*)::int AS attempts, max(attempt) AS most FROM step_attempts WHERE run_id = $1 GROUP BY 1`,
    [id],
  );
  expect(rows).toEqual([{ status: 'succeeded', attempts: STEPS + 2, most: 1 }]);
});

/** Whether the execution that ended is another than the one that began. */
async function isContinued(workflowId: string): Promise<boolean> {
  const { address, namespace } = platform.temporal;
  const connection = await Connection.connect({ address });
  try {
    const { raw } = await new Client({ connection, namespace }).workflow.getHandle(workflowId).describe();
    const { execution, firstRunId } = raw.workflowExecutionInfo ?? {};
    expect(firstRunId).toBeTruthy();
    return execution?.runId !== firstRunId;
  } finally {
    await connection.close();
  }
}
