import { setTimeout as sleep } from 'node:timers/promises';
import { isSluiceError } from '#domain/errors.js';
import { isJsonObject, type JsonObject } from '#domain/json.js';
import { createSafeClient, type SafeResponse } from '../../http/safe-client.js';
import { createMask } from '../mask.js';
import {
  createAnswerInvalid,
  createSealed,
  createTlsFailed,
  createUnavailable,
  createUnexpected,
} from './vault-failure.js';
import type { VaultSettings } from './vault-settings.js';

interface VaultRequest {
  readonly method: 'GET' | 'POST';
  /** Below `/v1/`, encoded. */
  readonly path: string;
  readonly token?: string;
  readonly body?: JsonObject;
  readonly signal: AbortSignal;
}

/** What Vault says that is not about its own health. */
export interface VaultAnswer {
  readonly status: number;
  /** Empty where there is none. */
  readonly body: JsonObject;
  /** Vault's own words, without the token that was sent. */
  readonly errors: readonly string[];
}

export interface VaultClient {
  /**
   * Answers with 200, 204, 400, 403, 404, 405; a moment's trouble is tried again twice. Throws SluiceError `vault-unavailable`,
   * `vault-sealed`, `vault-tls-failed`, `vault-answer-invalid`, `vault-unexpected`, `canceled`.
   */
  ask(request: VaultRequest): Promise<VaultAnswer>;
  close(): Promise<void>;
}

const REQUEST_MS = 5_000;
/** Vault stores no larger entry by default. */
const MAX_BYTES = 1024 * 1024;
const PAUSES_MS = [200, 1_000];
const MAX_WORDS = 300;

/** HTTP to the one Vault that the operator configured, wherever it is. */
export function createVaultClient(settings: VaultSettings): VaultClient {
  const { address, namespace, authorities } = settings;
  const client = createSafeClient({
    allow: [toAllowEntry(new URL(address).hostname)],
    ...(authorities === undefined ? {} : { authorities }),
  });
  const send = async ({ method, path, token, body, signal }: VaultRequest): Promise<VaultAnswer> => {
    const response = await client
      .send({
        url: `${address}/v1/${path}`,
        method,
        headers: {
          'x-vault-request': 'true',
          ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
          ...(token === undefined ? {} : { 'x-vault-token': token }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeoutMs: REQUEST_MS,
        maxBytes: MAX_BYTES,
        maxRedirects: 0,
        signal,
      })
      .catch((error: unknown) => {
        throw toVaultFailure(error, address);
      });
    const sent = [token, ...Object.values(body ?? {})].filter((value) => typeof value === 'string');
    return readAnswer(response, address, sent);
  };
  return {
    async ask(request) {
      for (const pause of PAUSES_MS) {
        try {
          return await send(request);
        } catch (error) {
          if (!isSluiceError(error) || error.code !== 'vault-unavailable') throw error;
          await sleep(pause, undefined, { signal: request.signal }).catch(() => undefined);
        }
      }
      return send(request);
    },
    close: () => client.close(),
  };
}

function toAllowEntry(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function toVaultFailure(error: unknown, address: string): unknown {
  if (!isSluiceError(error)) return error;
  switch (error.code) {
    case 'canceled':
      return error;
    case 'http-tls-failed':
      return createTlsFailed(error);
    case 'http-response-too-large':
    case 'http-response-invalid':
      return createAnswerInvalid(error.message, error);
    default:
      return createUnavailable(`Vault at ${address} does not answer: ${error.message}`, { cause: error });
  }
}

function readAnswer(response: SafeResponse, address: string, sent: readonly string[]): VaultAnswer {
  const { status } = response;
  const body = parse(response.body);
  const errors = wordsOf(body, sent);
  if ([200, 204, 400, 403, 404, 405].includes(status)) {
    if (body === undefined) throw createAnswerInvalid(`The answer with status ${status} is no JSON.`);
    return { status, body, errors };
  }
  if (status === 501) throw createSealed(`Vault at ${address} is not initialised.`);
  if (status === 503 && errors.some((words) => /sealed/i.test(words))) {
    throw createSealed(`Vault at ${address} is sealed.`);
  }
  if (status >= 300 && status < 400) {
    throw createUnavailable(`The Vault at ${address} is a standby that points elsewhere.`, {
      hint: 'Let SLUICE_VAULT_ADDRESS name the active one, or what stands before all of them.',
    });
  }
  if (status >= 500 || [412, 429, 472, 473].includes(status)) {
    throw createUnavailable(`Vault at ${address} answered with status ${status}.`, {
      retryAfter: response.headers['retry-after'],
    });
  }
  throw createUnexpected(status, errors);
}

function parse(bytes: Buffer): JsonObject | undefined {
  if (bytes.length === 0) return {};
  try {
    const value = JSON.parse(bytes.toString('utf8'));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function wordsOf(body: JsonObject | undefined, sent: readonly string[]): string[] {
  const errors = body?.['errors'];
  if (!Array.isArray(errors)) return [];
  const mask = createMask();
  for (const value of sent) mask.add(value);
  return errors
    .filter((words) => typeof words === 'string')
    .slice(0, 5)
    .map((words) => mask.apply(words).replace(/\s+/g, ' ').trim().slice(0, MAX_WORDS));
}
