import type { JsonObject } from '#domain/json.js';
import { MAX_OBJECT_BYTES } from '../object-reference.js';
import type { ActionDescription } from './action.js';
import {
  describeAuth,
  HTTP_BODY_LIMIT,
  type HttpAuth,
  REQUEST_ECHO,
  RESPONSE_FORMS,
} from './http-request.js';

export interface OpenapiCallInput {
  readonly document: string;
  readonly operation: string;
  readonly parameters?: JsonObject;
  readonly server?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeout?: string;
  readonly successStatus?: readonly (string | number)[];
  readonly maxBytes?: number;
  readonly auth?: HttpAuth;
  readonly read?: 'content' | 'raw';
  readonly echo?: boolean;
}

/** Bytes of the longest OpenAPI document. */
export const OPENAPI_DOCUMENT_LIMIT = 5 * 1024 * 1024;

export const openapiCall = {
  name: 'openapi/call',
  title: 'Call an operation of an OpenAPI document',
  description:
    'Fetches an OpenAPI document (3.x, or Swagger 2.0; JSON or YAML), finds the operation of that id, and sends its ' +
    'request with the parameters where the document puts them. Addresses are refused as by http/request.',
  queue: 'http',
  workspace: false,
  fillsWorkspace: 'never',
  quick: false,
  inline: false,
  takesSecrets: false,
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['document', 'operation'],
    properties: {
      document: {
        type: 'string',
        description: 'URL of the document.',
        minLength: 1,
        maxLength: 8192,
      },
      operation: { type: 'string', description: 'The `operationId`.', minLength: 1, maxLength: 500 },
      parameters: {
        type: 'object',
        description:
          'Values of the parameters by name: in the path, the query, headers and cookies, and `body` for the body.',
        maxProperties: 200,
      },
      server: {
        type: 'string',
        description: 'URL that stands in for the servers of the document.',
        minLength: 1,
        maxLength: 8192,
      },
      headers: {
        type: 'object',
        description: 'More headers of the request; never secrets, those go to `auth`.',
        maxProperties: 100,
        additionalProperties: { type: 'string', maxLength: 8192, pattern: '^[^\\u0000\\r\\n]*$' },
      },
      timeout: {
        type: 'string',
        description: 'Limit of the request, as a duration; at most 10m.',
        default: '30s',
      },
      successStatus: {
        type: 'array',
        description: 'Statuses that mean success: numbers, or classes such as "2xx".',
        items: {
          anyOf: [
            { type: 'integer', minimum: 100, maximum: 599 },
            { type: 'string', pattern: '^[1-5](xx|[0-9]{2})$' },
          ],
        },
        minItems: 1,
        maxItems: 50,
        default: ['2xx'],
      },
      maxBytes: {
        type: 'integer',
        description: 'Limit of the response body in bytes, after decompression.',
        minimum: 0,
        maximum: MAX_OBJECT_BYTES,
        default: HTTP_BODY_LIMIT.default,
      },
      auth: describeAuth('A secret sent in a header of the request, not with that for the document.'),
      ...RESPONSE_FORMS,
    },
  },
  output: {
    type: 'object',
    additionalProperties: false,
    required: ['status', 'headers', 'body', 'durationMs'],
    properties: {
      status: { type: 'integer', description: 'Status of the last response.' },
      headers: {
        type: 'object',
        description: 'Its headers, names in lower case, without cookies.',
        additionalProperties: { type: 'string' },
      },
      body: {
        description: 'The value, when the content type says JSON; else the text. With `read: raw`, base64.',
      },
      durationMs: {
        type: 'integer',
        description: 'Milliseconds of the request, without that for the document.',
      },
      request: REQUEST_ECHO,
    },
  },
} as const satisfies ActionDescription;
