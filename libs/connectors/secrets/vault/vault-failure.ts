import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';

export function createUnavailable(
  message: string,
  more: { readonly hint?: string; readonly retryAfter?: string | undefined; readonly cause?: unknown } = {},
): SluiceError {
  const seconds = /^\d{1,4}$/.test(more.retryAfter ?? '') ? Number(more.retryAfter) : undefined;
  return createActionFailure({
    code: 'vault-unavailable',
    fault: 'operational',
    class: 'transient',
    retryable: true,
    message,
    hint: more.hint ?? 'Look whether Vault runs, and whether the worker reaches it.',
    ...(seconds === undefined ? {} : { facts: { retryAfterMs: seconds * 1000 } }),
    ...(more.cause === undefined ? {} : { cause: more.cause }),
  });
}

export function createSealed(message: string): SluiceError {
  return createActionFailure({
    code: 'vault-sealed',
    fault: 'operational',
    class: 'infrastructure',
    retryable: true,
    message,
    hint: 'Its operators unseal it.',
  });
}

export function createTlsFailed(cause: SluiceError): SluiceError {
  return createActionFailure({
    code: 'vault-tls-failed',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: cause.message,
    hint: 'Let SLUICE_VAULT_CA_FILE name the certificate of the authority that vouches for Vault.',
    cause,
  });
}

export function createAnswerInvalid(message: string, cause?: unknown): SluiceError {
  return createActionFailure({
    code: 'vault-answer-invalid',
    fault: 'operational',
    class: 'dependency',
    retryable: false,
    message: `What SLUICE_VAULT_ADDRESS names does not answer as Vault does. ${message}`,
    hint: 'Look whether it is Vault that listens there.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A status that Vault's documentation does not tell of for what was asked. */
export function createUnexpected(status: number, words: readonly string[]): SluiceError {
  return createActionFailure({
    code: 'vault-unexpected',
    fault: 'operational',
    class: 'dependency',
    retryable: false,
    message: `Vault answered with status ${status}${quoteWords(words)}.`,
    hint: 'Look into the log of Vault, and whether the settings for Vault are right.',
  });
}

export function createLoginRefused(message: string, hint: string): SluiceError {
  return createActionFailure({
    code: 'vault-login-refused',
    fault: 'user',
    class: 'auth',
    retryable: false,
    message,
    hint,
  });
}

export function createDenied(reference: string, namespace: string | undefined): SluiceError {
  const where = namespace === undefined ? '' : ` in the namespace ${namespace}`;
  return createActionFailure({
    code: 'vault-denied',
    fault: 'user',
    class: 'auth',
    retryable: false,
    message: `Vault does not let the worker read ${JSON.stringify(reference)}${where}.`,
    hint: "Give the worker's token or AppRole a policy with `read` on `mount/data/path`, or correct the reference: what may not be read is denied whether it exists or not.",
  });
}

export function createNotConfigured(): SluiceError {
  return createActionFailure({
    code: 'vault-not-configured',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: 'A secret is in Vault, and this worker knows no Vault.',
    hint: 'Set SLUICE_VAULT_ADDRESS and a way to log in where the worker runs.',
  });
}

export function quoteWords(words: readonly string[]): string {
  return words.length === 0 ? '' : `: ${words.join('; ')}`;
}
