import { parseMoment } from '#domain/definition/moment.js';
import { SluiceError } from '#domain/errors.js';
import type { SortKey } from './list-page.js';

/** Where a page ended: what its last row sorts by, and what tells it apart. */
export type CursorPlace = readonly string[];

/** What a cursor goes on in: one order of one list. */
interface CursorOrder {
  readonly list: string;
  readonly sort: string;
  /** Of what the rows are sorted by, in turn. */
  readonly types: readonly SortKey['type'][];
}

/** What Postgres takes as a value of the type, no longer than any that was handed out. */
const FORMS: Readonly<Record<SortKey['type'], (text: string) => boolean>> = {
  text: (text) => /^[^\0]{0,2000}$/u.test(text),
  timestamptz: isTimestamp,
  integer: (text) => /^-?\d{1,9}$/.test(text),
  bigint: (text) => /^-?\d{1,18}$/.test(text),
  uuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text),
};

const TIMESTAMP = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)[+-](?:0\d|1[0-4])(?::[0-5]\d)?$/;

/** As Postgres writes one, of a day that is in the calendar. */
function isTimestamp(text: string): boolean {
  const [, day, time] = TIMESTAMP.exec(text) ?? [];
  return day !== undefined && !day.startsWith('0000') && parseMoment(`${day}T${time}Z`) !== undefined;
}

/** Opaque to clients. */
export function formatCursor({ list, sort }: Omit<CursorOrder, 'types'>, place: CursorPlace): string {
  return Buffer.from(JSON.stringify([list, sort, ...place])).toString('base64url');
}

/** Throws SluiceError `request-invalid` for what `formatCursor` did not make for this order. */
export function parseCursor(cursor: string, { list, sort, types }: CursorOrder): CursorPlace {
  const parts = decode(cursor);
  if (!Array.isArray(parts) || parts.length !== types.length + 2) throw cursorError();
  const [ofList, ofSort, ...place] = parts as unknown[];
  if (ofList !== list || ofSort !== sort) throw cursorError();
  if (!types.every((type, at) => fits(type, place[at]))) throw cursorError();
  return place as string[];
}

function fits(type: SortKey['type'], value: unknown): boolean {
  return typeof value === 'string' && FORMS[type](value);
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function cursorError(): SluiceError {
  const message = 'must be `next` of an earlier page of the same list in the same order';
  return new SluiceError({
    code: 'request-invalid',
    fault: 'user',
    message: `after ${message}.`,
    hint: 'Begin again without `after`.',
    details: { errors: [{ path: 'after', message }] },
  });
}
