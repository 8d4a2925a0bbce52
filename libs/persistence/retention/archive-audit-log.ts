import type { DataSource, EntityManager } from 'typeorm';
import type { ArchiveManifest, RetentionResult } from '#contracts/retention.js';
import { ChainChecker, type ChainStart } from '#domain/audit/chain-checker.js';
import type { ChainedEntry } from '#domain/audit/entry.js';
import { SluiceError } from '#domain/errors.js';
import type { JsonObject } from '#domain/json.js';
import { sha256 } from '../audit/entry-row.js';
import { readChain, readChainRecord } from '../audit/read-chain.js';
import { AuditRepository } from '../repositories/audit-repository.js';
import type { ArchivedRow, ArchiveFolder } from './archive-folder.js';

/** Entries of one file, which one transaction removes. */
const MOST_ENTRIES = 20_000;

export interface AuditRemoval {
  readonly project: string;
  readonly cutoff: Date;
  readonly archive: ArchiveFolder | undefined;
  readonly by: string;
  readonly signal: AbortSignal;
}

/**
 * Removes the beginning of a chain up to the first entry that is not too old. Where the rest begins is noted, and an entry
 * of the chain itself vouches for it. Throws SluiceError `audit-chain-broken`: what was tampered with is not put away.
 */
export async function removeOldEntries(
  dataSource: DataSource,
  order: AuditRemoval,
): Promise<RetentionResult> {
  const files: string[] = [];
  let removed = 0;
  if (order.archive !== undefined) await tidyUp(dataSource.manager, order.project, order.archive);
  while (!order.signal.aborted) {
    const stretch = await findStretch(dataSource.manager, order);
    if (stretch === undefined) break;
    const { end, manifest } = await writeStretch(dataSource, order, stretch);
    removed += await cutOff(dataSource, order, { stretch, end, manifest });
    if (order.archive === undefined || manifest === undefined) continue;
    await order.archive.markRemoved(manifest);
    files.push(order.archive.nameOf(manifest));
  }
  return { kind: 'audit', removed, held: 0, files };
}

/** A pass that was cut short left a file: its entries are gone, or they are still here and will be written again. */
async function tidyUp(manager: EntityManager, project: string, archive: ArchiveFolder): Promise<void> {
  const { start } = await readChainRecord(manager, project);
  for (const manifest of await archive.list(project, 'audit')) {
    if (manifest.removedAt !== undefined) continue;
    const first = await archive.readFirst(manifest);
    const entry = first?.row as unknown as ChainedEntry | undefined;
    if (entry !== undefined && entry.chain.sequence <= start.sequence) await archive.markRemoved(manifest);
    else await archive.discard(manifest);
  }
}

/** Entries of about one day: from where the log begins to the last one, which is included. */
interface Stretch {
  readonly start: ChainStart;
  readonly last: number;
  readonly day: string;
}

async function findStretch(
  manager: EntityManager,
  { project, cutoff }: AuditRemoval,
): Promise<Stretch | undefined> {
  const { start } = await readChainRecord(manager, project);
  const [first] = await manager.query(
    `SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day FROM audit_log
     WHERE project = $1 AND sequence > $2 AND at < $3 ORDER BY sequence LIMIT 1`,
    [project, start.sequence, cutoff],
  );
  if (first === undefined) return undefined;
  const [{ stop }] = await manager.query(
    `SELECT least(
       (SELECT sequence FROM audit_log WHERE project = $1 AND sequence > $2
          AND (at >= $3 OR at >= ($4::date + 1)::timestamp AT TIME ZONE 'UTC') ORDER BY sequence LIMIT 1),
       (SELECT max(sequence) + 1 FROM audit_log WHERE project = $1), $2::bigint + ${MOST_ENTRIES + 1}) AS stop`,
    [project, start.sequence, cutoff, first.day],
  );
  const last = Number(stop) - 1;
  return last > start.sequence ? { start, last, day: first.day } : undefined;
}

interface Written {
  readonly end: ChainStart;
  readonly manifest: ArchiveManifest | undefined;
}

async function writeStretch(
  dataSource: DataSource,
  { project, archive }: AuditRemoval,
  { start, last, day }: Stretch,
): Promise<Written> {
  return dataSource.transaction('REPEATABLE READ', async (manager) => {
    const checker = new ChainChecker(start, sha256);
    const entries = readStretch(manager, project, { start, last, checker });
    let manifest: ArchiveManifest | undefined;
    if (archive === undefined) for await (const _ of entries);
    else {
      const place = { project, kind: 'audit', day } as const;
      manifest = await archive.write(place, last - start.sequence, entries);
    }
    return { end: { ...checker.head, erasures: checker.erasures }, manifest };
  });
}

async function* readStretch(
  manager: EntityManager,
  project: string,
  { start, last, checker }: Pick<Stretch, 'start' | 'last'> & { readonly checker: ChainChecker },
): AsyncGenerator<readonly ArchivedRow[]> {
  const until = { sql: 'AND a.sequence <= $3', values: [last] };
  for await (const entries of readChain(manager, project, start.sequence, until)) {
    for (const entry of entries) refuseBroken(checker, entry);
    yield entries.map((entry) => ['audit_log', JSON.stringify(entry)] as const);
  }
  if (checker.head.sequence !== last) throw brokenError(`Entry ${checker.head.sequence + 1} does not fit.`);
}

function refuseBroken(checker: ChainChecker, entry: ChainedEntry): void {
  const fault = checker.add(entry);
  if (fault !== undefined) throw brokenError(fault.message);
}

function brokenError(message: string): SluiceError {
  return new SluiceError({
    code: 'audit-chain-broken',
    fault: 'operational',
    message: `The audit log is not what was written, and stays where it is: ${message}`,
    hint: 'Look at it with `sluice audit verify`.',
  });
}

async function cutOff(
  dataSource: DataSource,
  { project, by }: AuditRemoval,
  { stretch, end, manifest }: Written & { readonly stretch: Stretch },
): Promise<number> {
  return dataSource.transaction(async (manager) => {
    await manager.query(
      `UPDATE audit_chains SET archived_sequence = $2, archived_hash = decode($3, 'hex'), archived_erasures = $4::json
       WHERE project = $1`,
      [project, end.sequence, end.hash, JSON.stringify(end.erasures)],
    );
    await manager.query(`SELECT set_config('sluice.amends_audit_log', 'on', true)`);
    const [, removed] = (await manager.query('DELETE FROM audit_log WHERE project = $1 AND sequence <= $2', [
      project,
      end.sequence,
    ])) as [unknown, number];
    await new AuditRepository(manager).add({
      project,
      actor: by,
      action: 'audit.archive',
      objectType: 'audit',
      objectId: `${stretch.start.sequence + 1}-${end.sequence}`,
      after: {
        from: stretch.start.sequence + 1,
        to: end.sequence,
        hash: end.hash,
        erasures: end.erasures as unknown as JsonObject,
        ...(manifest === undefined ? {} : { file: manifest.file, sha256: manifest.sha256 }),
      },
    });
    return removed;
  });
}
