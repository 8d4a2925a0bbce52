import type { ExecutionReference } from '#contracts/cicd/execution.js';
import { isOver } from '#contracts/cicd/execution.js';
import { type LogSegment, readSegments } from '../http/log-segments.js';
import type { LogPart } from '../platform.js';
import { type AzureHttp, pathOf } from './http.js';
import { CountedLines, skipKnownLines } from './lines.js';
import { readTimeline, requireJob, type TimelineRecord, tasksOf } from './timeline.js';

const MOST_LOG_BYTES = 4 * 1024 ** 3;

/** How far a log was read. */
interface Mark {
  readonly lines: number;
  /** Digest of the last line. */
  readonly last: string;
}

/** The logs of the tasks of a job, one after the other, every line ended by LF. */
export async function readLogs(
  http: AzureHttp,
  reference: ExecutionReference,
  { job, offset }: { readonly job: string; readonly offset: number },
): Promise<LogPart> {
  const records = await readTimeline(http, reference);
  const record = requireJob(records, job);
  const complete = isOver(record.state);
  const segments = logsOf(record, tasksOf(records, job)).map((each) => openLog(http, reference, each));
  return { bytes: readSegments(segments, offset, http.connection.memory), complete };
}

interface Log {
  readonly id: number;
  readonly isComplete: boolean;
}

/** Those of its tasks, up to the first that has none yet; its own where no task has any. */
function logsOf(job: TimelineRecord, tasks: readonly TimelineRecord[]): readonly Log[] {
  const logs: Log[] = [];
  for (const { log, state } of tasks) {
    const isComplete = isOver(state) || isOver(job.state);
    if (log !== undefined) logs.push({ id: log, isComplete });
    if (!isComplete) break;
  }
  const own = job.log === undefined ? [] : [{ id: job.log, isComplete: isOver(job.state) }];
  return logs.length > 0 || !isOver(job.state) ? logs : own;
}

/** The platform gives lines from a number on; where that counts from is seen by the line that was read last. */
function openLog(http: AzureHttp, reference: ExecutionReference, { id, isComplete }: Log): LogSegment<Mark> {
  const path = `${pathOf(reference)}/logs/${id}`;
  const ask = async (startLine?: number) => {
    const { body } = await http.stream(
      { path, query: { startLine }, headers: { accept: 'text/plain' }, subject: `log ${id}` },
      MOST_LOG_BYTES,
    );
    return body;
  };
  return {
    id: `${reference.id}/${id}`,
    complete: isComplete,
    async open(mark) {
      if (mark !== undefined && mark.lines > 0) {
        const rest = await skipKnownLines(await ask(mark.lines - 1), mark, http.connection.memory);
        if (rest !== undefined) return count(rest, mark);
      }
      return count(await ask(), undefined);
    },
  };
}

function count(body: AsyncIterable<Uint8Array>, from: Mark | undefined) {
  const lines = new CountedLines(body);
  return {
    fromMark: from !== undefined,
    bytes: lines.bytes(),
    mark: (): Mark => ({
      lines: (from?.lines ?? 0) + lines.count,
      last: lines.count === 0 ? (from?.last ?? '') : lines.last,
    }),
  };
}
