import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { workflowIdOf } from '#contracts/names.js';
import type { TestPlatform } from '../platform.js';

/**
 * With RECORD_HISTORIES set to the version that is about to be released, keeps the history of a run for the replay
 * test of all later versions; does nothing otherwise. Names of this host are taken out.
 */
export async function recordHistory(platform: TestPlatform, run: string, name: string): Promise<void> {
  const version = process.env['RECORD_HISTORIES'];
  if (version === undefined) return;
  const { address, namespace } = platform.temporal;
  const connection = await Connection.connect({ address });
  try {
    const history = await new Client({ connection, namespace }).workflow
      .getHandle(workflowIdOf(run))
      .fetchHistory();
    const text = JSON.stringify(historyToJSON(history), null, 1).replaceAll(hostname(), 'host');
    await writeFile(new URL(`./histories/${version}.${name}.json`, import.meta.url), `${text}\n`);
  } finally {
    await connection.close();
  }
}
