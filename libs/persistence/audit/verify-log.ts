import type { DataSource, EntityManager } from 'typeorm';
import { ChainChecker, type ChainFault, type ChainPlace } from '#domain/audit/chain-checker.js';
import { canonicalJson } from '#domain/plan/canonical-json.js';
import { sha256 } from './entry-row.js';
import { type ChainRecord, readChain, readChainRecord } from './read-chain.js';

export interface LogVerdict {
  readonly valid: boolean;
  /** The first place that is not right. */
  readonly fault?: ChainFault;
  /** The last entry that is right: to be kept elsewhere, and expected next time. */
  readonly head: ChainPlace;
  /** Entries that were read. */
  readonly checked: number;
  /** Entries before these are archived. */
  readonly archived: number;
  /** Entries that have no place in the chain yet: those of the last seconds. */
  readonly unsealed: number;
  readonly oldestUnsealed?: string;
}

/**
 * Reads the whole chain of a project, in bounded memory and as of one moment, and says where it is not what was written.
 * `expect`: a head of an earlier time, kept where who alters the database does not reach.
 */
export async function verifyAuditLog(
  dataSource: DataSource,
  project: string,
  expect?: ChainPlace,
): Promise<LogVerdict> {
  return dataSource.transaction('REPEATABLE READ', async (manager) => {
    await manager.query('SET TRANSACTION READ ONLY');
    const record = await readChainRecord(manager, project);
    const checker = new ChainChecker(record.start, sha256);
    const anchor = new Anchor(record);
    const unsealed = await readUnsealed(manager, project, (entry) => {
      checker.addUnchained(entry);
      anchor.look(entry);
    });
    const { fault, checked } = await check(manager, project, { record, checker, anchor, expect });
    return {
      valid: fault === undefined,
      ...(fault === undefined ? {} : { fault }),
      head: checker.head,
      checked,
      archived: record.start.sequence,
      ...unsealed,
    };
  });
}

async function check(
  manager: EntityManager,
  project: string,
  by: {
    readonly record: ChainRecord;
    readonly checker: ChainChecker;
    readonly anchor: Anchor;
    readonly expect: ChainPlace | undefined;
  },
): Promise<{ readonly fault: ChainFault | undefined; readonly checked: number }> {
  const { record, checker, anchor, expect } = by;
  let checked = 0;
  for await (const entries of readChain(manager, project, -1)) {
    for (const entry of entries) {
      checked += 1;
      anchor.look(entry);
      const fault = checker.add(entry) ?? compare(expect, entry.chain);
      if (fault !== undefined) return { fault, checked };
    }
    // Other requests of the process get their turn.
    await new Promise(setImmediate);
  }
  const fault = checker.finish(record.head) ?? anchor.judge() ?? compareHead(expect, record);
  return { fault, checked };
}

/** The archived part is vouched for by an entry of the chain itself. */
class Anchor {
  private vouched: boolean;

  constructor(private readonly record: ChainRecord) {
    this.vouched = record.start.sequence === 0;
  }

  look(entry: { readonly action: string; readonly after: unknown }): void {
    if (entry.action !== 'audit.archive') return;
    const { sequence, hash, erasures } = this.record.start;
    const after = (entry.after ?? {}) as { readonly [name: string]: never };
    this.vouched ||=
      after['to'] === sequence &&
      after['hash'] === hash &&
      canonicalJson(after['erasures'] ?? {}) === canonicalJson({ ...erasures } as never);
  }

  judge(): ChainFault | undefined {
    if (this.vouched) return undefined;
    const { sequence } = this.record.start;
    return {
      kind: 'altered',
      sequence,
      message: `The log begins behind entry ${sequence}, and no entry tells of the archive of those before.`,
    };
  }
}

function compare(expect: ChainPlace | undefined, at: ChainPlace): ChainFault | undefined {
  if (expect?.sequence !== at.sequence || expect.hash === at.hash) return undefined;
  return {
    kind: 'altered',
    sequence: at.sequence,
    message: `Entry ${at.sequence} is not the one that was expected: its hash is another one.`,
  };
}

/** Of what was expected but not read. */
function compareHead(expect: ChainPlace | undefined, { head, start }: ChainRecord): ChainFault | undefined {
  if (expect === undefined || expect.sequence === 0) return undefined;
  if (expect.sequence === start.sequence) return compare(expect, start);
  if (expect.sequence > head.sequence) {
    const { sequence } = head;
    const message = `The log ends with entry ${sequence}; it had ${expect.sequence} when the expected head was noted.`;
    return { kind: 'missing', sequence: sequence + 1, message };
  }
  return undefined;
}

async function readUnsealed(
  manager: EntityManager,
  project: string,
  look: (entry: { readonly action: string; readonly after: unknown }) => void,
): Promise<Pick<LogVerdict, 'unsealed' | 'oldestUnsealed'>> {
  const rows: { action: string; after: unknown }[] = await manager.query(
    `SELECT action, after FROM audit_log
     WHERE project = $1 AND sequence IS NULL AND action IN ('personal-data.erase', 'audit.archive')`,
    [project],
  );
  rows.forEach(look);
  const [{ unsealed, oldest }] = await manager.query(
    'SELECT count(*)::integer AS unsealed, min(at) AS oldest FROM audit_log WHERE project = $1 AND sequence IS NULL',
    [project],
  );
  return { unsealed, ...(oldest === null ? {} : { oldestUnsealed: (oldest as Date).toISOString() }) };
}
