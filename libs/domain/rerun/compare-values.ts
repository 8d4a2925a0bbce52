import type { Json } from '../json.js';

/** `path`: JSON pointer (RFC 6901). A value that is absent is left out. */
export interface Difference {
  readonly path: string;
  readonly before?: Json;
  readonly after?: Json;
}

const MAX_DIFFERENCES = 200;
/** Deeper values are compared as one. */
const MAX_DEPTH = 32;
/** Characters of JSON text: a longer value is shown by the beginning of its text. */
const MAX_SHOWN = 2_000;

/**
 * What differs between two values of JSON: leaves, and members and elements of one of them only. The first 200, in the
 * order of the first value, then of the second. Lists are compared by position. Absent is undefined.
 */
export function compareValues(before: Json | undefined, after: Json | undefined): Difference[] {
  const differences: Difference[] = [];
  collect({ path: '', depth: 0, before, after }, differences);
  return differences;
}

interface Pair {
  readonly path: string;
  readonly depth: number;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

function collect({ path, depth, before, after }: Pair, into: Difference[]): void {
  if (into.length >= MAX_DIFFERENCES || before === after) return;
  if (
    depth < MAX_DEPTH &&
    isContainer(before) &&
    isContainer(after) &&
    Array.isArray(before) === Array.isArray(after)
  ) {
    const [left, right] = [before, after] as Record<string, Json>[];
    const keys = new Set([...Object.keys(left!), ...Object.keys(right!)]);
    for (const key of keys) {
      if (into.length >= MAX_DIFFERENCES) return;
      collect(
        {
          path: `${path}/${escapeKey(key)}`,
          depth: depth + 1,
          before: own(left!, key),
          after: own(right!, key),
        },
        into,
      );
    }
    return;
  }
  if (isContainer(before) && isContainer(after) && JSON.stringify(before) === JSON.stringify(after)) return;
  into.push({
    path,
    ...(before === undefined ? {} : { before: show(before) }),
    ...(after === undefined ? {} : { after: show(after) }),
  });
}

function isContainer(value: Json | undefined): value is Exclude<Json, string | number | boolean | null> {
  return typeof value === 'object' && value !== null;
}

function own(value: Record<string, Json>, key: string): Json | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function show(value: Json): Json {
  const text = JSON.stringify(value);
  return text.length <= MAX_SHOWN ? value : `${text.slice(0, MAX_SHOWN).toWellFormed()}…`;
}
