import { parseSemVer, type SemVer } from './semver.js';

/** How a version of a workflow is named: by its number, by the version that it was published as, or by an alias. */
export type VersionReference =
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'semver'; readonly semver: SemVer }
  | { readonly kind: 'alias'; readonly alias: string };

/** The alias that nobody sets: the newest published version. */
export const LATEST_ALIAS = 'latest';

/** Of Postgres's integer. */
export const MAX_VERSION_NUMBER = 2_147_483_647;

export const REFERENCE_FORMS =
  'the number of a version, as 7, the version that it was published as, as 1.4.0, or an alias, as stable';

const ALIAS = /^[a-z][a-z0-9-]{0,62}$/;

/** Undefined for what names no version, whatever there is. */
export function parseVersionReference(text: string): VersionReference | undefined {
  if (/^[1-9]\d{0,9}$/.test(text)) {
    const number = Number(text);
    return number > MAX_VERSION_NUMBER ? undefined : { kind: 'number', number };
  }
  if (isAliasName(text)) return { kind: 'alias', alias: text };
  const semver = parseSemVer(text);
  return semver && { kind: 'semver', semver };
}

/** Lower-case letters, digits and dashes, a letter first, at most 63. */
export function isAliasName(text: string): boolean {
  return ALIAS.test(text);
}
