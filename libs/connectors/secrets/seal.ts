import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { SealedText } from '#contracts/webhooks.js';
import type { EncryptionKey } from './encryption-keys.js';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts by AES-256-GCM (NIST SP 800-38D). It opens for the same purpose only: it cannot be put in another's place. */
export function sealText(text: string, purpose: string, key: EncryptionKey): SealedText {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key.bytes, nonce).setAAD(bind(purpose, key.id));
  const box = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return { key: key.id, box: box.toString('base64') };
}

/** Undefined where the key is not there any more, or it was changed, or is another purpose's. */
export function openText(
  { key: id, box }: SealedText,
  purpose: string,
  keys: readonly EncryptionKey[],
): string | undefined {
  const key = keys.find((each) => each.id === id);
  const bytes = Buffer.from(box, 'base64');
  if (key === undefined || bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const end = bytes.length - TAG_BYTES;
  try {
    const decipher = createDecipheriv(CIPHER, key.bytes, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(bind(purpose, id))
      .setAuthTag(bytes.subarray(end));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, end)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    return undefined;
  }
}

/** Neither holds a line end that could move the border between them. */
function bind(purpose: string, key: string): Uint8Array {
  return Buffer.from(JSON.stringify([purpose, key]));
}
