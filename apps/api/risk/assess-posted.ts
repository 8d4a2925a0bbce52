import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { ChangeFactors, RiskAssessment } from '#contracts/judgement/risk.js';
import { PAST_COLUMNS, type PastChange } from '#contracts/judgement/risk-facts.js';
import type { AssessRiskRequest } from '#contracts/rest/risk.js';
import { parseDuration } from '#domain/definition/duration.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { AssessmentRepository, type AssessmentRow } from '#persistence/risk/assessment-repository.js';
import { assessRisk } from '#risk/assess/assess-risk.js';
import { PAST_LENGTH } from '#risk/model/past.js';
import type { Caller } from '../http/caller.js';
import { problemError } from '../http/problem.js';
import { Metrics } from '../observability/metrics.js';
import { DATA_SOURCE } from '../tokens.js';
import { JudgeByModel } from './judge-by-model.js';
import { DEFAULT_ENVIRONMENT, KnowEnvironment, mergeEnvironment } from './know-environment.js';

const LONGEST_DAYS = 14;
const DAY_MS = 86_400_000;
/** That no run waits for: each is looked at whenever something changes. */
const MOST_OPEN = 1_000;

/** Assesses changes of which programs say what they are like. */
@Injectable()
export class AssessPosted {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(JudgeByModel) private readonly models: JudgeByModel,
    @Inject(KnowEnvironment) private readonly environments: KnowEnvironment,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** Throws SluiceError `request-invalid`, `risk-assessment-limit-reached`, `risk-model-invalid`. */
  async assess(request: AssessRiskRequest, caller: Caller): Promise<AssessmentRow> {
    const { project, actor } = caller;
    const openMs = readOpenFor(request.openFor);
    const at = new Date();
    const given = request.environment ?? {};
    const environment = given.name ?? DEFAULT_ENVIRONMENT;
    const state = mergeEnvironment(given, await this.environments.look().stateOf(project, environment));
    const factors: ChangeFactors = { ...request.factors, more: request.factors.more ?? {} };
    const { files, reviewers, history, utcOffset } = request;
    const result = assessRisk(
      await this.models.require(project),
      factors,
      await this.findPast(project, factors, request.past),
      {
        now: Math.floor(at.getTime() / 1_000),
        ...(utcOffset !== undefined && { utcOffset }),
        ...(files !== undefined && { files }),
        ...(reviewers !== undefined && { reviewers }),
        ...(history?.shallow && { historyIncomplete: true }),
        environment: state,
      },
    );
    requireFinite(result);
    const draft = {
      project,
      runId: null,
      step: null,
      attempt: null,
      environment,
      given,
      factors,
      history: history ?? null,
      open: openMs > 0,
      openUntil: openMs > 0 ? new Date(at.getTime() + openMs) : null,
      createdBy: actor,
      result,
      state,
      at,
    };
    const row = await this.dataSource.transaction(async (manager) => {
      const assessments = new AssessmentRepository(manager);
      if (draft.open && (await assessments.countOpen(project)) >= MOST_OPEN) {
        throw problemError('risk-assessment-limit-reached', `${MOST_OPEN} assessments are open.`);
      }
      const id = (await assessments.add(draft))!;
      await new AuditRepository(manager).add({
        ...caller,
        action: 'risk.assess',
        objectType: 'risk',
        objectId: id,
        after: { commit: result.commit, environment, score: result.score, model: result.model.digest },
      });
      return (await assessments.find(project, id))!;
    });
    this.metrics.riskAssessed('request');
    return row;
  }

  private async findPast(
    project: string,
    { at }: ChangeFactors,
    past: readonly PastChange[] | undefined,
  ): Promise<readonly ChangeFactors[]> {
    if (past !== undefined) return past.map(toFactors);
    return new AssessmentRepository(this.dataSource.manager).listPast(project, at, PAST_LENGTH);
  }
}

function toFactors(row: PastChange): ChangeFactors {
  const numbers = Object.fromEntries(PAST_COLUMNS.map((name, place) => [name, row[place]!]));
  return { commit: '', author: '', more: {}, ...numbers } as unknown as ChangeFactors;
}

/** Milliseconds; 0 when absent. */
function readOpenFor(text: string | undefined): number {
  if (text === undefined) return 0;
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 1_000 && ms <= LONGEST_DAYS * DAY_MS) return ms;
  const path = 'openFor';
  const message = `must be a duration of 1s to ${LONGEST_DAYS}d, as 8h`;
  throw problemError('request-invalid', `The request is not valid: ${path} ${message}.`, {
    errors: [{ path, message }],
  });
}

/** A model can be written so that its numbers, each in order, come to none. */
function requireFinite({ contributions, probability }: RiskAssessment): void {
  const sound = contributions.every(({ points, logOdds }) => Number.isFinite(points + logOdds));
  if (sound && Number.isFinite(probability)) return;
  throw problemError('risk-model-invalid', "By the project's model this change has no score.");
}
