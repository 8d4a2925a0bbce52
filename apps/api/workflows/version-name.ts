import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import type { VersionName } from '#contracts/rest/workflows.js';
import { SEMVER } from '#domain/versions/semver.js';
import {
  MAX_VERSION_NUMBER,
  parseVersionReference,
  REFERENCE_FORMS,
  type VersionReference,
} from '#domain/versions/version-reference.js';
import { problemError } from '../http/problem.js';

/** A version that is no number: as it was published, or an alias. */
const VERSION_WORD = `[a-z][a-z0-9-]{0,62}|${SEMVER.source.slice(1, -1)}`;
/** As parts of addresses name versions, those of up to nine digits. */
export const VERSION_TEXT = new RegExp(`^(?:[1-9][0-9]{0,8}|${VERSION_WORD})$`);

/** For OpenAPI. */
const VERSION_NUMBER_SCHEMA = { type: 'integer', minimum: 1, maximum: MAX_VERSION_NUMBER };
const VERSION_TEXT_SCHEMA = { type: 'string', maxLength: 100, pattern: `^(?:${VERSION_WORD})$` };

export const VERSION_NAME_SCHEMA = {
  oneOf: [VERSION_NUMBER_SCHEMA, VERSION_TEXT_SCHEMA],
  example: 'stable',
};

/** OpenAPI 3.0 says null beside a type only. */
export const VERSION_NAME_OR_NULL_SCHEMA = {
  oneOf: [VERSION_NUMBER_SCHEMA, { ...VERSION_TEXT_SCHEMA, nullable: true }],
  example: 'stable',
};

/** A number, or the text of a semantic version or an alias. */
export const IsVersionName = () =>
  applyDecorators(
    ValidateBy({
      name: 'versionName',
      validator: {
        validate: (value: unknown) => readVersionName(value) !== undefined,
        defaultMessage: () => `must be ${REFERENCE_FORMS}`,
      },
    }),
  );

/** Undefined for what is none. A number in quotes is none. */
function readVersionName(value: unknown): VersionReference | undefined {
  if (typeof value === 'number') return parseVersionReference(String(value));
  const reference = typeof value === 'string' ? parseVersionReference(value) : undefined;
  return reference?.kind === 'number' ? undefined : reference;
}

/** Of a body that was validated. */
export function requireVersionName(name: VersionName): VersionReference {
  const reference = readVersionName(name);
  if (reference === undefined) throw invalid('version');
  return reference;
}

/** Of a part of an address or a query, where numbers are text too. Throws SluiceError `request-invalid`. */
export function readVersionText(text: string, path: string): VersionReference {
  const reference = parseVersionReference(text);
  if (reference === undefined) throw invalid(path);
  return reference;
}

function invalid(path: string) {
  const message = `must be ${REFERENCE_FORMS}`;
  return problemError('request-invalid', `${path} ${message}.`, { errors: [{ path, message }] });
}
