import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { METADATA_ENCODING_KEY, type Payload, type PayloadCodec, ValueError } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { EncryptionKey } from '#connectors/secrets/encryption-keys.js';

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;

/** Names and values that Temporal's own samples of encryption use. */
const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts every payload with the first key by AES-256-GCM (NIST SP 800-38D): a random nonce of 96 bits, ciphertext, tag
 * of 128 bits; the key's id is authenticated with it. What is not encrypted is read as it is, so that keys can be
 * introduced while runs are under way. Throws ValueError where a key is not known or a payload was changed.
 */
export function createEncryptingCodec(keys: readonly [EncryptionKey, ...EncryptionKey[]]): PayloadCodec {
  const known = new Map(keys.map((key) => [key.id, key]));
  return {
    encode: async (payloads) => payloads.map((payload) => encrypt(payload, keys[0])),
    decode: async (payloads) => payloads.map((payload) => decrypt(payload, known)),
  };
}

function encrypt(payload: Payload, key: EncryptionKey): Payload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key.bytes, nonce).setAAD(Buffer.from(key.id));
  const whole = PayloadMessage.encode(payload).finish();
  const data = Buffer.concat([nonce, cipher.update(whole), cipher.final(), cipher.getAuthTag()]);
  return {
    metadata: { [METADATA_ENCODING_KEY]: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(key.id) },
    data,
  };
}

function decrypt(payload: Payload, keys: ReadonlyMap<string, EncryptionKey>): Payload {
  const { metadata } = payload;
  if (readText(metadata?.[METADATA_ENCODING_KEY]) !== ENCODING) return payload;
  const id = readText(metadata?.[KEY_ID]);
  const key = keys.get(id);
  if (key === undefined) {
    throw new ValueError(
      `A payload is encrypted with the key "${id}", which SLUICE_ENCRYPTION_KEYS does not have.`,
    );
  }
  const data = payload.data ?? new Uint8Array();
  if (data.length < NONCE_BYTES + TAG_BYTES) throw createDamaged(id);
  const end = data.length - TAG_BYTES;
  try {
    const decipher = createDecipheriv(CIPHER, key.bytes, data.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(id))
      .setAuthTag(data.subarray(end));
    const whole = Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, end)), decipher.final()]);
    return PayloadMessage.decode(whole);
  } catch {
    throw createDamaged(id);
  }
}

function createDamaged(id: string): ValueError {
  return new ValueError(`A payload was changed, or encrypted with another key of the id "${id}".`);
}

function readText(bytes: Uint8Array | null | undefined): string {
  return bytes == null ? '' : Buffer.from(bytes).toString('utf8');
}
