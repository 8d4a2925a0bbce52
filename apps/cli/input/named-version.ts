import type { VersionName } from '#contracts/rest/workflows.js';
import { parseVersionReference, REFERENCE_FORMS } from '#domain/versions/version-reference.js';
import { usageError } from './usage-error.js';

/** A stored workflow, and one of its versions where one is named. */
export interface NamedVersion {
  /** Name or id. */
  readonly workflow: string;
  readonly version?: VersionName;
}

/** `release`, `release@7`, `release@1.4.0`, `release@stable`. Throws SluiceError `usage`. */
export function parseNamedVersion(argument: string): NamedVersion {
  const at = argument.lastIndexOf('@');
  if (at === -1) return { workflow: argument };
  const workflow = argument.slice(0, at);
  if (workflow === '') {
    throw usageError(`${JSON.stringify(argument)} names no workflow.`, 'Write for example: release@stable');
  }
  return { workflow, version: parseVersionName(argument.slice(at + 1)) };
}

/** Throws SluiceError `usage`. */
export function parseVersionName(text: string): VersionName {
  const reference = parseVersionReference(text);
  if (reference === undefined) {
    throw usageError(`${JSON.stringify(text)} names no version.`, `Write ${REFERENCE_FORMS}.`);
  }
  return reference.kind === 'number' ? reference.number : text;
}
