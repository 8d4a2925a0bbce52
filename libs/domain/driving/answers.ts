import type { OperationRequest } from '../execution/operation.js';
import type { ApprovalState, StepKey } from '../execution/state.js';
import type { Json, JsonObject } from '../json.js';

/** What people do where a run waits for them, said beforehand. */
export type Answer =
  | {
      readonly type: 'approve' | 'reject';
      /** Who decides; where absent, as many people as the quorum needs. */
      readonly by?: string;
      readonly reason?: string;
      readonly inputs?: JsonObject;
    }
  | { readonly type: 'retry'; readonly with?: JsonObject }
  | { readonly type: 'skip' }
  | { readonly type: 'complete'; readonly output: Json };

export const ANSWER_WORDS = ['approve', 'reject', 'retry', 'skip', 'complete'] as const;

export function answersApproval(answer: Answer): answer is Extract<Answer, { type: 'approve' | 'reject' }> {
  return answer.type === 'approve' || answer.type === 'reject';
}

/** What the answer asks of the run. */
export function requestOf(answer: Answer, step: StepKey): OperationRequest {
  switch (answer.type) {
    case 'approve':
    case 'reject':
      return { type: answer.type, step, ...(answer.inputs === undefined ? {} : { inputs: answer.inputs }) };
    case 'retry':
      return { type: 'retry-step', step, ...(answer.with === undefined ? {} : { with: answer.with }) };
    case 'skip':
      return { type: 'skip-step', step };
    case 'complete':
      return { type: 'complete-step', step, output: answer.output };
  }
}

/** How many people must give it: one rejection is enough. */
export function votesNeeded(answer: Answer, approval: ApprovalState): number {
  return answer.type === 'approve' && answer.by === undefined ? approval.quorum - approval.votes.length : 1;
}
