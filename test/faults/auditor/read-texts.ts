import { text } from 'node:stream/consumers';
import { PostgresObjectStore } from '#persistence/object-store.js';
import type { TestPlatform } from '../../platform.js';
import { readFiles, readHistories, readRawHistories, readTables } from '../../stored-texts.js';

/** All that a platform keeps and prints, by the place where. */
export async function readTexts(platform: TestPlatform): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['tables', await readTables(platform.database.dataSource)],
    ['objects', await readObjects(platform)],
    ['histories', await readHistories(platform.temporal)],
    ['histories as they are stored', await readRawHistories(platform.temporal)],
    ['files', await readFiles(platform.home)],
    ['the log of the API', platform.api.everythingPrinted],
    ['the log of the workers', platform.worker.everythingPrinted],
  ]);
}

async function readObjects({ database: { dataSource } }: TestPlatform): Promise<string> {
  const store = new PostgresObjectStore(dataSource);
  const rows: { id: string }[] = await dataSource.query('SELECT id FROM objects');
  const texts: string[] = [];
  for (const { id } of rows) texts.push(await text(store.read(id)));
  return texts.join('\n');
}
