import type { JsonObject } from '#domain/json.js';
import type { Gate, GateType } from '../judgement/gate.js';
import type { Afterwards, GateResult, Outcome } from '../judgement/gate-result.js';
import type { ReasonRequest } from './operations.js';

/**
 * PUT /gates/{name} takes the text itself, YAML or JSON, a file of objectives too: 201 where the gate is new, 200 with a new
 * version, or the same where it means the same. Takes If-Match with the ETag of the gate, and `If-None-Match: *`. GET
 * /gates, GET /gates/{name}.
 */
export interface GateView {
  readonly id: string;
  readonly name: string;
  readonly type?: GateType;
  /** The newest version. */
  readonly version: number;
  /** Of what it means. */
  readonly digest: string;
  readonly rules: Gate['rules'];
  /** How many. */
  readonly criteria: number;
  /** While one lasts. */
  readonly bypass?: BypassMark;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** GET /gates/{name}/versions, the latest first, and /gates/{name}/versions/{version}. */
export interface GateVersionView {
  readonly version: number;
  readonly digest: string;
  readonly type?: GateType;
  readonly rules: Gate['rules'];
  readonly criteria: number;
  readonly source: string;
  readonly format: 'yaml' | 'json';
  readonly createdBy: string;
  readonly createdAt: string;
}

/** What is judged. */
interface GateSubject {
  /** Of git, in hexadecimal digits. */
  readonly commit?: string;
  /** Id of a run. */
  readonly run?: string;
  /** Key of a step. */
  readonly step?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * POST /gates/{name}/evaluate: 201 with a result that is stored, 200 with one that was found again, or that a dry run did not
 * store. Earlier runs are those that the gate has results of.
 */
export interface EvaluateGateRequest extends GateSubject {
  /** By name: a number, a list of samples, null, or a map with `value`, `samples`, `baseline`, `unit` and so on. */
  readonly metrics: JsonObject;
  /** 0 to 100. */
  readonly risk?: number;
  /** The newest when absent. */
  readonly version?: number;
  readonly dryRun?: boolean;
}

export interface BypassMark {
  readonly id: string;
  readonly by: string;
  readonly reason: string;
  readonly until: string;
}

/** GET /gates/{name}/results, the latest first. */
export interface GateResultSummary {
  readonly id: string;
  readonly gate: string;
  readonly version: number;
  /** Of all that decided; the same inputs have one result. */
  readonly digest: string;
  readonly outcome: Outcome;
  readonly score: number;
  /** Passed, with a warning or without, or let through by a bypass that lasts. */
  readonly allowed: boolean;
  /** The one under which it was let through; of what did not pass, the one that lasts before that. */
  readonly bypass?: BypassMark;
  readonly text: string;
  readonly commit?: string;
  readonly run?: string;
  readonly step?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What became of the change. */
  readonly afterwards?: Afterwards;
  readonly notedBy?: string;
  readonly by: string;
  readonly at: string;
}

/** GET /gates/{name}/results/{result}. */
export interface GateResultView extends GateResultSummary {
  readonly result: GateResult;
}

/** POST /gates/{name}/evaluate; a dry run has no `id` where there is no such result yet. */
export interface GateDecisionView extends Omit<GateResultView, 'id'> {
  readonly id?: string;
}

/** PUT /gates/{name}/results/{result}/afterwards: limits are learnt from it. */
export interface AfterwardsRequest extends ReasonRequest {
  /** `unknown`: not known after all. */
  readonly afterwards: Afterwards | 'unknown';
}

/** POST /gates/{name}/bypasses. */
export interface BypassRequest {
  readonly reason: string;
  /** A duration of seven days at most, `90m`. */
  readonly for: string;
}

/** GET /gates/{name}/bypasses, the latest first; DELETE /gates/{name}/bypasses/{bypass} revokes. */
export interface BypassView {
  readonly id: string;
  readonly reason: string;
  /** It lasts. */
  readonly active: boolean;
  readonly createdBy: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedBy?: string;
  readonly revokedAt?: string;
}
