import { Buffer } from 'node:buffer';
import { stripVTControlCharacters } from 'node:util';

/** Limit of one line of a run's log, in bytes of UTF-8. */
export const MAX_LOG_LINE_BYTES = 16 * 1024;

const CUT = ' … [line cut]';

/**
 * Text as one line of a log: without terminal sequences and control characters, cut to its limit. Of a line that
 * overwrites itself (a progress bar) the last state stays.
 */
export function toLogLine(text: string, alreadyCut = false): string {
  const shown = text.replace(/\r+$/, '');
  const last = shown.slice(shown.lastIndexOf('\r') + 1);
  const plain = stripVTControlCharacters(last).replace(/(?!\t)\p{Cc}/gu, '\ufffd');
  const bytes = Buffer.from(plain);
  if (bytes.length <= MAX_LOG_LINE_BYTES && !alreadyCut) return plain;
  return `${cutBytes(bytes, MAX_LOG_LINE_BYTES - Buffer.byteLength(CUT))}${CUT}`;
}

/** The first `limit` bytes at most, without half a character at the end. */
function cutBytes(bytes: Buffer, limit: number): string {
  let end = Math.min(limit, bytes.length);
  while (end > 0 && end < bytes.length && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
