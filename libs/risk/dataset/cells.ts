import { createDataError } from './data-error.js';
import type { TableRow } from './read-table.js';

const LARGEST = 1e15;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i;

export function readCell(row: TableRow, column: string): string {
  const cell = row.cells.get(column);
  if (cell === undefined || cell === '')
    throw createDataError(
      `Line ${row.line} has nothing in column ${column}.`,
      'Give every change all of its factors, or leave it out.',
    );
  return cell;
}

export function readNumber(row: TableRow, column: string): number {
  const cell = readCell(row, column);
  const value = NUMBER.test(cell) ? Number(cell) : Number.NaN;
  if (!(Math.abs(value) <= LARGEST)) throw refuse(row, column, `a number up to ${LARGEST}`);
  return value;
}

export function readAmount(row: TableRow, column: string): number {
  const value = readNumber(row, column);
  if (value < 0) throw refuse(row, column, 'a number that is not below zero');
  return value;
}

/** 1 for yes. */
export function readFlag(row: TableRow, column: string): 0 | 1 {
  const cell = readCell(row, column);
  if (/^(true|1|1\.0+)$/i.test(cell)) return 1;
  if (/^(false|0|0\.0+)$/i.test(cell)) return 0;
  throw refuse(row, column, '0, 1, true or false');
}

const MOMENT =
  /^(?<year>\d{4})[/-](?<month>\d{1,2})[/-](?<day>\d{1,2})[ T](?<hour>\d{1,2}):(?<minute>\d{2})(:(?<second>\d{2}))?$/;
const FIRST_YEAR = 1970;
const LAST_SECOND = Date.UTC(2200, 0, 1) / 1000;

/** Seconds since the epoch, of a day and hour without a zone: taken as UTC. */
export function readMoment(row: TableRow, column: string): number {
  const found = MOMENT.exec(readCell(row, column))?.groups;
  if (!found) throw refuse(row, column, 'a moment as 2006/7/8 9:06');
  const [year, month, day, hour, minute, second] = [
    found['year'],
    found['month'],
    found['day'],
    found['hour'],
    found['minute'],
    found['second'] ?? 0,
  ].map(Number) as [number, number, number, number, number, number];
  const moment = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const exists =
    moment.getUTCMonth() === month - 1 &&
    moment.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!exists || year < FIRST_YEAR) throw refuse(row, column, `a moment that exists, after ${FIRST_YEAR}`);
  return checkEpoch(row, column, moment.getTime() / 1000);
}

export function readEpoch(row: TableRow, column: string): number {
  return checkEpoch(row, column, readAmount(row, column));
}

function checkEpoch(row: TableRow, column: string, seconds: number): number {
  if (seconds <= LAST_SECOND) return seconds;
  throw refuse(row, column, 'seconds since 1970, not milliseconds');
}

function refuse(row: TableRow, column: string, expected: string) {
  const cell = row.cells.get(column) ?? '';
  return createDataError(
    `Line ${row.line}, column ${column}: ${JSON.stringify(cell.slice(0, 40))} is not ${expected}.`,
    'Mend the cell, or leave the change out.',
  );
}
