import type { Json, JsonObject } from '../json.js';
import type { StepKey } from './state.js';

/** What people and programs may ask of a living run. */
export type Operation = OperationAuthor & OperationRequest;

export interface OperationAuthor {
  readonly by: string;
  /** Of the one who asks, as the control plane knows them. */
  readonly roles: readonly string[];
  readonly reason?: string;
}

export type OperationRequest =
  /** Nothing new begins; what is under way ends. */
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  /** `compensate`: what was done and declares how to undo it is undone, the latest first. */
  | { readonly type: 'cancel'; readonly compensate: boolean }
  | { readonly type: 'approve'; readonly step: StepKey; readonly inputs?: JsonObject }
  | { readonly type: 'reject'; readonly step: StepKey; readonly inputs?: JsonObject }
  | { readonly type: 'send-event'; readonly name: string; readonly data: Json }
  /** `with`: input of the action in place of what the definition says. */
  | { readonly type: 'retry-step'; readonly step: StepKey; readonly with?: JsonObject }
  | { readonly type: 'skip-step'; readonly step: StepKey }
  | { readonly type: 'complete-step'; readonly step: StepKey; readonly output: Json }
  | { readonly type: 'checkpoint'; readonly name: string };

export type OperationType = OperationRequest['type'];

/** Why an operation does not fit, and when it would. */
export interface Refusal {
  readonly code: 'run-state' | 'step-state' | 'step-unknown' | 'not-allowed' | 'operation-invalid';
  readonly message: string;
  /** The states in which it would be done. */
  readonly fits: string;
}
