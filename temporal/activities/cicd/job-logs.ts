import type { PlatformClient } from '#connectors/cicd/platform.js';
import type { ExecutionReference, PipelineJob } from '#contracts/cicd/execution.js';
import type { ActionContext } from '#contracts/ports.js';
import { isSluiceError } from '#domain/errors.js';
import { LineReader } from '../line-reader.js';
import { MAX_LOG_LINE_BYTES } from '../log-line.js';

/** Lines of one job that are kept: the first, which tell what it did, and the last, which tell how it ended. */
const FIRST_LINES = 2_000;
const LAST_LINES = 2_000;
/** Characters of each of both. */
const MOST_LENGTH = 1024 * 1024;
/** Bytes of a line beyond what is kept that are looked at: a secret is hidden before the line is cut. */
const LONGEST_SECRET = 128 * 1024;
/** Bytes after which what was logged is waited for. */
const WRITTEN_EACH = 1024 * 1024;
/** A line of so many characters is not cut, whatever they are: it has at most four bytes for each. */
const SURELY_WHOLE = MAX_LOG_LINE_BYTES / 4;
/** Jobs whose logs are taken. */
const MOST_JOBS = 50;

/** Copies logs of jobs into the run's, of a long one its beginning and its end; answers with the last lines of each, by its id. */
export async function copyLogs(
  client: PlatformClient,
  context: ActionContext,
  reference: ExecutionReference,
  jobs: readonly PipelineJob[],
  tail: number,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const last = new Map<string, readonly string[]>();
  for (const job of jobs.slice(0, MOST_JOBS)) {
    try {
      const lines = await copyLog(client, context, reference, job);
      last.set(
        job.id,
        lines.slice(-tail).map((line) => context.hide(line)),
      );
    } catch (error) {
      if (context.signal.aborted || !isSluiceError(error)) throw error;
      context.log('sluice', `The log of ${job.name} could not be taken: ${error.message}`);
    }
  }
  if (jobs.length > MOST_JOBS)
    context.log('sluice', `Logs of ${jobs.length - MOST_JOBS} more jobs were not taken.`);
  return last;
}

/** Answers with its last lines, secrets and all. */
async function copyLog(
  client: PlatformClient,
  context: ActionContext,
  reference: ExecutionReference,
  job: PipelineJob,
): Promise<readonly string[]> {
  const part = await client.logs(job.child ?? reference, job.id, 0);
  if ('unsupported' in part) {
    context.log('sluice', `No log of ${job.name}: ${part.instead}`);
    return [];
  }
  context.log('sluice', `Log of the job ${job.name}:`);
  // Of a long log, little leaves: secrets are looked for in that, and before in what is changed as a line.
  const lines = new EndsOfLog((text) => context.log('stdout', context.hide(text)));
  const reader = new LineReader(
    'stdout',
    { full: false, write: (_stream, line) => lines.add(line) },
    { longest: LONGEST_SECRET, hide: (line) => (staysAsItIs(line) ? line : context.hide(line)) },
  );
  let pending = 0;
  for await (const bytes of part.bytes) {
    reader.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    pending += bytes.length;
    if (pending < WRITTEN_EACH) continue;
    pending = 0;
    await context.logWritten();
  }
  reader.end();
  const left = lines.finish();
  if (left > 0) context.log('sluice', `${left} lines in between are left out; the platform has them.`);
  return lines.last;
}

/** It is neither cut nor has characters that no line keeps. */
function staysAsItIs(line: string): boolean {
  return line.length <= SURELY_WHOLE && !/\p{Cc}/u.test(line);
}

/** Passes on the first lines of a log at once, and the last when it ends. */
class EndsOfLog {
  private count = 0;
  private written = 0;
  private writtenLength = 0;
  private tail: string[] = [];
  private tailLength = 0;

  constructor(private readonly write: (line: string) => void) {}

  add(line: string): void {
    const isFirst = this.written === this.count && this.written < FIRST_LINES;
    this.count += 1;
    if (isFirst && this.writtenLength < MOST_LENGTH) {
      this.write(line);
      this.written += 1;
      this.writtenLength += line.length;
    }
    this.tail.push(line);
    this.tailLength += line.length;
    // Half at once: what is kept is copied rarely.
    if (this.tail.length >= 2 * LAST_LINES || this.tailLength >= 2 * MOST_LENGTH) this.trim();
  }

  /** Answers with how many lines were left out. */
  finish(): number {
    this.trim();
    const unwritten = this.count - this.written;
    if (unwritten <= 0) return 0;
    const shown = this.tail.slice(-unwritten);
    for (const line of shown) this.write(line);
    return unwritten - shown.length;
  }

  get last(): readonly string[] {
    return this.tail;
  }

  /** The last line stays, however long it is. */
  private trim(): void {
    let from = this.tail.length;
    let length = 0;
    while (from > 0 && this.tail.length - from < LAST_LINES) {
      length += this.tail[from - 1]!.length;
      if (length > MOST_LENGTH && from < this.tail.length) break;
      from -= 1;
    }
    this.tail = this.tail.slice(from);
    this.tailLength = this.tail.reduce((sum, line) => sum + line.length, 0);
  }
}
