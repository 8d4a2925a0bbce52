import { parse } from 'yaml';
import type { SafeClient } from '#connectors/http/safe-client.js';
import type { HttpRequestInput } from '#contracts/catalogue/http-request.js';
import { OPENAPI_DOCUMENT_LIMIT, type OpenapiCallInput } from '#contracts/catalogue/openapi-call.js';
import type { Action, ActionContext } from '#contracts/ports.js';
import { isJsonObject, type JsonObject } from '#domain/json.js';
import { send } from '../http-request.js';
import { buildRequest } from './build-request.js';
import { findOperation } from './find-operation.js';
import { createDocumentAway, createOpenapiFailure } from './openapi-failure.js';

const DOCUMENT_TIMEOUT_MS = 30_000;

/**
 * `openapi/call`. Throws SluiceError `openapi-document-invalid`, `openapi-document-unavailable`, `openapi-operation-unknown`,
 * `openapi-parameter-missing`, and what `http/request` throws.
 */
export function createOpenapiCall(client: SafeClient): Action {
  return async (input, context) => {
    const asked = input as unknown as OpenapiCallInput;
    const document = await fetchDocument(client, asked.document, context);
    const operation = findOperation(document, asked.operation, asked.document);
    const request = buildRequest(operation, asked.parameters ?? {}, asked.server);
    const { timeout, successStatus, maxBytes, auth, read, echo } = asked;
    const whole: HttpRequestInput = {
      ...request,
      headers: { ...request.headers, ...asked.headers },
      ...(timeout === undefined ? {} : { timeout }),
      ...(successStatus === undefined ? {} : { successStatus }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
      ...(auth === undefined ? {} : { auth }),
      ...(read === undefined ? {} : { read }),
      ...(echo === undefined ? {} : { echo }),
    };
    return { ...(await send(client, whole, context)) };
  };
}

async function fetchDocument(client: SafeClient, url: string, context: ActionContext): Promise<JsonObject> {
  const { status, body } = await client.send({
    url,
    method: 'GET',
    headers: { accept: 'application/json, application/yaml;q=0.9, */*;q=0.5' },
    timeoutMs: DOCUMENT_TIMEOUT_MS,
    maxBytes: OPENAPI_DOCUMENT_LIMIT,
    signal: context.signal,
  });
  if (status >= 500) throw createDocumentAway(status);
  if (status !== 200)
    throw createOpenapiFailure(
      'openapi-document-invalid',
      `The document was answered with status ${status}.`,
    );
  const document = readDocument(body.toString('utf8'));
  if (document !== undefined) return document;
  throw createOpenapiFailure(
    'openapi-document-invalid',
    'It is neither JSON nor YAML of an OpenAPI document.',
  );
}

function readDocument(text: string): JsonObject | undefined {
  try {
    const value: unknown = text.trimStart().startsWith('{')
      ? JSON.parse(text)
      : parse(text, { maxAliasCount: 100 });
    const document = value as JsonObject;
    return isJsonObject(document) && isJsonObject(document['paths']) ? document : undefined;
  } catch {
    return undefined;
  }
}
