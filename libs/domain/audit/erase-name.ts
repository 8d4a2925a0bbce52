import type { Json } from '../json.js';
import { type ChainedEntry, ERASABLE_PARTS, type ErasablePart, type ErasedPart } from './entry.js';
import { digestPart, type Sha256 } from './entry-hash.js';
import { replaceName } from './replace-name.js';

/**
 * The entry with the pseudonym wherever the name stood; the entry itself where it did not. Its hash stays right: of a part
 * that changes its digest is kept, and its salt goes, so that nobody can try names until one fits the digest.
 */
export function eraseName(
  entry: ChainedEntry,
  name: RegExp,
  pseudonym: string,
  sha256: Sha256,
): ChainedEntry {
  const { chain } = entry;
  const parts: Partial<Record<ErasablePart, Json>> = {};
  const erased: Partial<Record<ErasablePart, ErasedPart>> = { ...chain.erased };
  const salts: Partial<Record<ErasablePart, string>> = { ...chain.salts };
  for (const part of ERASABLE_PARTS) {
    const replaced = replaceName(entry[part], name, pseudonym);
    if (replaced === entry[part]) continue;
    parts[part] = replaced;
    erased[part] = { digest: digestPart(entry, part, chain, sha256)!, pseudonym };
    delete salts[part];
  }
  if (Object.keys(parts).length === 0) return entry;
  return { ...entry, ...(parts as Partial<ChainedEntry>), chain: { ...chain, salts, erased } };
}
