import type { PlatformClient } from '#connectors/cicd/platform.js';
import type { ExecutionReference, PipelineJob } from '#contracts/cicd/execution.js';
import type { ActionContext } from '#contracts/ports.js';
import { isSluiceError } from '#domain/errors.js';
import { LineReader } from '../line-reader.js';
import { MAX_LOG_LINE_BYTES } from '../log-line.js';

/** Lines of one job that are kept: the first, which tell what it did, and the last, which tell how it ended. */
const FIRST_LINES = 2_000;
const LAST_LINES = 2_000;
/** Bytes after which what was logged is waited for. */
const WRITTEN_EACH = 1024 * 1024;
/** Bytes of the longest form of a secret that a line may be cut in. */
const LONGEST_SECRET = 16 * 1024;
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
  // Secrets are hidden in what leaves: of a long log that is little.
  const lines = new EndsOfLog((text) => context.log('stdout', context.hide(text)));
  const reader = new LineReader(
    'stdout',
    { full: false, write: (_stream, line) => lines.add(line) },
    { longest: LONGEST_SECRET, hide: (line) => (line.length > SURELY_WHOLE ? context.hide(line) : line) },
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

/** Passes on the first lines of a log at once, and the last when it ends. */
class EndsOfLog {
  private count = 0;
  private tail: string[] = [];

  constructor(private readonly write: (line: string) => void) {}

  add(line: string): void {
    this.count += 1;
    if (this.count <= FIRST_LINES) this.write(line);
    this.tail.push(line);
    // Half at once: what is kept is copied rarely.
    if (this.tail.length >= 2 * LAST_LINES) this.tail = this.tail.slice(-LAST_LINES);
  }

  /** Answers with how many lines were left out. */
  finish(): number {
    const unwritten = this.count - FIRST_LINES;
    if (unwritten <= 0) return 0;
    const shown = this.tail.slice(-Math.min(unwritten, LAST_LINES));
    for (const line of shown) this.write(line);
    return unwritten - shown.length;
  }

  get last(): readonly string[] {
    return this.tail;
  }
}
