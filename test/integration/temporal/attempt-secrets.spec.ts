import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { workflowIdOf } from '#contracts/names.js';
import { TestPlatform } from '../../platform.js';

const CANARY = 'canary-5b1d70';
const FORMS = [CANARY, Buffer.from(CANARY).toString('base64').replace(/=+$/, '')];
const SCRIPT = [
  'echo "$TOKEN"; echo "$TOKEN" >&2; base64 < "$KEY"; cat "$KEY"',
  'test "$(cat "$KEY")" = "$TOKEN" && echo "same: yes"',
].join('; ');

const definition = (name: string, end: string): string => `
sluice: 1
name: ${name}
stages:
  work:
    steps:
      show:
        uses: command/run
        with: { run: [sh, -c, '${SCRIPT.replaceAll("'", "''")}; ${end}'] }
        secrets: { TOKEN: env:SLUICE_SECRET_TOKEN, KEY: { from: env:SLUICE_SECRET_TOKEN, as: file } }
output: "\${{ steps.show.output.stdout }}"
`;

describe('secrets of a step', () => {
  let platform: TestPlatform;

  beforeAll(async () => {
    platform = await TestPlatform.start({ worker: { SLUICE_SECRET_TOKEN: CANARY } });
  });
  afterAll(() => platform?.close());

  it.each([
    ['succeeds', 'true', 'succeeded'],
    ['fails', 'exit 4', 'failed'],
    ['is killed', 'kill -9 $$', 'failed'],
    ['is canceled', 'sleep 100', 'canceled'],
  ])('are stored nowhere where it %s, and their file is gone', async (_, end, status) => {
    const name = `secrets-${status}-${end.length}`;
    await platform.save(definition(name, end));
    const { id } = await platform.execute(name);
    if (status === 'canceled') {
      await platform.waitFor(id, async () => (await platform.logs(id)).length > 4);
      await platform.request('POST', `/runs/${id}/cancel`, {});
    }
    expect(await platform.waitForEnd(id)).toMatchObject({ status });
    while ((await platform.logs(id)).length < 5) await sleep(50);
    expect(JSON.stringify(await platform.logs(id))).toContain('same: yes');
    const stored = [await readHistory(platform, id), await readDatabase(platform), platform.worker.printed];
    for (const text of stored) for (const form of FORMS) expect(text).not.toContain(form);
    // Of whichever worker it was.
    const files = await readdir(platform.home, { recursive: true });
    expect(files.filter((path) => /^worker[^/]*\/secrets$/.test(path))).not.toEqual([]);
    expect(files.filter((path) => /^worker[^/]*\/secrets\/./.test(path))).toEqual([]);
    expect(await readFiles(platform.home)).not.toContain(CANARY);
  });
});

async function readHistory(platform: TestPlatform, run: string): Promise<string> {
  const { address, namespace } = platform.temporal;
  const connection = await Connection.connect({ address });
  try {
    const { history } = await connection.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId: workflowIdOf(run) },
    });
    return Buffer.from(proto.temporal.api.history.v1.History.encode(history!).finish()).toString('latin1');
  } finally {
    await connection.close();
  }
}

/** Every row of every table, as text. */
async function readDatabase({ database }: TestPlatform): Promise<string> {
  const tables: { name: string }[] = await database.dataSource.query(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const texts: string[] = [];
  for (const { name } of tables) {
    const rows = await database.dataSource.query(`SELECT t::text AS row FROM "${name}" t`);
    texts.push(...rows.map((row: { row: string }) => row.row));
  }
  return texts.join('\n');
}

async function readFiles(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return (await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')))).join(
    '\n',
  );
}
