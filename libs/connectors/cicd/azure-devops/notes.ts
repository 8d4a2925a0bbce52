/** What the answer for a run does not tell, and its timeline did. */
interface Notes {
  /** When it was seen to wait for an approval. */
  readonly blockedAt?: number | undefined;
}

/** Key of Connection.memory. */
const KEY = 'azure-runs';
const MOST_KEPT = 2_000;

export function notesOf(memory: Map<string, unknown>, id: string): Notes {
  return (memory.get(KEY) as Map<string, Notes> | undefined)?.get(id) ?? {};
}

/** The one that was noted longest ago makes room. */
export function note(memory: Map<string, unknown>, id: string, notes: Notes): void {
  const kept = (memory.get(KEY) as Map<string, Notes> | undefined) ?? new Map<string, Notes>();
  memory.set(KEY, kept);
  const known = kept.get(id);
  kept.delete(id);
  kept.set(id, { ...known, ...notes });
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
}
