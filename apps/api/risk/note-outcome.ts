import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { OutcomeRequest } from '#contracts/rest/risk.js';
import { parseMoment } from '#domain/definition/moment.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { AssessmentRepository } from '#persistence/risk/assessment-repository.js';
import { OutcomeRepository, type OutcomeRow } from '#persistence/risk/outcome-repository.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { DATA_SOURCE } from '../tokens.js';

/** Clocks differ. */
const AHEAD_MS = 300_000;

/** Takes down what became of a change: models learn from it. */
@Injectable()
export class NoteOutcome {
  constructor(@Inject(DATA_SOURCE) private readonly dataSource: DataSource) {}

  /** Throws SluiceError `request-invalid`, `risk-assessment-not-found`. */
  async note(
    { commit, outcome, at, reason }: OutcomeRequest,
    caller: Caller,
  ): Promise<{ readonly created: boolean; readonly row: OutcomeRow }> {
    const { project, actor } = caller;
    const moment = readMoment(at);
    return this.dataSource.transaction(async (manager) => {
      const assessments = new AssessmentRepository(manager);
      const outcomes = new OutcomeRepository(manager);
      const before = await outcomes.find(project, commit);
      const assessed = await assessments.findOfCommit(project, commit);
      const factors = assessed?.factors ?? before?.factors;
      if (factors === undefined) {
        throw problemError('risk-assessment-not-found', `The change ${commit} was not assessed.`);
      }
      await outcomes.save({ project, commit, outcome, at: moment, factors, reason, notedBy: actor });
      await assessments.close(project, commit);
      await new AuditRepository(manager).add({
        ...caller,
        action: 'risk.outcome',
        objectType: 'risk',
        objectId: commit,
        ...(before === undefined ? {} : { before: { outcome: before.outcome } }),
        after: { outcome, at: moment.toISOString() },
        reason,
      });
      return { created: before === undefined, row: (await outcomes.find(project, commit))! };
    });
  }
}

function readMoment(text: string | undefined): Date {
  if (text === undefined) return new Date();
  const moment = parseMoment(text);
  const path = 'at';
  const refuse = (message: string) =>
    problemError('request-invalid', `The request is not valid: ${path} ${message}.`, {
      errors: [{ path, message }],
    });
  if (moment === undefined) throw refuse('must be a moment in the form of RFC 3339');
  if (moment > Date.now() + AHEAD_MS) throw refuse('must not be in the future');
  return new Date(moment);
}
