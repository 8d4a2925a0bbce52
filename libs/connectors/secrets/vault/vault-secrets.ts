import { createActionFailure, createCanceledFailure } from '#contracts/catalogue/action-failure.js';
import type { SluiceError } from '#domain/errors.js';
import { isJsonObject, type Json, type JsonObject } from '#domain/json.js';
import { createSecretNotFound } from '../secret-failure.js';
import { createVaultClient, type VaultAnswer } from './vault-client.js';
import { createAnswerInvalid, createDenied, createUnavailable, createUnexpected } from './vault-failure.js';
import type { VaultReference } from './vault-reference.js';
import { createVaultSession } from './vault-session.js';
import type { VaultSettings } from './vault-settings.js';

/** Secrets in Vault's key-value engines of version 2; the newest version of each, asked for every time. */
export interface VaultSecrets {
  /**
   * Text as it is, numbers and true or false as text, maps and lists as JSON. Throws SluiceError `secret-not-found`,
   * `secret-too-large`, `vault-denied`, `vault-login-refused`, `vault-sealed`, `vault-unavailable`, `vault-tls-failed`,
   * `vault-answer-invalid`, `vault-unexpected`, and `canceled` once `signal` is aborted.
   */
  read(reference: VaultReference, signal?: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** Limit of one secret, in bytes; that of a file, too. */
const MAX_BYTES = 64 * 1024;
/** Limit of everything that is done for one secret, logins and further tries included. */
const LIMIT_MS = 30_000;

export function createVaultSecrets(settings: VaultSettings): VaultSecrets {
  const client = createVaultClient(settings);
  const session = createVaultSession(client, settings.login);

  const readAnswer = async (reference: VaultReference, signal: AbortSignal): Promise<VaultAnswer> => {
    const path = `${encodePath(reference.mount)}/data/${encodePath(reference.path)}`;
    const ask = (token: string) => client.ask({ method: 'GET', path, token, signal });
    const token = await session.readToken();
    const answer = await ask(token);
    if (answer.status !== 403) return answer;
    const other = await session.replaceToken(token);
    return other === undefined ? answer : ask(other);
  };

  return {
    async read(reference, caller = new AbortController().signal) {
      const limit = AbortSignal.timeout(LIMIT_MS);
      const signal = AbortSignal.any([caller, limit]);
      // Logins are shared by all who wait for one: a caller who leaves does not end them.
      const answer = await untilAborted(readAnswer(reference, signal), signal).catch((error: unknown) => {
        if (caller.aborted) throw createCanceledFailure('Reading a secret', caller);
        if (limit.aborted) throw createUnavailable(`Vault gave no secret within ${LIMIT_MS / 1000} s.`);
        throw error;
      });
      return readValue(answer, reference, settings.namespace);
    },
    async close() {
      session.close();
      await client.close();
    },
  };
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

function readValue(answer: VaultAnswer, reference: VaultReference, namespace: string | undefined): string {
  const { status, body, errors } = answer;
  const text = toText(reference);
  if (status === 403) throw createDenied(text, namespace);
  if (status === 404) throw createSecretNotFound(text, whyNotFound(body, errors, reference));
  if (status !== 200) throw createUnexpected(status, errors);
  const { data } = body;
  if (!isJsonObject(data)) throw createAnswerInvalid('It gave a secret without data.');
  if (!isJsonObject(data['data'])) throw createSecretNotFound(text, NOT_VERSION_2);
  const fields = data['data'];
  const value = toSecret(Object.hasOwn(fields, reference.field) ? fields[reference.field] : undefined);
  if (value === '') throw createSecretNotFound(text, whyNoField(fields));
  if (Buffer.byteLength(value) > MAX_BYTES) throw createTooLarge(text);
  return value;
}

function toText({ mount, path, field }: VaultReference): string {
  return `vault:${mount}${mount.includes('/') ? '//' : '/'}${path}#${field}`;
}

function toSecret(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const NOT_VERSION_2 = 'The mount has to be a key-value engine of version 2.';

function whyNotFound(body: JsonObject, errors: readonly string[], { mount }: VaultReference): string {
  if (errors.some((words) => /no handler for route/i.test(words))) {
    return `Nothing is mounted at ${JSON.stringify(mount)}; where the mount's path holds slashes, end it by two: \`vault:teams/payments//path#field\`.`;
  }
  const { data } = body;
  if (isJsonObject(data) && isJsonObject(data['metadata'])) {
    return 'Its newest version is deleted: undelete it, or write another one.';
  }
  return `Write it there, or correct the reference. ${NOT_VERSION_2}`;
}

/** Names of fields may tell something, too. */
function whyNoField(fields: JsonObject): string {
  const count = Object.keys(fields).length;
  return `Write a field of this name there, with a value; the secret has ${count} ${count === 1 ? 'field' : 'fields'}.`;
}

function createTooLarge(reference: string): SluiceError {
  return createActionFailure({
    code: 'secret-too-large',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The secret ${JSON.stringify(reference)} has more than ${MAX_BYTES} bytes.`,
    hint: 'Keep in Vault what unlocks the data, and the data elsewhere.',
  });
}
