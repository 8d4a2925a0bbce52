import { StringDecoder } from 'node:string_decoder';
import { createMisfit } from '../http/answer.js';

/** Depth of brackets at which the fields of a message stand: `[{"message": "…"}]`. */
const FIELDS_DEPTH = 2;
const MOST_DEPTH = 100;
const MOST_KEY = 100;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/**
 * The texts of `message` in a list of objects in JSON, as they come: a message longer than the memory passes too.
 * Throws SluiceError `platform-answer-invalid`.
 */
export async function* readMessages(json: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new StringDecoder('utf8');
  const reader = new MessageReader();
  for await (const part of json) {
    const text = reader.read(decoder.write(Buffer.from(part.buffer, part.byteOffset, part.byteLength)));
    if (text !== '') yield Buffer.from(text);
  }
  const rest = reader.read(decoder.end()) + reader.end();
  if (rest !== '') yield Buffer.from(rest);
}

class MessageReader {
  private depth = 0;
  private inText = false;
  private isKey = false;
  /** After an opening bracket or a comma of an object the next text is a key. */
  private awaitsKey = false;
  private key = '';
  /** What began in the part before: an escape, or the first half of a pair. */
  private pending = '';
  private hasBegun = false;

  /** What of messages the next piece of JSON holds. */
  read(piece: string): string {
    const json = this.pending + piece;
    this.pending = '';
    const out: string[] = [];
    let at = 0;
    while (at < json.length) at = this.inText ? this.readText(json, at, out) : this.readMark(json, at);
    const text = out.join('');
    const last = text.charCodeAt(text.length - 1);
    if (!(last >= 0xd800 && last <= 0xdbff && this.inText)) return text;
    // Written out again: its other half is to come.
    this.pending = `\\u${last.toString(16)}${this.pending}`;
    return text.slice(0, -1);
  }

  end(): string {
    if (!this.hasBegun || this.depth !== 0 || this.inText || this.pending !== '')
      throw createMisfit('the output of a step', 'a whole list in JSON');
    return '';
  }

  private readMark(json: string, at: number): number {
    const mark = json[at]!;
    if (mark === '"') {
      this.inText = true;
      this.isKey = this.awaitsKey;
      if (this.isKey) this.key = '';
    } else if (mark === '[' || mark === '{') {
      this.depth += 1;
      this.awaitsKey = mark === '{';
      if (this.depth > MOST_DEPTH) throw createMisfit('the output of a step', 'so flat a list');
    } else if (mark === ']' || mark === '}') {
      this.depth -= 1;
      this.awaitsKey = false;
    } else if (mark === ',') this.awaitsKey = this.depth === FIELDS_DEPTH;
    else if (mark === ':') this.awaitsKey = false;
    if (!this.hasBegun && mark.trim() !== '') {
      if (mark !== '[') throw createMisfit('the output of a step', 'a list');
      this.hasBegun = true;
    }
    return at + 1;
  }

  /** Up to the next escape or the end of the text. */
  private readText(json: string, at: number, out: string[]): number {
    const end = indexOfStop(json, at);
    if (end > at) this.take(json.slice(at, end), out);
    if (end === json.length) return end;
    if (json[end] === '"') {
      this.inText = false;
      return end + 1;
    }
    const mark = json[end + 1];
    const length = mark === 'u' ? 6 : 2;
    if (mark === undefined || end + length > json.length) {
      this.pending = json.slice(end);
      return json.length;
    }
    const code = Number.parseInt(json.slice(end + 2, end + 6), 16);
    this.take(mark === 'u' ? String.fromCharCode(code) : (ESCAPES[mark] ?? mark), out);
    return end + length;
  }

  private take(text: string, out: string[]): void {
    if (this.isKey) this.key = (this.key + text).slice(0, MOST_KEY);
    else if (this.depth === FIELDS_DEPTH && this.key === 'message') out.push(text);
  }
}

const STOP = /["\\]/g;

function indexOfStop(json: string, from: number): number {
  STOP.lastIndex = from;
  return STOP.exec(json)?.index ?? json.length;
}
