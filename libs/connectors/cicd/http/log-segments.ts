/** A part of a log that platforms keep by itself, as of a step; it only grows. */
export interface LogSegment<M> {
  /** Unique in the integration. */
  readonly id: string;
  /** Nothing will be added to it. */
  readonly complete: boolean;
  /** What it holds behind a mark; the whole without one, and where the mark cannot be found again. */
  open(mark: M | undefined): Promise<OpenedSegment<M>>;
}

interface OpenedSegment<M> {
  readonly fromMark: boolean;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Where to go on, once all bytes were read. */
  mark(): M;
}

/** How far a segment was read: `bytes` of it, up to the mark. */
interface Progress<M> {
  readonly bytes: number;
  readonly mark: M;
  readonly complete: boolean;
}

/** Key of Connection.memory. */
const KEY = 'log-segments';
const MOST_KEPT = 2_000;

/**
 * One log made of segments, from an offset in bytes on: segments follow each other, and the one after an unfinished one waits
 * for its end, so that an offset always means the same byte. What is known of segments is kept in `memory`; without it the
 * answer is the same, and costs more.
 */
export async function* readSegments<M>(
  segments: readonly LogSegment<M>[],
  offset: number,
  memory: Map<string, unknown>,
): AsyncGenerator<Uint8Array> {
  const progress = progressOf<M>(memory);
  let start = 0;
  for (const segment of segments) {
    const known = progress.get(segment.id);
    if (known?.complete === true && offset >= start + known.bytes) {
      start += known.bytes;
      continue;
    }
    const fits = known !== undefined && offset >= start + known.bytes;
    const opened = await segment.open(fits ? known.mark : undefined);
    const before = fits && opened.fromMark ? known.bytes : 0;
    let read = before;
    for await (const part of opened.bytes) {
      const skipped = Math.min(part.length, Math.max(0, offset - start - read));
      read += part.length;
      if (skipped < part.length) yield part.subarray(skipped);
    }
    keep(progress, segment.id, { bytes: read, mark: opened.mark(), complete: segment.complete });
    start += read;
    if (!segment.complete) return;
  }
}

function progressOf<M>(memory: Map<string, unknown>): Map<string, Progress<M>> {
  const known = memory.get(KEY) as Map<string, Progress<M>> | undefined;
  if (known !== undefined) return known;
  const created = new Map<string, Progress<M>>();
  memory.set(KEY, created);
  return created;
}

/** The one that was read longest ago makes room. */
function keep<M>(progress: Map<string, Progress<M>>, id: string, value: Progress<M>): void {
  progress.delete(id);
  progress.set(id, value);
  for (const oldest of progress.keys()) {
    if (progress.size <= MOST_KEPT) break;
    progress.delete(oldest);
  }
}
