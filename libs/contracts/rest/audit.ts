import type { ChainFault, ChainPlace } from '#domain/audit/chain-checker.js';
import type { ChainLink } from '#domain/audit/entry.js';
import type { Json } from '#domain/json.js';

/** One entry of the audit log. */
export interface AuditEntryView {
  readonly id: string;
  readonly project: string;
  /** With microseconds. */
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly objectType: string;
  readonly objectId: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly reason?: string;
  readonly correlationId?: string;
  /** Absent in the first moments of an entry. */
  readonly chain?: ChainLink;
}

export interface AuditVerdictView {
  readonly valid: boolean;
  readonly fault?: ChainFault;
  readonly head: ChainPlace;
  readonly checked: number;
  readonly archived: number;
  readonly unsealed: number;
  readonly oldestUnsealed?: string;
}
