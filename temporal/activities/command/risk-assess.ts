import { createActionFailure, createCanceledFailure } from '#contracts/catalogue/action-failure.js';
import type { RiskAssessInput } from '#contracts/catalogue/risk-assess.js';
import type { RiskAssessor } from '#contracts/judgement/risk-report.js';
import type { Action } from '#contracts/ports.js';
import { isSluiceError } from '#domain/errors.js';
import type { Json } from '#domain/json.js';
import { requireFolderInWorkspace } from './process/workspace-folders.js';

/**
 * `risk/assess`. Throws SluiceError `path-not-found`, `path-outside-workspace`, `canceled`, and what reading a history and
 * its change may fail with.
 */
export function createRiskAssess(assess: RiskAssessor): Action {
  return async (input, context) => {
    const { base, head = 'HEAD', directory = '.', environment } = input as unknown as RiskAssessInput;
    const { workspace, signal } = context;
    const folder = await requireFolderInWorkspace(workspace, directory);
    const report = await assess({
      folder,
      within: workspace,
      head,
      ...(base !== undefined && { base }),
      ...(environment !== undefined && { environment }),
      signal,
    }).catch((error: unknown) => {
      if (signal.aborted) throw createCanceledFailure('The assessment', signal);
      throw toFailure(error);
    });
    context.log('sluice', report.text);
    for (const note of report.history.notes) context.log('sluice', note);
    return { ...report } as unknown as Json;
  };
}

/** What the repository or its request is refused with; the step may be tried again where the fault lies elsewhere. */
function toFailure(error: unknown): unknown {
  if (!isSluiceError(error)) return error;
  const { code, fault, message, hint } = error;
  return createActionFailure({
    code,
    fault,
    class: fault === 'user' ? 'configuration' : 'unknown',
    retryable: fault === 'operational',
    message,
    hint: HINTS[code] ?? hint ?? '',
  });
}

/** Where a step is to do something else than a person at a terminal. */
const HINTS: Readonly<Record<string, string>> = {
  'change-not-found': 'Check the spelling; git/checkout brings the whole history with `depth: 0`.',
};
