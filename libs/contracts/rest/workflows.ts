import type { Forecast } from '#domain/forecast/forecast.js';
import type { JsonObject } from '#domain/json.js';
import type { Finding } from '#domain/validation/finding.js';
import type { PublicationView } from './versions.js';

/** POST /workflows answers 201 (new workflow), 200 (same digest as the latest version, or a new version). */
export interface WorkflowView {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly description?: string;
  /** Number of the newest version, published or not. */
  readonly latestVersion: number;
  readonly digest: string;
  /** The newest published version: what the alias `latest` names. */
  readonly published?: { readonly version: number; readonly as: string };
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Warnings found while saving. */
  readonly findings?: readonly Finding[];
}

/**
 * How a request names a version: by its number; by the semantic version that it was published as, `1.4.0`; by an alias,
 * `stable`. In an address a number is text.
 */
export type VersionName = number | string;

/** GET /workflows/{id}/versions, with `?published=true` only those; GET /workflows/{id}/versions/{version}. */
export interface WorkflowVersionView {
  readonly workflowId: string;
  readonly version: number;
  readonly digest: string;
  readonly createdAt: string;
  readonly createdBy: string;
  /** Absent of a draft. */
  readonly published?: PublicationView;
  /** Names of the aliases that name it. */
  readonly aliases: readonly string[];
  /** The text as sent. */
  readonly source: string;
  readonly format: 'yaml' | 'json';
}

/** POST /workflows/validate takes a definition as POST /workflows does, and saves nothing; 200 also of one that is not valid. */
export interface ValidationView {
  readonly valid: boolean;
  readonly name?: string;
  /** That its version would have. */
  readonly digest?: string;
  readonly findings: readonly Finding[];
}

/** POST /workflows/plan. */
export interface PlanRequest {
  /** The text of a definition. */
  readonly definition: string;
  /** Those that are missing are taken for not known yet. */
  readonly inputs?: JsonObject;
}

/** POST /workflows/{id}/plan. */
export interface StoredPlanRequest {
  /** The newest one when absent, published or not. */
  readonly version?: VersionName;
  readonly inputs?: JsonObject;
}

/** What would run, as far as that is known before it does. */
export interface WorkflowPlanView extends Forecast {
  /** Where it is stored. */
  readonly version?: number;
  /** Warnings. */
  readonly findings?: readonly Finding[];
}
