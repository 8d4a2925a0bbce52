import type { ReasonRequest } from './operations.js';

/** POST /freezes: from `startsAt` to `endsAt` no run begins. Answers 201 with a FreezeView. */
export interface FreezeRequest extends ReasonRequest {
  readonly name: string;
  readonly startsAt: string;
  readonly endsAt: string;
  /** Names of workflows; all when absent. */
  readonly workflows?: readonly string[];
}

/** GET /freezes: newest first, with `?past=true` also those that have ended. GET and DELETE /freezes/{id}. */
export interface FreezeView extends FreezeRequest {
  readonly id: string;
  readonly active: boolean;
  readonly createdBy: string;
  readonly createdAt: string;
}
