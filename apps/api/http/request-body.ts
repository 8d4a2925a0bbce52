import type { Json } from '#domain/json.js';
import { problemError } from './problem.js';

export const BODY_LIMIT = 1 << 20;
const DEPTH_LIMIT = 64;
/** What the validation of classes takes for an object's own nature. */
const FORBIDDEN_KEYS = ['__proto__', 'constructor'];

/** The body as text. Throws SluiceError `body-malformed` when it is not UTF-8. */
export function decodeBody(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw problemError('body-malformed', 'The body is not encoded in UTF-8.');
  }
}

/**
 * An object of JSON, undefined for an empty body. Throws SluiceError `body-malformed`, `body-forbidden-key`,
 * `body-too-deep`, `request-invalid`.
 */
export function parseJsonBody(text: string): Json | undefined {
  if (text.trim() === '') return undefined;
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw problemError('request-invalid', 'The body must be a JSON object.', {
      errors: [{ path: '', message: 'must be an object' }],
    });
  }
  refuseHostile(value);
  return value;
}

/** Any JSON. Throws SluiceError `body-malformed`, `body-forbidden-key`, `body-too-deep`. */
export function parseJson(text: string): Json {
  const value = parse(text);
  refuseHostile(value);
  return value;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw problemError('body-malformed', 'The body is not valid JSON.');
  }
}

/** What later code, which recurses and copies keys, must not meet. */
function refuseHostile(root: Json): void {
  let level: Json[] = [root];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > DEPTH_LIMIT) {
      throw problemError('body-too-deep', `The body is nested more than ${DEPTH_LIMIT} deep.`);
    }
    const next: Json[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      const forbidden = FORBIDDEN_KEYS.find((key) => Object.hasOwn(value, key));
      if (forbidden !== undefined) {
        throw problemError('body-forbidden-key', `An object of the body has the key \`${forbidden}\`.`);
      }
      for (const member of Object.values(value)) next.push(member);
    }
    level = next;
  }
}

/** Parameters of a query that the validation would not see. Throws SluiceError `request-invalid`. */
export function refuseForbiddenKeys(query: unknown): void {
  const found = FORBIDDEN_KEYS.find((key) => Object.hasOwn(Object(query), key));
  if (found === undefined) return;
  const errors = [{ path: found, message: 'is unknown' }];
  throw problemError('request-invalid', `The request is not valid: ${found} is unknown.`, { errors });
}
