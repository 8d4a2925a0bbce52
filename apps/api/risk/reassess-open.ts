import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { RiskEnvironment } from '#contracts/judgement/risk.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { AssessmentRepository, type OpenAssessment } from '#persistence/risk/assessment-repository.js';
import { lockRunsIn } from '#persistence/run-lock.js';
import { RunNotifier } from '#persistence/run-notifier.js';
import { reassess } from '#risk/assess/reassess.js';
import type { Caller } from '../http/caller.js';
import { Metrics } from '../observability/metrics.js';
import { DATA_SOURCE } from '../tokens.js';
import { describeDifference, KnowEnvironment, mergeEnvironment } from './know-environment.js';

const AT_ONCE = 500;
/** By whom what nobody asked for is done. */
const KEEPER = 'risk-keeper';

/**
 * Assesses again what is open wherever more, or other things, are known of the environment than were taken into account. It
 * looks at how things are, not at what happened: what was missed is caught up with, and what is done again changes nothing.
 */
@Injectable()
export class ReassessOpen {
  private readonly notifier: RunNotifier;

  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(KnowEnvironment) private readonly environments: KnowEnvironment,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {
    this.notifier = new RunNotifier(dataSource);
  }

  /** Of the caller's project, or of all; answers with how many have a new version. */
  async sweep(caller?: Pick<Caller, 'project' | 'actor' | 'correlationId'>): Promise<number> {
    const assessments = new AssessmentRepository(this.dataSource.manager);
    const knowledge = this.environments.look();
    let changed = 0;
    for (let after: string | undefined; ; ) {
      const open = await assessments.listOpen(caller?.project, after, AT_ONCE);
      for (const each of open) {
        const { project, environment, given, state, workflow } = each;
        const known = await knowledge.stateOf(project, environment, workflow);
        const now = mergeEnvironment(given, known);
        const difference = describeDifference(state, now);
        if (difference === undefined) continue;
        if (await this.again(each, now, caller)) changed += 1;
      }
      after = open.at(-1)?.id;
      if (open.length < AT_ONCE) return changed;
    }
  }

  private async again(
    { id, project, environment }: OpenAssessment,
    state: RiskEnvironment,
    caller: Pick<Caller, 'actor' | 'correlationId'> | undefined,
  ): Promise<boolean> {
    const run = await this.dataSource.transaction(async (manager) => {
      const assessments = new AssessmentRepository(manager);
      const row = await assessments.lock(project, id);
      // Somebody else may have been here, or it is not open any longer.
      const difference = row && describeDifference(row.state, state);
      if (row === undefined || difference === undefined) return undefined;
      const result = reassess(row.result, state);
      const reason = `${environment}: ${difference}`;
      const createdBy = caller?.actor ?? KEEPER;
      await assessments.addVersion(row, { reason, state, result, createdBy });
      await new AuditRepository(manager).add({
        project,
        actor: createdBy,
        ...(caller === undefined ? {} : { correlationId: caller.correlationId }),
        action: 'risk.reassess',
        objectType: 'risk',
        objectId: id,
        before: { version: row.version, score: row.result.score, level: row.level },
        after: { version: row.version + 1, score: result.score, level: result.level },
        reason,
      });
      if (row.runId === null || row.step === null) return null;
      await lockRunsIn(manager, [row.runId]);
      await assessments.touchStep(row.runId, row.step);
      return row.runId;
    });
    if (run === undefined) return false;
    this.metrics.riskAssessed('environment');
    if (run !== null) this.notifier.notify(run);
    return true;
  }
}
