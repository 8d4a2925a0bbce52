import { canonicalJson } from '../plan/canonical-json.js';
import { type AuditFacts, type ChainLink, ERASABLE_PARTS, type ErasablePart } from './entry.js';

/** SHA-256 of the text's UTF-8, as 64 lower-case hex digits. */
export type Sha256 = (text: string) => string;

/** What a part goes into the hash by; null where the entry has none. */
export function digestPart(
  facts: AuditFacts,
  part: ErasablePart,
  { salts, erased }: Pick<ChainLink, 'salts' | 'erased'>,
  sha256: Sha256,
): string | null {
  const gone = erased?.[part];
  if (gone !== undefined) return gone.digest;
  const value = facts[part];
  return value === null ? null : sha256(`${salts[part] ?? ''}:${canonicalJson(value)}`);
}

/** Hash of an entry: over its canonical JSON (RFC 8785), in which each part that may name a person is its digest. */
export function hashEntry(facts: AuditFacts, link: Omit<ChainLink, 'hash'>, sha256: Sha256): string {
  const { id, project, at, action, objectType, correlationId } = facts;
  const parts = Object.fromEntries(
    ERASABLE_PARTS.map((part) => [part, digestPart(facts, part, link, sha256)]),
  );
  const { sequence, previous } = link;
  return sha256(
    canonicalJson({ sequence, previous, id, project, at, action, objectType, correlationId, parts }),
  );
}
