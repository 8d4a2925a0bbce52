import type { Afterwards } from '../judgement/gate-result.js';
import type { ChangeFactors, RiskAssessment, RiskEnvironment, RiskLevel } from '../judgement/risk.js';
import type { RiskFacts } from '../judgement/risk-facts.js';
import type { HistoryFacts } from '../judgement/risk-report.js';
import type { ReasonRequest } from './operations.js';

/**
 * POST /risk/assessments: 201. Judged by the project's model, else by the one that comes with Sluice, and by what the project
 * knows of the environment.
 */
export interface AssessRiskRequest extends RiskFacts {
  /** A duration of 14 days at most: so long it is assessed again when the environment changes. */
  readonly openFor?: string;
}

/** GET /risk/assessments, the latest first. */
export interface AssessmentSummary {
  readonly id: string;
  readonly commit: string;
  /** Of the run whose step assessed it. */
  readonly run?: string;
  readonly step?: string;
  readonly attempt?: number;
  /** Name. */
  readonly environment: string;
  readonly version: number;
  readonly score: number;
  readonly level: RiskLevel;
  readonly probability: number;
  /** It is assessed again when the environment changes. */
  readonly open: boolean;
  readonly text: string;
  readonly by: string;
  readonly at: string;
  /** Of the version. */
  readonly updatedAt: string;
}

/** GET /risk/assessments/{id}: with what it is made of, as of its latest version. */
export interface AssessmentView extends AssessmentSummary {
  readonly result: RiskAssessment;
  readonly factors: ChangeFactors;
  readonly history?: HistoryFacts;
  /** As it was taken into account. */
  readonly state: RiskEnvironment;
  /** Why it was assessed again. */
  readonly reason?: string;
}

/** GET /risk/assessments/{id}/versions, the latest first. */
export interface AssessmentVersionView {
  readonly version: number;
  readonly score: number;
  readonly level: RiskLevel;
  readonly reason?: string;
  readonly state: RiskEnvironment;
  readonly result: RiskAssessment;
  readonly by: string;
  readonly at: string;
}

/** What a step, and an approval, show of the risk that the run assessed last. */
export interface RiskMark {
  /** Id of the assessment. */
  readonly assessment: string;
  readonly score: number;
  readonly level: RiskLevel;
  readonly version: number;
  /** Of the first version. */
  readonly firstScore: number;
  /** Why it was assessed again. */
  readonly reason?: string;
  readonly at: string;
}

/** What is said of an environment; what is not known is left out. */
export type EnvironmentState = Pick<RiskEnvironment, 'deployments' | 'openIncidents' | 'frozen'>;

/** PUT /risk/environments/{name}: all of it anew. 201 where it is new. */
export interface EnvironmentRequest extends EnvironmentState, ReasonRequest {
  /** Names of the workflows that deploy there: their runs are its deployments, unless `deployments` says; freezes of them count. */
  readonly workflows?: readonly string[];
}

/** GET /risk/environments, by name; GET /risk/environments/{name}. */
export interface EnvironmentView {
  readonly name: string;
  /** As somebody said. */
  readonly said: EnvironmentState;
  readonly workflows?: readonly string[];
  /** What is known now: what was said, runs of its workflows, and freezes. */
  readonly state: EnvironmentState;
  readonly updatedBy: string;
  readonly updatedAt: string;
}

/** POST /risk/outcomes: 201, or 200 where something was known of the change before. */
export interface OutcomeRequest extends ReasonRequest {
  /** Full id of a change that was assessed. */
  readonly commit: string;
  /** `bad`: it brought in a defect. */
  readonly outcome: Afterwards;
  /** When it was known; now when absent. */
  readonly at?: string;
}

/** GET /risk/outcomes, the latest first. */
export interface OutcomeView {
  readonly commit: string;
  readonly outcome: Afterwards;
  readonly at: string;
  readonly factors: ChangeFactors;
  readonly reason?: string;
  readonly by: string;
  readonly notedAt: string;
}

/** PUT /risk/model takes the file that `npm run train:risk` wrote. GET /risk/model; DELETE /risk/model goes back to the shipped one. */
export interface RiskModelFacts {
  readonly name: string;
  readonly digest: string;
  readonly trainedOn: {
    readonly projects: readonly string[];
    readonly changes: number;
    /** Moments of the first and the last change. */
    readonly from: string;
    readonly to: string;
  };
  /** It comes with Sluice. */
  readonly shipped: boolean;
  readonly by?: string;
  readonly at?: string;
}
