import { writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { Client, Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { workflowIdOf } from '#contracts/names.js';
import type { TestPlatform } from '../platform.js';

const { History } = temporal.api.history.v1;

/**
 * With RECORD_HISTORIES set to the version that is about to be released, keeps the history of a run for the replay
 * test of all later versions, as a binary temporal.api.history.v1.History; does nothing otherwise. The name of this
 * host is taken out.
 */
export async function recordHistory(
  { temporal: { address, namespace } }: Pick<TestPlatform, 'temporal'>,
  run: string,
  name: string,
): Promise<void> {
  const version = process.env['RECORD_HISTORIES'];
  if (version === undefined) return;
  const connection = await Connection.connect({ address });
  try {
    const history = await new Client({ connection, namespace }).workflow
      .getHandle(workflowIdOf(run))
      .fetchHistory();
    const anonymous = History.fromObject(withoutHost(History.toObject(History.fromObject(history))));
    const file = new URL(`./histories/${version}.${name}.binpb`, import.meta.url);
    await writeFile(file, History.encode(anonymous).finish());
  } finally {
    await connection.close();
  }
}

function withoutHost<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll(hostname(), 'host') as T;
  if (Array.isArray(value)) return value.map(withoutHost) as T;
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutHost(item)])) as T;
}
