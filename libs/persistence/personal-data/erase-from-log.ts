import type { DataSource, EntityManager } from 'typeorm';
import { type ChainedEntry, ERASABLE_PARTS } from '#domain/audit/entry.js';
import { eraseName } from '#domain/audit/erase-name.js';
import { ErasureSums, type Erasures } from '#domain/audit/erasure-sums.js';
import { createNamePattern } from '#domain/audit/replace-name.js';
import { sha256 } from '../audit/entry-row.js';
import { readChain, readChainRecord } from '../audit/read-chain.js';
import { sealAndHold } from '../audit/seal-log.js';
import { jsonOrNull } from '../json-column.js';
import { AuditRepository } from '../repositories/audit-repository.js';
import type { ErasureOrder, ErasureResult } from './erase-person.js';
import { NAMED_ENTRIES } from './export-person.js';

type LogOrder = ErasureOrder & Omit<ErasureResult, 'pseudonym'>;

/**
 * Erases the name from the entries, and adds the one that tells of it and vouches for what stands there now, all in one
 * transaction: the chain is right before and after. Answers with how many entries changed.
 */
export async function eraseFromLog(dataSource: DataSource, order: LogOrder): Promise<number> {
  const { project, name, pseudonym } = order;
  return dataSource.transaction(async (manager) => {
    await sealAndHold(manager);
    await manager.query(`SELECT set_config('sluice.amends_audit_log', 'on', true)`);
    const { start } = await readChainRecord(manager, project);
    const pattern = createNamePattern(name);
    const named = { sql: `AND ${NAMED_ENTRIES.replaceAll('$2', '$3')}`, values: [name] };
    const touched = new Set([pseudonym]);
    let changed = 0;
    for await (const entries of readChain(manager, project, start.sequence, named)) {
      for (const entry of entries) {
        const erased = eraseName(entry, pattern, pseudonym, sha256);
        if (erased === entry) continue;
        for (const part of Object.values(entry.chain.erased ?? {})) touched.add(part.pseudonym);
        await writeEntry(manager, erased);
        changed += 1;
      }
    }
    const sums = await sumUp(manager, project);
    const { actor, correlationId } = order.caller;
    await new AuditRepository(manager).add({
      project,
      actor: actor === name ? pseudonym : actor,
      correlationId,
      action: 'personal-data.erase',
      objectType: 'personal-data',
      objectId: pseudonym,
      after: {
        erasures: Object.fromEntries(
          [...touched].flatMap((each) => (sums[each] === undefined ? [] : [[each, { ...sums[each] }]])),
        ),
        rows: order.rows,
        entries: changed,
        files: order.files.length,
        living: order.living,
      },
      reason: order.reason?.replace(pattern, () => pseudonym),
    });
    return changed;
  });
}

async function writeEntry(manager: EntityManager, entry: ChainedEntry): Promise<void> {
  const { actor, objectId, before, after, reason, chain } = entry;
  const salts = ERASABLE_PARTS.map((part) => chain.salts[part] ?? '0'.repeat(32)).join('');
  await manager.query(
    `UPDATE audit_log SET actor = $2, object_id = $3, before = $4::json, after = $5::json, reason = $6,
       salts = decode($7, 'hex'), erased = $8::json WHERE id = $1`,
    [
      entry.id,
      actor,
      objectId,
      jsonOrNull(before),
      jsonOrNull(after),
      reason,
      salts,
      JSON.stringify(chain.erased),
    ],
  );
}

async function sumUp(manager: EntityManager, project: string): Promise<Erasures> {
  const { start } = await readChainRecord(manager, project);
  const sums = new ErasureSums(start.erasures ?? {}, sha256);
  const erased = { sql: 'AND a.erased IS NOT NULL', values: [] };
  for await (const entries of readChain(manager, project, start.sequence, erased))
    for (const entry of entries) sums.add(entry);
  return sums.all;
}
