import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { GateResult, Outcome } from '#contracts/judgement/gate-result.js';
import type { KeptGate, ResultDraft, StepGo } from '#contracts/judgement/gate-store.js';
import { computeDigest } from '#domain/plan/digest.js';
import { GateBypassRepository } from '#persistence/gates/gate-bypass-repository.js';
import { GateRepository } from '#persistence/gates/gate-repository.js';
import { PostgresGateStore } from '#persistence/gates/gate-store.js';
import { createUuidV7 } from '#persistence/uuid-v7.js';
import { createTestDatabase, type TestDatabase } from '../../postgres.js';
import { insertRun } from './run-fixture.js';

const ANN = { actor: 'ann', correlationId: 'c-1' };
const DRAFT = {
  digest: 'sha256:01',
  source: 'gate: 1',
  format: 'yaml',
  type: null,
  rules: 'sluice',
  criteria: 1,
  createdBy: 'test',
} as const;

describe('PostgresGateStore', () => {
  let database: TestDatabase;
  let store: PostgresGateStore;
  let run: string;
  let gate: KeptGate;
  let name: string;

  beforeAll(async () => {
    database = await createTestDatabase({ poolSize: 30 });
    store = new PostgresGateStore(database.dataSource);
  });
  afterAll(() => database?.close());
  beforeEach(async () => {
    run = await insertRun(database.dataSource);
    name = `g-${createUuidV7()}`;
    gate = await addGate('default');
  });

  const addGate = async (project: string): Promise<KeptGate> =>
    (await new GateRepository(database.dataSource.manager).add(project, name, DRAFT))!;

  const goOf = (attempt: number, begunAfter = 0): StepGo => ({ run, step: 'gate', attempt, begunAfter });

  const draftOf = (go: StepGo | undefined, outcome: Outcome, measured: string): ResultDraft => ({
    gate,
    version: 1,
    givenDigest: computeDigest({ of: run }),
    digest: computeDigest({ measured }),
    result: {
      gate: name,
      at: new Date().toISOString(),
      outcome,
      score: 50,
      text: `It is ${outcome}.`,
    } as GateResult,
    measured: [{ metric: 'coverage', value: 50 }],
    subject: { run, step: 'gate', labels: {} },
    ...(go === undefined ? {} : { go }),
    bypassId: null,
  });

  const auditOf = (): Promise<readonly unknown[]> =>
    database.dataSource.query(
      `SELECT actor, correlation_id AS "correlationId", after FROM audit_log
       WHERE object_id = $1 AND action = 'gate.evaluate' ORDER BY id`,
      [gate.id],
    );

  it("finds gates of the run's project, by name and by id, and who had the run started", async () => {
    const foreign = await addGate('elsewhere');
    const author = { actor: 'test', correlationId: undefined };
    expect(await store.find(run, name)).toMatchObject({ gate: { id: gate.id, project: 'default' }, author });
    expect(await store.find(run, gate.id)).toMatchObject({ gate: { name } });
    expect(await store.find(run, foreign.id)).toBeUndefined();
    expect(await store.find(run, "'; DROP TABLE gates; --")).toBeUndefined();
    expect(await store.readVersion(gate.id, 1)).toBe('gate: 1');
    expect(await store.readVersion(gate.id, 2)).toBeUndefined();
    await expect(store.find(createUuidV7(), name)).rejects.toMatchObject({ code: 'run-unknown' });
  });

  it('keeps what was decided once for each go of a step, however many attempts ask at once', async () => {
    const kept = await Promise.all(
      [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) =>
        store.keep(draftOf(goOf(attempt), attempt % 2 === 0 ? 'pass' : 'fail', `m${attempt}`), ANN),
      ),
    );
    expect(kept.filter(({ created }) => created)).toHaveLength(1);
    const [first] = kept.filter(({ created }) => created);
    expect(new Set(kept.map(({ row }) => row.id))).toEqual(new Set([first?.row.id]));
    expect(await store.findOfGo(goOf(9))).toEqual(first?.row);
    expect(await auditOf()).toMatchObject([
      { ...ANN, after: { result: first?.row.id, version: 1, run, step: 'gate' } },
    ]);
  });

  it('keeps anew what was not decided, what another go decides, and what is of another step', async () => {
    const keep = async (go: StepGo, outcome: Outcome, measured: string) =>
      (await store.keep(draftOf(go, outcome, measured), ANN)).created;
    expect(await keep(goOf(1), 'inconclusive', 'a')).toBe(true);
    expect(await store.findOfGo(goOf(2))).toBeUndefined();
    expect(await keep(goOf(2), 'warn', 'b')).toBe(true);
    expect(await keep(goOf(3), 'pass', 'c')).toBe(false);
    expect(await store.findOfGo(goOf(4, 3))).toBeUndefined();
    expect(await keep(goOf(4, 3), 'pass', 'd')).toBe(true);
    expect(await keep({ ...goOf(1), step: 'gate[2]' }, 'pass', 'e')).toBe(true);
    expect(await auditOf()).toHaveLength(4);
  });

  it('takes what the API was told of a step for none of its attempts', async () => {
    expect((await store.keep(draftOf(undefined, 'pass', 'a'), ANN)).created).toBe(true);
    expect(await store.findOfGo(goOf(1))).toBeUndefined();
    // The same inputs have one result all the same.
    expect(await store.keep(draftOf(goOf(1), 'pass', 'a'), ANN)).toMatchObject({ created: false });
  });

  it('notes the first bypass under which a result was let through, and shows the one that lasts', async () => {
    const bypasses = new GateBypassRepository(database.dataSource.manager);
    const add = (reason: string, ms: number) =>
      bypasses.add({
        ...{ project: 'default', gateId: gate.id, reason, createdBy: 'bob' },
        expiresAt: new Date(Date.now() + ms),
      });
    await add('over', -1_000);
    expect(await store.findBypass(gate.id)).toBeUndefined();
    const first = await add('first', 60_000);
    expect(await store.findBypass(gate.id)).toMatchObject({ id: first.id, reason: 'first' });
    const { row } = await store.keep(draftOf(goOf(1), 'fail', 'a'), ANN);
    expect(row.bypass).toBeNull();
    const noted = await store.noteBypass(row, first.id);
    expect(noted.bypass).toMatchObject({ id: first.id, createdBy: 'bob' });
    expect((await store.noteBypass(row, (await add('second', 60_000)).id)).bypass?.id).toBe(first.id);
  });
});
