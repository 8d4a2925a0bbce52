import { type CelFunc, type CelInput, type CelList, celFunc, celList, celMethod } from '@bufbuild/cel';
import { charge, chargeBuilt, chargeElements, chargeText } from './meter.js';
import { matches } from './patterns.js';
import { BOOL, INT, LIST, STRING } from './types.js';

/** Text functions of CEL's standard and of its strings extension (positions count code points), within the budget. */
export const texts: readonly CelFunc[] = [
  celFunc('_+_', [STRING, STRING], STRING, (left, right) => {
    chargeBuilt(left.length + right.length);
    return left + right;
  }),
  celFunc('size', [STRING], INT, (text) => BigInt(countPoints(text))),
  celMethod('size', STRING, [], INT, function () {
    return BigInt(countPoints(this));
  }),
  celMethod('contains', STRING, [STRING], BOOL, function (part) {
    chargeSearch(this, part);
    return this.includes(part);
  }),
  celMethod('startsWith', STRING, [STRING], BOOL, function (part) {
    chargeText(part.length);
    return this.startsWith(part);
  }),
  celMethod('endsWith', STRING, [STRING], BOOL, function (part) {
    chargeText(part.length);
    return this.endsWith(part);
  }),
  celMethod('matches', STRING, [STRING], BOOL, function (pattern) {
    return matches(this, pattern);
  }),
  celMethod('charAt', STRING, [INT], STRING, function (position) {
    const start = unitOf(this, position);
    const point = this.codePointAt(start);
    return point === undefined ? '' : String.fromCodePoint(point);
  }),
  celMethod('indexOf', STRING, [STRING], INT, function (part) {
    return pointOf(this, findFirst(this, part, 0));
  }),
  celMethod('indexOf', STRING, [STRING, INT], INT, function (part, from) {
    return pointOf(this, findFirst(this, part, unitOf(this, from)));
  }),
  celMethod('lastIndexOf', STRING, [STRING], INT, function (part) {
    return pointOf(this, findLast(this, part, this.length));
  }),
  celMethod('lastIndexOf', STRING, [STRING, INT], INT, function (part, from) {
    return pointOf(this, findLast(this, part, unitOf(this, from)));
  }),
  celMethod('substring', STRING, [INT], STRING, function (start) {
    return this.slice(unitOf(this, start));
  }),
  celMethod('substring', STRING, [INT, INT], STRING, function (start, end) {
    if (start > end) throw new Error('substring: the start lies behind the end');
    return this.slice(unitOf(this, start), unitOf(this, end));
  }),
  celMethod('lowerAscii', STRING, [], STRING, function () {
    charge(this.length / 128);
    return this.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  }),
  celMethod('upperAscii', STRING, [], STRING, function () {
    charge(this.length / 128);
    return this.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
  }),
  celMethod('trim', STRING, [], STRING, function () {
    chargeText(this.length);
    const trimmed = trim(this);
    charge((this.length - trimmed.length) / 64);
    return trimmed;
  }),
  celMethod('replace', STRING, [STRING, STRING], STRING, function (part, replacement) {
    return replace(this, part, replacement, -1n);
  }),
  celMethod('replace', STRING, [STRING, STRING, INT], STRING, function (part, replacement, limit) {
    return replace(this, part, replacement, limit);
  }),
  celMethod('split', STRING, [STRING], LIST, function (separator) {
    return celList(split(this, separator, -1n));
  }),
  celMethod('split', STRING, [STRING, INT], LIST, function (separator, limit) {
    return celList(split(this, separator, limit));
  }),
  celMethod('join', LIST, [], STRING, function () {
    return join(this, '');
  }),
  celMethod('join', LIST, [STRING], STRING, function (separator) {
    return join(this, separator);
  }),
];

const WHITE_SPACE = /^\p{White_Space}$/u;

/** Without Unicode's white space at both ends; JavaScript's own `trim` differs in U+0085 and U+FEFF. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && WHITE_SPACE.test(text[start]!)) start++;
  while (end > start && WHITE_SPACE.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}

/** Searching may, at worst, compare the whole part at every place. */
function chargeSearch(text: string, part: string): void {
  charge((text.length / 1024) * (1 + part.length / 4));
}

function findFirst(text: string, part: string, from: number): number {
  chargeSearch(text, part);
  return text.indexOf(part, from);
}

function findLast(text: string, part: string, from: number): number {
  chargeSearch(text, part);
  return text.lastIndexOf(part, from);
}

const SURROGATES = /[\ud800-\udfff]/;

function countPoints(text: string): number {
  chargeText(text.length);
  if (!SURROGATES.test(text)) return text.length;
  charge(text.length / 64);
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Place in UTF-16 units of the code point at `position`, the end of the text included. */
function unitOf(text: string, position: bigint): number {
  const points = countPoints(text);
  if (position < 0n || position > BigInt(points)) {
    throw new Error(`position ${position} lies outside of a text of ${points} characters`);
  }
  if (points === text.length) return Number(position);
  let unit = 0;
  for (let left = Number(position); left > 0; left--) unit += text.codePointAt(unit)! > 0xffff ? 2 : 1;
  return unit;
}

function pointOf(text: string, unit: number): bigint {
  return unit < 0 ? -1n : BigInt(countPoints(text.slice(0, unit)));
}

/** At most `limit` parts (all when negative), the last with the rest; between all code points for an empty separator. */
function split(text: string, separator: string, limit: bigint): string[] {
  if (limit === 0n) return [];
  const max = limit < 0n || limit > BigInt(text.length) ? text.length + 1 : Number(limit);
  if (separator === '') return splitPoints(text, max);
  chargeSearch(text, separator);
  const parts: string[] = [];
  let start = 0;
  while (parts.length < max - 1) {
    const end = text.indexOf(separator, start);
    if (end < 0) break;
    chargeElements(1);
    parts.push(text.slice(start, end));
    start = end + separator.length;
  }
  parts.push(text.slice(start));
  return parts;
}

function splitPoints(text: string, max: number): string[] {
  chargeElements(text.length);
  const points = Array.from(text);
  return points.length <= max ? points : [...points.slice(0, max - 1), points.slice(max - 1).join('')];
}

/** The first `limit` occurrences (all when negative); an empty part stands before every code point and at the end. */
function replace(text: string, part: string, replacement: string, limit: bigint): string {
  if (limit === 0n) return text;
  const pieces =
    part === ''
      ? ['', ...splitPoints(text, text.length), '']
      : split(text, part, limit < 0n ? limit : limit + 1n);
  const allowed = limit < 0n ? pieces.length : Number(limit);
  const places = Math.min(allowed, pieces.length - 1);
  chargeBuilt(text.length + places * Math.max(0, replacement.length - part.length));
  const head = pieces.slice(0, places + 1).join(replacement);
  return head + pieces.slice(places + 1).join(part);
}

function join(list: CelList, separator: string): string {
  chargeElements(list.size);
  const parts: string[] = [];
  let size = 0;
  for (const part of list as Iterable<CelInput>) {
    if (typeof part !== 'string') throw new Error('join: the list holds what is no text');
    size += part.length + separator.length;
    parts.push(part);
  }
  chargeBuilt(Math.max(0, size - separator.length));
  return parts.join(separator);
}
