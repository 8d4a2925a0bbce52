/**
 * How far a reader of a run has come: the last change of a step, and the last line, by its chunk and its place in it.
 * Both only ever grow, each by itself.
 */
export interface Position {
  readonly change: bigint;
  readonly chunk: bigint;
  readonly line: number;
}

/** What one piece of news moves: the change of a step, or a line. */
export type Mark = Pick<Position, 'change'> | Pick<Position, 'chunk' | 'line'>;

export const BEGINNING: Position = { change: 0n, chunk: 0n, line: -1 };

const EVENT_ID = /^(\d{1,18})_(?:(\d{1,18})\.(\d{1,9}))?$/;

/** As the id of an event. */
export function formatPosition({ change, chunk, line }: Position): string {
  return `${change}_${line < 0 ? '' : `${chunk}.${line}`}`;
}

/** What is no id of an event names the beginning. */
export function parsePosition(id: string | undefined): Position {
  const match = id === undefined ? null : EVENT_ID.exec(id);
  if (match === null) return BEGINNING;
  const [, change = '0', chunk, line] = match;
  if (chunk === undefined) return { ...BEGINNING, change: BigInt(change) };
  return { change: BigInt(change), chunk: BigInt(chunk), line: Number(line) };
}

/** Whether all that lies before `other` lies before `position` too. */
export function isPast(position: Position, other: Position): boolean {
  return !isNews(other, position) && !isNews({ change: other.change }, position);
}

/** Whether a reader who has come to `position` has not seen it. */
export function isNews(mark: Mark, position: Position): boolean {
  if (!('chunk' in mark)) return mark.change > position.change;
  return mark.chunk > position.chunk || (mark.chunk === position.chunk && mark.line > position.line);
}

export function advance(position: Position, mark: Mark): Position {
  return { ...position, ...mark };
}
