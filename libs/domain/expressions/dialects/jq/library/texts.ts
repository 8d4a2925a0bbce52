import type { Json } from '../../../../json.js';
import type { Computes } from '../builtins.js';
import { JqError } from '../error.js';
import { jsonText } from '../formats.js';
import type { Meter } from '../meter.js';
import { split } from '../operators.js';
import { describe, requireList, requireText } from '../values.js';

/** JSON nested deeper than this is not read from text. */
const MAX_JSON_DEPTH = 500;

export const texts: Computes = {
  'tostring/0': (meter, input) => (typeof input === 'string' ? input : jsonText(input, meter)),
  'tojson/0': (meter, input) => jsonText(input, meter),
  'fromjson/0': (meter, input) =>
    readJson(meter, requireText(input, `${describe(input)} cannot be parsed as JSON`)),
  'ascii_downcase/0': (meter, input) => mapAscii(meter, input, /[A-Z]/g, (text) => text.toLowerCase()),
  'ascii_upcase/0': (meter, input) => mapAscii(meter, input, /[a-z]/g, (text) => text.toUpperCase()),
  'explode/0': (meter, input) => {
    const text = requireText(input, `${describe(input)} cannot be exploded`);
    meter.chargeList(text.length);
    return [...text].map((point) => point.codePointAt(0)!);
  },
  'implode/0': (meter, input) => {
    const points = requireList(input, 'implode input must be an array');
    meter.chargeBuilt(points.length);
    return points
      .map((point) => {
        if (typeof point !== 'number') throw new JqError('Unicode codepoint must be numeric');
        const whole = Math.trunc(point);
        const valid = whole >= 0 && whole <= 0x10ffff && !(whole >= 0xd800 && whole < 0xe000);
        return String.fromCodePoint(valid ? whole : 0xfffd);
      })
      .join('');
  },
  'utf8bytelength/0': (meter, input) => {
    const text = requireText(input, `${describe(input)} only strings have UTF-8 byte length`);
    meter.chargeText(text.length);
    let bytes = 0;
    for (const point of text) {
      const code = point.codePointAt(0)!;
      bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    }
    return bytes;
  },
  'startswith/1': (_, input, part) => {
    if (typeof input !== 'string' || typeof part !== 'string')
      throw new JqError('startswith() requires string inputs');
    return input.startsWith(part);
  },
  'endswith/1': (_, input, part) => {
    if (typeof input !== 'string' || typeof part !== 'string')
      throw new JqError('endswith() requires string inputs');
    return input.endsWith(part);
  },
  'ltrimstr/1': (_, input, part) => trimStart(input, part!),
  'rtrimstr/1': (_, input, part) => trimEnd(input, part!),
  'trimstr/1': (_, input, part) => trimEnd(trimStart(input, part!), part!),
  'trim/0': (meter, input) => trim(meter, input, true, true),
  'ltrim/0': (meter, input) => trim(meter, input, true, false),
  'rtrim/0': (meter, input) => trim(meter, input, false, true),
  'split/1': (meter, input, by) => {
    if (typeof input !== 'string' || typeof by !== 'string')
      throw new JqError('split input and separator must be strings');
    return split(input, by, meter);
  },
  'join/1': (meter, input, by) => join(meter, input, by!),
};

function readJson(meter: Meter, text: string): Json {
  meter.chargeText(text.length * 4);
  if (text.trim() === 'nan') return Number.NaN;
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth++;
    if (character === ']' || character === '}') depth--;
    if (depth > MAX_JSON_DEPTH) throw new JqError('Exceeds depth limit for parsing');
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new JqError(`${describe(text)} cannot be parsed as JSON`);
  }
}

function mapAscii(meter: Meter, input: Json, letters: RegExp, change: (text: string) => string): Json {
  const text = requireText(input, 'explode input must be a string');
  meter.chargeText(text.length);
  return text.replace(letters, change);
}

function trimStart(input: Json, part: Json): Json {
  if (typeof input !== 'string' || typeof part !== 'string') return input;
  return input.startsWith(part) ? input.slice(part.length) : input;
}

function trimEnd(input: Json, part: Json): Json {
  if (typeof input !== 'string' || typeof part !== 'string' || part === '') return input;
  return input.endsWith(part) ? input.slice(0, -part.length) : input;
}

function trim(meter: Meter, input: Json, atStart: boolean, atEnd: boolean): Json {
  const text = requireText(input, `${describe(input)} cannot be trimmed`);
  meter.chargeText(text.length);
  let from = 0;
  let to = text.length;
  const isSpace = (unit: number) => unit === 0x20 || (unit >= 9 && unit <= 13);
  if (atStart) while (from < to && isSpace(text.charCodeAt(from))) from++;
  if (atEnd) while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function join(meter: Meter, input: Json, by: Json): Json {
  const list = requireList(input, `Cannot iterate over ${describe(input)}`);
  if (list.length === 0) return '';
  const separator = requireText(by, `${describe(by)} cannot separate texts`);
  const parts = list.map((item) => {
    if (item === null) return '';
    if (typeof item === 'string') return item;
    if (typeof item === 'number' || typeof item === 'boolean') return jsonText(item, meter);
    throw new JqError(`${describe(separator)} and ${describe(item)} cannot be added`);
  });
  meter.chargeBuilt(parts.reduce((sum, part) => sum + part.length, separator.length * parts.length));
  return parts.join(separator);
}
