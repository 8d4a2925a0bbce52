import type { Json } from '../../../json.js';
import { JqError } from './error.js';
import type { Meter } from './meter.js';
import { describe, requireList, requireText, toText } from './values.js';

/** `@name`: the value as text in that form. */
export function applyFormat(name: string, value: Json, meter: Meter): string {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (format === undefined) throw new JqError(`${name} is not a valid format`);
  const text = format(value, meter);
  meter.chargeBuilt(text.length);
  return text;
}

export function isFormat(name: string): boolean {
  return Object.hasOwn(FORMATS, name);
}

/** JSON of a value; the work is counted before it is done. */
export function jsonText(value: Json, meter: Meter): string {
  chargeParts(value, meter);
  const text = toText(value);
  meter.chargeBuilt(text.length);
  return text;
}

function chargeParts(value: Json, meter: Meter): void {
  if (typeof value === 'string') return meter.chargeText(value.length);
  if (typeof value !== 'object' || value === null) return meter.chargeElements(1);
  meter.enter();
  for (const item of Object.values(value)) chargeParts(item, meter);
  meter.leave();
}

function plainText(value: Json, meter: Meter): string {
  return typeof value === 'string' ? value : jsonText(value, meter);
}

const FORMATS: Readonly<Record<string, (value: Json, meter: Meter) => string>> = {
  text: plainText,
  json: jsonText,
  csv: (value, meter) => row(value, meter, 'csv', ',', (text) => `"${text.replaceAll('"', '""')}"`),
  tsv: (value, meter) =>
    row(value, meter, 'tsv', '\t', (text) =>
      text.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n').replaceAll('\r', '\\r'),
    ),
  html: (value, meter) => plainText(value, meter).replace(/[<>&'"]/g, (character) => HTML[character]!),
  uri: (value, meter) => {
    const text = plainText(value, meter).toWellFormed();
    return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${hex(character.charCodeAt(0))}`);
  },
  sh: (value, meter) =>
    (Array.isArray(value) ? (value as readonly Json[]) : [value])
      .map((item) => quoteForShell(item, meter))
      .join(' '),
  base64: (value, meter) => encode64(toBytes(plainText(value, meter))),
  base64d: (value) => fromBytes(decode64(requireText(value, `${describe(value)} cannot be decoded`))),
  base32: (value, meter) => encode32(toBytes(plainText(value, meter))),
  base32d: (value) => fromBytes(decode32(requireText(value, `${describe(value)} cannot be decoded`))),
};

const HTML: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  "'": '&#39;',
  '"': '&quot;',
};

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}

function row(value: Json, meter: Meter, name: string, by: string, quote: (text: string) => string): string {
  return requireList(value, `${describe(value)} cannot be ${name}-formatted, only an array can be`)
    .map((item) => {
      if (item === null) return '';
      if (typeof item === 'string') return quote(item);
      if (typeof item === 'object') throw new JqError(`${describe(item)} is not valid in a ${name} row`);
      return jsonText(item, meter);
    })
    .join(by);
}

function quoteForShell(value: Json, meter: Meter): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "'\\''")}'`;
  if (typeof value === 'object' && value !== null)
    throw new JqError(`${describe(value)} can not be escaped for shell`);
  return jsonText(value, meter);
}

function toBytes(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

function fromBytes(bytes: readonly number[]): string {
  return new TextDecoder().decode(new Uint8Array(bytes));
}

const SIXTY_FOUR = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const THIRTY_TWO = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const encode64 = (bytes: readonly number[]) => encode(bytes, SIXTY_FOUR, 6, 4);
const encode32 = (bytes: readonly number[]) => encode(bytes, THIRTY_TWO, 5, 8);

/** RFC 4648. */
function encode(bytes: readonly number[], alphabet: string, bits: number, group: number): string {
  let text = '';
  let rest = 0;
  let held = 0;
  for (const byte of bytes) {
    rest = (rest << 8) | byte;
    held += 8;
    while (held >= bits) {
      held -= bits;
      text += alphabet[(rest >> held) & (2 ** bits - 1)];
    }
    rest &= 2 ** held - 1;
  }
  if (held > 0) text += alphabet[(rest << (bits - held)) & (2 ** bits - 1)];
  return text.padEnd(Math.ceil(text.length / group) * group, '=');
}

function decode64(text: string): number[] {
  return decode(text, SIXTY_FOUR, 6);
}

function decode32(text: string): number[] {
  return decode(text, THIRTY_TWO, 5);
}

function decode(text: string, alphabet: string, bits: number): number[] {
  const bytes: number[] = [];
  let rest = 0;
  let held = 0;
  const end = /=+$/.exec(text)?.index ?? text.length;
  for (const character of text.slice(0, end)) {
    const value = alphabet.indexOf(character);
    if (value === -1) throw new JqError(`${describe(text)} is not valid base${2 ** bits} data`);
    rest = (rest << bits) | value;
    held += bits;
    if (held < 8) continue;
    held -= 8;
    bytes.push((rest >> held) & 255);
    rest &= 2 ** held - 1;
  }
  if (text !== '' && bytes.length === 0)
    throw new JqError(`${describe(text)} is not valid base${2 ** bits} data`);
  return bytes;
}
