import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';

/** Most of what a name or a platform's words take of a message. */
const SHOWN_LENGTH = 200;

/** There is neither a branch nor a tag of this name. Nothing was started. */
export function createRefNotFound(title: string, project: string, ref: string | undefined): SluiceError {
  const name = ref === undefined ? 'default branch' : `branch or tag ${cut(ref)}`;
  return createActionFailure({
    code: 'pipeline-ref-not-found',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${title} has no ${name} in ${cut(project)}.`,
    hint: 'Correct `ref`: the branch may have been renamed or removed.',
  });
}

/**
 * What is given does not fit what the pipeline declares. Nothing was started.
 * @param problems one sentence or phrase each, without secrets
 */
export function createInputsRefused(
  title: string,
  pipeline: string,
  problems: readonly string[],
): SluiceError {
  const told = problems.slice(0, 10).map(cut).join('; ');
  return createActionFailure({
    code: 'pipeline-inputs-refused',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The pipeline ${cut(pipeline)} of ${title} does not take these inputs: ${told}${problems.length > 10 ? '; and more' : ''}.`,
    hint: 'Correct `inputs`; `sluice integrations discover` lists what the pipeline takes.',
  });
}

/** The platform took the request, and had nothing to do. */
export function createNotStarted(title: string, pipeline: string, words: string): SluiceError {
  return createActionFailure({
    code: 'pipeline-not-started',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${title} started nothing of the pipeline ${cut(pipeline)}${words === '' ? '.' : `: ${cut(words)}`}`,
    hint: 'Look at the rules and filters of the pipeline: none of its jobs is for this branch, these inputs and a start by the API.',
  });
}

/** What was delivered is no event of the platform. */
export function createEventInvalid(title: string, why: string): SluiceError {
  return createActionFailure({
    code: 'platform-event-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `What was delivered is no event of ${title}: ${why}.`,
    hint: 'Check that the webhook of this integration is called by its own platform, with JSON as its content.',
  });
}

/** It was there once. */
export function createArtifactExpired(title: string, name: string): SluiceError {
  return createActionFailure({
    code: 'artifact-expired',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${title} has the artifact ${cut(name)} no more.`,
    hint: 'Fetch artifacts before they expire, or let the platform keep them longer.',
  });
}

function cut(text: string): string {
  return text.slice(0, SHOWN_LENGTH).toWellFormed();
}
