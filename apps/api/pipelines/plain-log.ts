import { stripVTControlCharacters } from 'node:util';

const LF = 0x0a;
/** Bytes of one line that are shown. */
const MOST_SHOWN = 16 * 1024;
/** Bytes of one line that are held, so that a secret is hidden before it is cut. */
const MOST_HELD = 128 * 1024;
const CUT = ' … [line cut]';

/** A log as text for people, line by line: without secrets and what terminals obey. Holds one line at most. */
export async function* toPlainLog(
  bytes: AsyncIterable<Uint8Array>,
  hide: (text: string) => string,
): AsyncIterable<string> {
  let parts: Uint8Array[] = [];
  let size = 0;
  const keep = (part: Uint8Array) => {
    const held = part.subarray(0, Math.max(0, MOST_HELD - size));
    if (held.length > 0) parts.push(Buffer.from(held));
    size += part.length;
  };
  const flush = () => {
    const line = toPlainLine(hide(Buffer.concat(parts).toString('utf8')), size > MOST_HELD);
    parts = [];
    size = 0;
    return `${line}\n`;
  };
  for await (const chunk of bytes) {
    let shown = '';
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      keep(chunk.subarray(start, end));
      shown += flush();
      start = end + 1;
    }
    keep(chunk.subarray(start));
    if (shown !== '') yield shown;
  }
  if (size > 0) yield flush();
}

/** Of a line that overwrites itself (a progress bar) the last state stays. */
function toPlainLine(text: string, wasCut: boolean): string {
  const whole = text.replace(/\r+$/, '');
  const last = whole.slice(whole.lastIndexOf('\r') + 1);
  const plain = stripVTControlCharacters(last).replace(/(?!\t)\p{Cc}/gu, '\ufffd');
  if (plain.length <= MOST_SHOWN && !wasCut) return plain;
  return `${plain.slice(0, MOST_SHOWN - CUT.length).toWellFormed()}${CUT}`;
}
