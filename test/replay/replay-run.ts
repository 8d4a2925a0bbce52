import { readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { workflowIdOf } from '#contracts/names.js';
import { createDataConverter } from '#temporal/data-converter.js';
import type { TestPlatform } from '../platform.js';

const BUNDLE = new URL('../../dist/workflow-bundle.js', import.meta.url);

/** Replays the history that the run has by now against today's interpreter; rejects where it decides otherwise. */
export async function replayRun(
  { temporal: { address, namespace } }: TestPlatform,
  run: string,
): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    const handle = new Client({ connection, namespace }).workflow.getHandle(workflowIdOf(run));
    await Worker.runReplayHistory(
      {
        workflowBundle: { code: readFileSync(BUNDLE, 'utf8') },
        dataConverter: createDataConverter([]),
        sinks: { projection: { record: { fn: () => undefined }, finish: { fn: () => undefined } } },
      },
      await handle.fetchHistory(),
      workflowIdOf(run),
    );
  } finally {
    await connection.close();
  }
}
