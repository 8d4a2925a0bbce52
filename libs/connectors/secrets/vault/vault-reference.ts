import { SECRET_REFERENCE } from '#domain/definition/secret-reference.js';

/** A field of a secret in a key-value engine of version 2. */
export interface VaultReference {
  /** Where the engine is mounted. */
  readonly mount: string;
  readonly path: string;
  readonly field: string;
}

const DEFAULT_FIELD = 'value';

/**
 * Reads `vault:mount/path#field`; without a field it is `value`. The first part is the mount, unless two slashes say
 * where it ends: `vault:teams/payments//deploy#token`. Undefined for any other text.
 */
export function parseVaultReference(reference: string): VaultReference | undefined {
  if (!reference.startsWith('vault:') || !new RegExp(SECRET_REFERENCE).test(reference)) return undefined;
  const [place = '', field = DEFAULT_FIELD] = reference.slice('vault:'.length).split('#');
  const ended = place.indexOf('//');
  const at = ended === -1 ? place.indexOf('/') : ended;
  return { mount: place.slice(0, at), path: place.slice(at + (ended === -1 ? 1 : 2)), field };
}
