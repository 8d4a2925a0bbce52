import type { OpenAPIObject } from '@nestjs/swagger';
import { IDEMPOTENCY_KEY } from '../http/idempotency-key.js';
import { VERSION_TEXT } from '../workflows/version-name.js';
import { toPattern } from './to-pattern.js';

/** Of pools and aliases. */
const NAME = { type: 'string', pattern: '^[a-z][a-z0-9-]{0,62}$' };
const UUID = { type: 'string', format: 'uuid' };

/** What parts of addresses must look like to be read at all; anything else there is just not found. */
const PARTS: readonly (readonly [address: RegExp, part: string, schema: object])[] = [
  [/^\/api\/v1\/runs\/\{id\}/, 'id', UUID],
  [/^\/api\/v1\/runs\/\{id\}\/compare/, 'other', UUID],
  [/^\/ws\/workflow/, 'runId', UUID],
  [/^\/api\/v1\/pools\/\{name\}/, 'name', NAME],
  [/\/aliases\/\{name\}/, 'name', NAME],
  [
    /\/versions\/\{version\}/,
    'version',
    { type: 'string', maxLength: 100, pattern: toPattern(VERSION_TEXT) },
  ],
];

const HEADERS: Readonly<Record<string, object>> = {
  'Idempotency-Key': { type: 'string', pattern: toPattern(IDEMPOTENCY_KEY) },
};

/** Adds to the description what parts of addresses and headers must look like. */
export function describeAddresses({ paths }: OpenAPIObject): void {
  for (const [address, path] of Object.entries(paths)) {
    const parts = PARTS.filter(([pattern]) => pattern.test(address));
    for (const { parameters = [] } of Object.values(path as Record<string, Operation>)) {
      for (const parameter of parameters) {
        if ('$ref' in parameter) continue;
        const schema =
          parameter.in === 'header'
            ? HEADERS[parameter.name]
            : parts.find(([, part]) => parameter.in === 'path' && part === parameter.name)?.[2];
        if (schema !== undefined) parameter.schema = { ...schema };
      }
    }
  }
}

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
