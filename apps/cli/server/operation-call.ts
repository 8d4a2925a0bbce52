import type {
  CheckpointRequest,
  CompleteStepRequest,
  DecisionRequest,
  ReasonRequest,
  RetryStepRequest,
  SendEventRequest,
} from '#contracts/rest/operations.js';

/** An operation on a living run: `does` is the last part of its address. */
export type OperationCall =
  | { readonly does: 'pause' | 'resume'; readonly body: ReasonRequest }
  | { readonly does: 'events'; readonly body: SendEventRequest }
  | { readonly does: 'checkpoints'; readonly body: CheckpointRequest }
  | { readonly does: 'approve' | 'reject'; readonly step: string; readonly body: DecisionRequest }
  | { readonly does: 'retry'; readonly step: string; readonly body: RetryStepRequest }
  | { readonly does: 'skip'; readonly step: string; readonly body: ReasonRequest }
  | { readonly does: 'complete'; readonly step: string; readonly body: CompleteStepRequest };

/** Below the address of the run. */
export function pathOf(call: OperationCall): string {
  return 'step' in call ? `/steps/${encodeURIComponent(call.step)}/${call.does}` : `/${call.does}`;
}
