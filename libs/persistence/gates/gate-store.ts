import type { DataSource, EntityManager } from 'typeorm';
import type {
  Author,
  EarlierResult,
  KeepOutcome,
  KeptGate,
  ResultDraft,
  StepGateStore,
  StepGo,
} from '#contracts/judgement/gate-store.js';
import { SluiceError } from '#domain/errors.js';
import { AuditRepository } from '../repositories/audit-repository.js';
import { GateBypassRepository, type GateBypassRow } from './gate-bypass-repository.js';
import { GateRepository } from './gate-repository.js';
import { GateResultRepository, type GateResultRow } from './gate-result-repository.js';

/** Gates of projects with what they said, in Postgres. */
export class PostgresGateStore implements StepGateStore {
  constructor(private readonly dataSource: DataSource) {}

  async find(
    run: string,
    idOrName: string,
  ): Promise<{ readonly gate: KeptGate; readonly author: Author } | undefined> {
    const [row] = await this.dataSource.query(
      'SELECT project, started_by AS "startedBy", correlation_id AS "correlationId" FROM runs WHERE id = $1',
      [run],
    );
    if (row === undefined) throw unknownRun();
    const gate = await new GateRepository(this.dataSource.manager).find(row.project, idOrName);
    if (gate === undefined) return undefined;
    return { gate, author: { actor: row.startedBy, correlationId: row.correlationId ?? undefined } };
  }

  async readVersion(gate: string, version: number): Promise<string | undefined> {
    return (await new GateRepository(this.dataSource.manager).findVersion(gate, version))?.source;
  }

  listEarlier(gate: string, givenDigest: string, limit: number): Promise<readonly EarlierResult[]> {
    return this.results.listEarlier(gate, givenDigest, limit);
  }

  findByDigest(gate: string, digest: string): Promise<GateResultRow | undefined> {
    return this.results.findByDigest(gate, digest);
  }

  findOfGo(go: StepGo): Promise<GateResultRow | undefined> {
    return this.results.findOfGo(go);
  }

  async findBypass(gate: string): Promise<GateBypassRow | undefined> {
    return (await new GateBypassRepository(this.dataSource.manager).findActive([gate])).get(gate);
  }

  async keep(draft: ResultDraft, author: Author): Promise<KeepOutcome<GateResultRow>> {
    return this.dataSource.transaction(async (manager) => {
      const results = new GateResultRepository(manager);
      const { gate, go, digest } = draft;
      if (go !== undefined) {
        // A step has one attempt at a time; of two that overlap, since one is thought lost, one waits here for the other.
        await manager.query('SELECT FROM runs WHERE id = $1 FOR NO KEY UPDATE', [go.run]);
        const decided = await results.findOfGo(go);
        if (decided !== undefined) return { row: decided, created: false };
      }
      const id = await add(manager, draft, author);
      const row = (await results.findByDigest(gate.id, digest))!;
      return { row, created: id !== undefined };
    });
  }

  async noteBypass(row: GateResultRow, bypass: string): Promise<GateResultRow> {
    await this.results.noteBypass(row.id, bypass);
    return (await this.results.find(row.gateId, row.id)) ?? row;
  }

  private get results(): GateResultRepository {
    return new GateResultRepository(this.dataSource.manager);
  }
}

/** Answers with its id; undefined where there is one of this digest. */
async function add(
  manager: EntityManager,
  { gate, go, subject, ...draft }: ResultDraft,
  author: Author,
): Promise<string | undefined> {
  const { version, result, bypassId } = draft;
  const { commit, run, step, labels } = subject;
  const added = await new GateResultRepository(manager).add({
    ...draft,
    project: gate.project,
    gateId: gate.id,
    commit: commit ?? null,
    runId: run ?? null,
    step: step ?? null,
    attempt: go?.attempt ?? null,
    labels,
    createdBy: author.actor,
  });
  if (added === undefined) return undefined;
  await new AuditRepository(manager).add({
    project: gate.project,
    actor: author.actor,
    ...(author.correlationId === undefined ? {} : { correlationId: author.correlationId }),
    action: 'gate.evaluate',
    objectType: 'gate',
    objectId: gate.id,
    after: {
      result: added,
      version,
      outcome: result.outcome,
      score: result.score,
      bypass: bypassId,
      ...(go === undefined ? {} : { run: go.run, step: go.step }),
    },
  });
  return added;
}

function unknownRun(): SluiceError {
  return new SluiceError({
    code: 'run-unknown',
    fault: 'operational',
    message: 'The store does not know the run.',
    hint: 'Have the worker use the database of the API that started it.',
  });
}
