import { SluiceError } from '#domain/errors.js';
import type { SortKey } from './list-page.js';

/** Where a page ended: what its last row sorts by, and its key. */
export type CursorPlace = readonly [value: string, key: string];

/** What Postgres takes as a value of the type, no longer than any that was handed out. */
const FORMS: Readonly<Record<SortKey['type'], RegExp>> = {
  text: /^[^\0]{0,2000}$/u,
  timestamptz: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/,
  integer: /^-?\d{1,9}$/,
  bigint: /^-?\d{1,18}$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
};

/** Opaque to clients. */
export function formatCursor(sort: string, place: CursorPlace): string {
  return Buffer.from(JSON.stringify([sort, ...place])).toString('base64url');
}

/** Throws SluiceError `request-invalid` for what `formatCursor` did not make for this order. */
export function parseCursor(cursor: string, sort: string, types: readonly [SortKey, SortKey]): CursorPlace {
  const parts = decode(cursor);
  if (!Array.isArray(parts) || parts.length !== 3 || parts[0] !== sort) throw cursorError();
  const place = parts.slice(1);
  const fits = types.every(({ type }, at) => typeof place[at] === 'string' && FORMS[type].test(place[at]));
  if (!fits) throw cursorError();
  return place as unknown as CursorPlace;
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

function cursorError(): SluiceError {
  const message = 'must be `next` of an earlier page of the same order';
  return new SluiceError({
    code: 'request-invalid',
    fault: 'user',
    message: `after ${message}.`,
    hint: 'Begin again without `after`.',
    details: { errors: [{ path: 'after', message }] },
  });
}
