import type { Json, JsonObject } from '#domain/json.js';
import { MAX_OBJECT_BYTES } from '../object-reference.js';
import type { ActionDescription } from './action.js';
import { describeSecretReference } from './secret-reference.js';

export interface HttpRequestInput {
  readonly url: string;
  readonly method?: HttpMethod;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: Json;
  readonly timeout?: string;
  readonly successStatus?: readonly (string | number)[];
  readonly maxBytes?: number;
  readonly auth?: HttpAuth;
  readonly read?: 'content' | 'raw';
  readonly echo?: boolean;
}

export interface HttpAuth {
  readonly header?: string;
  readonly secret: string;
  readonly prefix?: string;
  readonly scheme?: 'basic' | 'bearer';
}

export interface HttpRequestOutput {
  readonly status: number;
  readonly headers: JsonObject;
  readonly body: Json;
  readonly durationMs: number;
  readonly request?: JsonObject;
}

type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

export const HTTP_BODY_LIMIT = { default: 131_072, maximum: MAX_OBJECT_BYTES } as const;

const HEADER_NAME = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";

/** Schema of a secret that a request carries. */
export function describeAuth(description: string): JsonObject {
  return {
    type: 'object',
    description,
    additionalProperties: false,
    required: ['secret'],
    properties: {
      header: {
        type: 'string',
        description: 'Name of the header.',
        pattern: HEADER_NAME,
        maxLength: 128,
        default: 'Authorization',
      },
      secret: describeSecretReference('The secret.'),
      prefix: {
        type: 'string',
        description: 'What stands before the secret, its space included: `"Bearer "`.',
        maxLength: 128,
        pattern: '^[^\\u0000\\r\\n]*$',
      },
      scheme: {
        description:
          '`bearer`: the secret is a token, or JSON with `token`. `basic`: it is `user:password`, or JSON with `username` and `password`. In place of `prefix`.',
        enum: ['basic', 'bearer'],
      },
    },
  };
}

/** Schemas of what a response is given as. */
export const RESPONSE_FORMS = {
  read: {
    description: '`raw`: the body as base64 of its bytes, whatever its content type.',
    enum: ['content', 'raw'],
    default: 'content',
  },
  echo: {
    type: 'boolean',
    description: 'Puts what was asked into `request`: method, URI and headers, without secrets.',
    default: false,
  },
} as const;

export const REQUEST_ECHO = {
  type: 'object',
  description: 'With `echo`: `method`, `uri` and `headers` of the first request.',
} as const;

export const httpRequest = {
  name: 'http/request',
  title: 'Send an HTTP request',
  description:
    'Sends one HTTP request and answers with the response. Redirects are followed. Loopback, private and other ' +
    'special addresses are refused unless the operator allows them.',
  queue: 'http',
  workspace: false,
  fillsWorkspace: 'never',
  quick: false,
  inline: false,
  takesSecrets: false,
  input: {
    type: 'object',
    additionalProperties: false,
    required: ['url'],
    properties: {
      url: {
        type: 'string',
        description: 'Absolute http or https URL, without credentials.',
        minLength: 1,
        maxLength: 8192,
      },
      method: {
        description:
          'The method. POST and PATCH carry an Idempotency-Key that all attempts of the step share.',
        enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
        default: 'GET',
      },
      headers: {
        type: 'object',
        description: 'Request headers; never secrets, those go to `auth`.',
        maxProperties: 100,
        propertyNames: { pattern: HEADER_NAME },
        additionalProperties: { type: 'string', maxLength: 8192, pattern: '^[^\\u0000\\r\\n]*$' },
      },
      query: {
        type: 'object',
        description: 'Parameters added to the query of the URL.',
        maxProperties: 100,
        additionalProperties: {
          anyOf: [{ type: 'string', maxLength: 8192 }, { type: 'number' }, { type: 'boolean' }],
        },
      },
      body: { description: 'Text is sent as it is; any other value as JSON with its content type.' },
      timeout: {
        type: 'string',
        description: 'Limit of the whole exchange, redirects included, as a duration; at most 10m.',
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
        maximum: HTTP_BODY_LIMIT.maximum,
        default: HTTP_BODY_LIMIT.default,
      },
      auth: describeAuth('A secret sent in a header, to the host of `url` only.'),
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
        description:
          'Its headers, names in lower case; a repeated header is one text joined by ", ". Without cookies.',
        additionalProperties: { type: 'string' },
      },
      body: {
        description: 'The value, when the content type says JSON; else the text. With `read: raw`, base64.',
      },
      durationMs: { type: 'integer', description: 'Milliseconds from start to end.' },
      request: REQUEST_ECHO,
    },
  },
} as const satisfies ActionDescription;
