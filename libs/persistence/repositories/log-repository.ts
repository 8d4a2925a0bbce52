import type { EntityManager } from 'typeorm';
import type { StepLog } from '../entities/step-log.entity.js';

interface LogFilter {
  readonly runId: string;
  readonly step?: string;
  readonly attempt?: number;
  /** Cursor of the last line read. */
  readonly after?: string;
  readonly limit: number;
  /** Of text, roughly; some 4 Mi when absent. */
  readonly characters?: number;
}

export interface StoredLogLine {
  /** Names the line in its run; later lines have later ones. */
  readonly cursor: string;
  readonly step: string;
  readonly attempt: number;
  readonly line: number;
  readonly at: Date;
  readonly stream: string;
  readonly text: string;
}

const CHUNKS_AT_ONCE = 20;
/** Enough for a page: what is left comes with the next one. */
const PAGE_CHARACTERS = 4 << 20;

export const LOG_CURSOR = /^(\d{1,18})(?:\.(\d{1,9}))?$/;

export class LogRepository {
  constructor(private readonly manager: EntityManager) {}

  /** In order of arrival, at most `limit` lines and so many characters of text; `more` when lines were left. */
  async read(
    filter: LogFilter,
  ): Promise<{ readonly lines: readonly StoredLogLine[]; readonly more: boolean }> {
    const lines: StoredLogLine[] = [];
    const { characters: most = PAGE_CHARACTERS } = filter;
    let characters = 0;
    let [id, position] = parseCursor(filter.after);
    for (;;) {
      const chunks = await this.readChunks(filter, id);
      for (const chunk of chunks) {
        const start = chunk.id === id ? position + 1 : 0;
        for (const [index, [at, stream, text]] of chunk.lines.entries()) {
          if (index < start) continue;
          if (lines.length === filter.limit || (characters > most && lines.length > 0)) {
            return { lines, more: true };
          }
          characters += text.length;
          const { step, attempt } = chunk;
          const cursor = `${chunk.id}.${index}`;
          lines.push({
            cursor,
            step,
            attempt,
            line: chunk.firstLine + index,
            at: new Date(at),
            stream,
            text,
          });
        }
        id = chunk.id;
        position = chunk.lines.length - 1;
      }
      // The chunk that the cursor is in comes again with every read.
      if (chunks.length < CHUNKS_AT_ONCE) return { lines, more: false };
    }
  }

  /** Chunk and position in it; undefined where the run has no line. */
  async findLastLine(runId: string): Promise<{ chunk: string; position: number } | undefined> {
    const [line] = await this.manager.query(
      `SELECT id AS chunk, json_array_length(lines) - 1 AS position FROM step_logs
       WHERE run_id = $1 ORDER BY id DESC LIMIT 1`,
      [runId],
    );
    return line;
  }

  private async readChunks(filter: LogFilter, fromId: string): Promise<Omit<StepLog, 'project' | 'runId'>[]> {
    return this.manager.query(
      `SELECT id, step, attempt, first_line AS "firstLine", lines FROM step_logs
       WHERE run_id = $1 AND id >= $2 AND ($3::text IS NULL OR step = $3) AND ($4::integer IS NULL OR attempt = $4)
       ORDER BY id LIMIT ${CHUNKS_AT_ONCE}`,
      [filter.runId, fromId, filter.step ?? null, filter.attempt ?? null],
    );
  }
}

/** Chunk and position in it; from the beginning when there is none. */
function parseCursor(cursor: string | undefined): [id: string, position: number] {
  const match = cursor === undefined ? null : LOG_CURSOR.exec(cursor);
  if (match === null) return ['0', -1];
  return [match[1]!, match[2] === undefined ? -1 : Number(match[2])];
}
