import { performance } from 'node:perf_hooks';
import type { DataSource, EntityManager } from 'typeorm';
import { FIRST_PREVIOUS } from '#domain/audit/entry.js';
import { hashEntry } from '#domain/audit/entry-hash.js';
import { FACT_COLUMNS, type FactRow, sha256 } from '#persistence/audit/entry-row.js';
import { sealAuditLog } from '#persistence/audit/seal-log.js';
import { verifyAuditLog } from '#persistence/audit/verify-log.js';
import { createDataSource } from '#persistence/data-source.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { createUuidV7 } from '#persistence/uuid-v7.js';
import { requireLaboratory, tell } from '../laboratory/laboratory.js';
import { printRows } from '../report.js';
import { percentile } from '../statistics.js';
import { AFTER, fillChain } from './fill-chain.js';

/*
 * What the chain of the audit log costs those who write to it: changes of one project, each in a transaction with one
 * entry, by as many writers at once as several processes of the API have. First with entries that are chained a moment
 * later; then, as the other way that there is, chained in the transaction itself, under a lock of the project until its
 * end. And how long it takes to check the chain.
 */
const WRITERS = 20;
const CHANGES = 4_000;
const GATHERED = 20_000;
const CHECKED = 1_000_000;

type Change = (manager: EntityManager) => Promise<void>;

interface Measured {
  readonly rate: number;
  readonly p95: number;
}

const laboratory = await requireLaboratory();
const { url } = laboratory.dataSource.options as { readonly url: string };
const dataSource = createDataSource(url, { poolSize: WRITERS + 2 });
await dataSource.initialize();
await dataSource.query(
  'CREATE TABLE IF NOT EXISTS bench_heads (project text PRIMARY KEY, sequence bigint, hash text)',
);
await dataSource.query(`INSERT INTO bench_heads VALUES ('locked', 0, $1) ON CONFLICT DO NOTHING`, [
  FIRST_PREVIOUS,
]);

tell('audit: chained a moment later');
const sealer = setInterval(() => void sealAuditLog(dataSource), 1_000);
const later = await measure(dataSource, (manager) => addEntry(manager, 'later'));
clearInterval(sealer);
await sealAuditLog(dataSource);
tell('audit: chained under a lock');
const locked = await measure(dataSource, async (manager) => {
  await addEntry(manager, 'locked');
  await chainUnderLock(manager);
});
tell('audit: chained, all at once');
const sealing = await seal();
tell('audit: a million entries …');
await fillChain(dataSource, 'checked', CHECKED);
tell('audit: checked');
const checking = await check();

printRows('audit', [
  row(
    'changes a second, chained later',
    `${later.rate.toFixed(0)} /s`,
    '≥ 50 /s',
    `${locked.rate.toFixed(0)} /s under a lock`,
    later.rate / locked.rate,
  ),
  row(
    'p95 of a change, chained later',
    `${later.p95.toFixed(1)} ms`,
    '',
    `${locked.p95.toFixed(1)} ms under a lock`,
    later.p95 / locked.p95,
  ),
  row(
    'entries chained a second',
    `${sealing.toFixed(0)} /s`,
    '',
    `${later.rate.toFixed(0)} /s written`,
    sealing / later.rate,
  ),
  row(
    'entries checked a second',
    `${checking.rate.toFixed(0)} /s`,
    '',
    `${sealing.toFixed(0)} /s chained`,
    checking.rate / sealing,
  ),
  row(`${CHECKED} entries checked`, `${(CHECKED / checking.rate).toFixed(1)} s`, '≤ 60 s', '', undefined),
  row(
    'memory of the process at most while it checks them',
    `${checking.peak.toFixed(0)} MiB`,
    '',
    `${checking.before.toFixed(0)} MiB before`,
    checking.peak / checking.before,
  ),
]);
await dataSource.query('DROP TABLE bench_heads');
await dataSource.destroy();

function row(figure: string, value: string, aim: string, reference: string, ratio: number | undefined) {
  return { figure, value, aim, reference, ratio: ratio === undefined ? '' : ratio.toFixed(2) };
}

async function measure(source: DataSource, change: Change): Promise<Measured> {
  const times: number[] = [];
  let left = CHANGES;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      while (left-- > 0) {
        const start = performance.now();
        await source.transaction(change);
        times.push(performance.now() - start);
      }
    }),
  );
  return { rate: (CHANGES * 1_000) / (performance.now() - began), p95: percentile(times, 0.95) };
}

function addEntry(manager: EntityManager, project: string): Promise<void> {
  return new AuditRepository(manager).add({
    project,
    actor: 'ann',
    action: 'run.start',
    objectType: 'run',
    objectId: createUuidV7(),
    after: AFTER,
  });
}

/** As the other way would do it: last in the transaction, with what it needs in the hand. */
async function chainUnderLock(manager: EntityManager): Promise<void> {
  const [head] = await manager.query(
    `SELECT sequence, hash FROM bench_heads WHERE project = 'locked' FOR UPDATE`,
  );
  const [facts]: [FactRow] = await manager.query(
    `SELECT ${FACT_COLUMNS} FROM audit_log a WHERE a.project = 'locked' AND a.sequence IS NULL AND a.xmin = pg_current_xact_id()::xid`,
  );
  const link = { sequence: Number(head.sequence) + 1, previous: head.hash, salts: {} };
  const hash = hashEntry(facts, link, sha256);
  await manager.query(
    `WITH head AS (UPDATE bench_heads SET sequence = $2, hash = $4 WHERE project = 'locked')
     UPDATE audit_log SET sequence = $2, previous = decode($3, 'hex'), hash = decode($4, 'hex') WHERE id = $1`,
    [facts.id, link.sequence, link.previous, hash],
  );
}

/** Entries a second, of so many as gather while no process chains. */
async function seal(): Promise<number> {
  await dataSource.query(
    `INSERT INTO audit_log (id, project, actor, action, object_type, object_id, after)
     SELECT gen_random_uuid(), 'gathered', 'ann', 'run.start', 'run', n::text, $2::json FROM generate_series(1, $1::integer) AS n`,
    [GATHERED, JSON.stringify(AFTER)],
  );
  const began = performance.now();
  const sealed = await sealAuditLog(dataSource);
  return (sealed * 1_000) / (performance.now() - began);
}

interface Checking {
  /** Entries a second. */
  readonly rate: number;
  /** Resident, in MiB. */
  readonly before: number;
  readonly peak: number;
}

async function check(): Promise<Checking> {
  const readMemory = () => process.memoryUsage.rss() / 2 ** 20;
  const before = readMemory();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, readMemory());
  }, 50);
  const began = performance.now();
  const { valid, checked } = await verifyAuditLog(dataSource, 'checked');
  const rate = (checked * 1_000) / (performance.now() - began);
  clearInterval(watch);
  if (!valid || checked !== CHECKED) throw new Error('the chain is not valid');
  return { rate, before, peak };
}
