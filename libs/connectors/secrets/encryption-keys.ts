import { hkdfSync } from 'node:crypto';
import { SluiceError } from '#domain/errors.js';

/** A key of AES-256. */
export interface EncryptionKey {
  /** Stands beside what it encrypted; no secret. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

const KEY_BYTES = 32;

/**
 * Reads `id:base64,id:base64…`. Throws SluiceError `setting-invalid`, which names the place of what is wrong and no key.
 */
export function readEncryptionKeys(text: string): readonly EncryptionKey[] {
  const keys = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map(readKey);
  const ids = new Set(keys.map(({ id }) => id));
  if (ids.size < keys.length) throw createInvalid('names two keys alike', 'Give each key an id of its own.');
  return keys;
}

/** The same key of the same secret (HKDF, RFC 5869), for where no key was made; `purpose` is its id, too. */
export function deriveEncryptionKey(secret: string, purpose: string): EncryptionKey {
  return { id: purpose, bytes: new Uint8Array(hkdfSync('sha256', secret, '', purpose, KEY_BYTES)) };
}

function readKey(item: string, index: number): EncryptionKey {
  const [, id = '', encoded = ''] = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/]+={0,2})$/.exec(item) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length === KEY_BYTES && bytes.toString('base64') === encoded) return { id, bytes };
  throw createInvalid(
    `has no \`id:base64\` of ${KEY_BYTES} bytes at place ${index + 1}`,
    `Make a key by \`openssl rand -base64 ${KEY_BYTES}\`, and give it an id of letters, digits, ".", "_" and "-".`,
  );
}

function createInvalid(problem: string, hint: string): SluiceError {
  return new SluiceError({
    code: 'setting-invalid',
    fault: 'user',
    message: `SLUICE_ENCRYPTION_KEYS ${problem}.`,
    hint,
  });
}
