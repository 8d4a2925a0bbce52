import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Json } from '../json.js';
import { canonicalJson } from './canonical-json.js';

/** `sha256:` and the lower-case hex digest (FIPS 180-4) of the value's canonical JSON. */
export function computeDigest(value: Json): string {
  return `sha256:${bytesToHex(sha256(utf8ToBytes(canonicalJson(value))))}`;
}
