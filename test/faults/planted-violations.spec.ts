import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { INTERPRETER } from '#contracts/names.js';
import { amendAuditLog } from '../integration/amend-audit-log.js';
import { writeJob } from './auditor/audited-job.js';
import { Auditor, CANARY } from './auditor/auditor.js';

/** What reads the evidence sees it: violations in the stores of a real platform, one at a time, each undone again. */

let auditor: Auditor;
let run: string;

beforeAll(async () => {
  auditor = await Auditor.start(writeJob);
  [run = ''] = await auditor.startRuns(2, 0);
  await auditor.expectNothingWrong();
});
afterAll(() => auditor?.close());

const query = (statement: string, ...values: unknown[]) =>
  auditor.platform.database.dataSource.query(statement, values);

/** Each with what undoes it, and what is said of it; `RUN` stands for the run's id. */
const PLANTED: Readonly<
  Record<string, readonly [plant: () => Promise<unknown>, undo: () => Promise<unknown>, ...said: string[]]>
> = {
  'an attempt that was never made': [
    () =>
      query(
        `INSERT INTO step_attempts (run_id, step, attempt, status, started_at, change)
         SELECT run_id, step, 2, 'failed', started_at, change FROM step_attempts WHERE run_id = $1 AND step = 'first'`,
        run,
      ),
    () => query('DELETE FROM step_attempts WHERE run_id = $1 AND attempt = 2', run),
    'projection: run RUN step first: expected {"status":"succeeded","attempts":1}, found {"status":"succeeded","attempts":2}',
  ],
  'an output that is another': [
    () => query(`UPDATE runs SET output = '{"twice": 3}' WHERE id = $1`, run),
    () => query(`UPDATE runs SET output = '{"twice": 2}' WHERE id = $1`, run),
    'projection: run RUN: expected output {"twice":2}, found {"twice":3}',
  ],
  'a step that is told otherwise': [
    () => query(`UPDATE run_steps SET status = 'skipped' WHERE run_id = $1 AND key = 'last'`, run),
    () => query(`UPDATE run_steps SET status = 'succeeded' WHERE run_id = $1 AND key = 'last'`, run),
    'effects: run RUN step last: expected no effect of a step that is skipped, found 1',
    'projection: run RUN step last: expected {"status":"succeeded","attempts":1}, found {"status":"skipped","attempts":1}',
  ],
  'a message that was not delivered': [
    () => query(`UPDATE outbox SET delivered_at = NULL, next_attempt_at = 'infinity' WHERE run_id = $1`, run),
    () => query(`UPDATE outbox SET delivered_at = now() WHERE run_id = $1`, run),
    'leftovers: run RUN: expected nothing left of a run that is over, found a message to Temporal: start',
  ],
  'a claim that was not given back': [
    () => query(`INSERT INTO claims (run_id, step, locks, priority) VALUES ($1, 'held', '{a}', 3)`, run),
    () => query('DELETE FROM claims WHERE run_id = $1', run),
    'leftovers: run RUN: expected nothing left of a run that is over, found a claim of the step held',
  ],
  'a workspace that was not removed': [
    () => mkdir(folder(), { recursive: true }),
    () => rm(folder(), { recursive: true }),
    'leftovers: run RUN: expected nothing left of a run that is over, found a folder of worker',
  ],
  'a secret in a table': [
    () => query(`UPDATE runs SET started_by = $2 WHERE id = $1`, run, `ann ${CANARY}`),
    () => query(`UPDATE runs SET started_by = 'ann' WHERE id = $1`, run),
    'canaries: expected canary nowhere, found it is in tables',
  ],
};

const folder = () => join(auditor.platform.home, 'worker', 'workspaces', run);

describe('the auditor, on a real platform', () => {
  it.each(Object.entries(PLANTED))('sees %s', async (_name, [plant, undo, ...said]) => {
    await plant();
    expect(await auditor.audit()).toEqual(said.map((text) => text.replace('RUN', run)));
    await undo();
    expect(await auditor.audit()).toEqual([]);
  });

  it('sees an altered entry of the audit log', async () => {
    const [entry] = await query(
      `SELECT id, actor FROM audit_log WHERE action = 'run.start' ORDER BY sequence`,
    );
    const amend = (actor: string) =>
      amendAuditLog(
        auditor.platform.database.dataSource,
        `UPDATE audit_log SET actor = '${actor}' WHERE id = '${entry.id}'`,
      );
    await amend('mallory');
    expect((await auditor.audit()).join()).toMatch(/^audit log: expected a whole chain, found .*"sequence"/);
    await amend(entry.actor);
  });

  it('sees a run and an effect more, and one less', async () => {
    const { ledger, platform } = auditor;
    const unknown = '00000000-0000-7000-8000-000000000000';
    await ledger.accept({ key: 'k', run: unknown });
    await fetch(`${ledger.url}/effects`, {
      method: 'POST',
      headers: { 'idempotency-key': `${run}/last` },
      body: JSON.stringify({ run, step: 'last' }),
    });
    await startBehindItsBack(platform.temporal);
    expect(await auditor.audit()).toEqual([
      `accepted: run ${unknown}: expected a run that was answered with 202, found none of this id`,
      `executed once: run stray: expected a run of this execution, found none`,
      `effects: run ${run} step last: expected at most one effect for each of 1 attempts, found 2`,
    ]);
  });
});

async function startBehindItsBack(temporal: { readonly address: string; readonly namespace: string }) {
  const { address, namespace } = temporal;
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection, namespace });
    await client.workflow.start(INTERPRETER, { workflowId: 'run-stray', taskQueue: 'nobody', args: [{}] });
    for (let listed = 0; listed < 3; )
      listed = (await client.workflow.count(`WorkflowType = '${INTERPRETER}'`)).count;
  } finally {
    await connection.close();
  }
}
