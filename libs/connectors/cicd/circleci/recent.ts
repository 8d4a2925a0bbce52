/** Most that is kept of one kind. */
const MOST = 2_000;

/** What an integration remembers of one kind, the oldest making room. */
export function remember<T>(memory: Map<string, unknown>, kind: string, id: string, value: T): void {
  const known = mapOf<T>(memory, kind);
  known.delete(id);
  known.set(id, value);
  if (known.size > MOST) known.delete(known.keys().next().value!);
}

export function recall<T>(memory: Map<string, unknown>, kind: string, id: string): T | undefined {
  return mapOf<T>(memory, kind).get(id);
}

function mapOf<T>(memory: Map<string, unknown>, kind: string): Map<string, T> {
  const known = memory.get(kind) as Map<string, T> | undefined;
  if (known !== undefined) return known;
  const created = new Map<string, T>();
  memory.set(kind, created);
  return created;
}
