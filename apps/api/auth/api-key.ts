import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Without what looks alike (Crockford's base 32, in small letters). */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const ID_LENGTH = 16;
/** 260 bits. */
const SECRET_LENGTH = 52;
const CHECKSUM_LENGTH = 7;
const KEY = new RegExp(
  `^sluice_([${LETTERS}]{${ID_LENGTH}})_([${LETTERS}]{${SECRET_LENGTH}})([${LETTERS}]{${CHECKSUM_LENGTH}})$`,
);

export const API_KEY_ID = new RegExp(`^[${LETTERS}]{${ID_LENGTH}}$`);

interface NewApiKey {
  readonly id: string;
  /** `sluice_<id>_<secret><checksum>`: to be shown once. */
  readonly text: string;
  /** To be kept. */
  readonly hash: Buffer;
}

export function createApiKey(): NewApiKey {
  const id = randomLetters(ID_LENGTH);
  const secret = randomLetters(SECRET_LENGTH);
  return { id, text: `sluice_${id}_${secret}${checksumOf(id, secret)}`, hash: hashSecret(secret) };
}

/** Undefined for what is no key, or was copied wrongly: the database need not be asked. */
export function parseApiKey(text: string): { readonly id: string; readonly secret: string } | undefined {
  const [, id, secret, checksum] = KEY.exec(text) ?? [];
  if (id === undefined || secret === undefined || checksum !== checksumOf(id, secret)) return undefined;
  return { id, secret };
}

/** Takes as long for a wrong secret as for the right one, and for a key that is not there. */
export function matchesSecret(secret: string, hash: Buffer | undefined): boolean {
  const given = hashSecret(secret);
  const known = hash?.length === given.length;
  return timingSafeEqual(given, known ? hash : Buffer.alloc(given.length)) && known;
}

function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Finds slips of the pen; it protects nothing. */
function checksumOf(id: string, secret: string): string {
  let rest = crc32(`${id}_${secret}`);
  let text = '';
  while (text.length < CHECKSUM_LENGTH) {
    text = LETTERS[rest & 31]! + text;
    rest >>>= 5;
  }
  return text;
}

function randomLetters(length: number): string {
  return Array.from(randomBytes(length), (byte) => LETTERS[byte & 31]).join('');
}
