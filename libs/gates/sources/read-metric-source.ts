import type { MetricSource, SourceName } from '#contracts/judgement/metric-source.js';
import { parseDuration } from '#domain/definition/duration.js';
import { quote } from '#domain/definition/path.js';
import { readSecretReference } from '#domain/definition/secrets.js';
import {
  entriesOf,
  entryOf,
  isList,
  isScalar,
  itemsOf,
  type Spot,
  type TreeMap,
  toJson,
} from '#domain/definition/tree.js';
import {
  checkKeys,
  readChoice,
  readDuration,
  readEntry,
  readMap,
  readNumber,
  readString,
  requireEntry,
} from '#domain/definition/values.js';
import type { Json } from '#domain/json.js';
import { atKey, atMissing, atValue, type FindingReport } from '#domain/validation/report.js';
import { type Field, type FieldType, SOURCE_FIELDS } from './fields.js';
import { isPointer } from './json-pointer.js';

const NAMES = Object.keys(SOURCE_FIELDS) as SourceName[];
const MAX_PATTERNS = 100;
const MAX_URL = 8192;

/** An entry of `metrics` of a gate. What is wrong is reported, and undefined returned. */
export function readMetricSource(spot: Spot, report: FindingReport): MetricSource | undefined {
  const map = readMap(
    spot,
    report,
    'Write `{ from: lcov, files: coverage/lcov.info, value: lines.percent }`.',
  );
  const written = map && requireEntry(map, 'from', report, `Write \`from:\` and one of ${NAMES.join(', ')}.`);
  const from = written && readChoice(written, NAMES, report);
  if (!map || from === undefined) return undefined;
  const before = countFindings(report);
  const fields = SOURCE_FIELDS[from];
  checkKeys(map, ['from', ...fields.map(({ name }) => name)], report, `a source of ${from}`);
  const values: [string, Json][] = [];
  for (const field of fields) {
    const entry = field.required
      ? requireEntry(map, field.name, report, field.meaning)
      : entryOf(map, field.name);
    const value = entry && readField(entry, field, report);
    if (value !== undefined) values.push([field.name, value]);
  }
  const source = { from, ...Object.fromEntries(values) } as unknown as MetricSource;
  checkTogether(source, map, report);
  return countFindings(report) === before ? source : undefined;
}

/** What no key alone can be wrong about. */
function checkTogether(source: MetricSource, map: Spot<TreeMap>, report: FindingReport): void {
  if (source.from === 'http' && source.body !== undefined && source.method !== 'POST') {
    report.add(
      'value-not-allowed',
      atKey(entryOf(map, 'body') ?? map),
      'A GET request has no body.',
      'Add `method: POST`.',
    );
  }
  if ('baselineOffset' in source && source.range === undefined) {
    report.add(
      'key-missing',
      atMissing(map, 'range'),
      '`baselineOffset` needs `range`.',
      'Add `range: 30m`.',
    );
  }
}

function countFindings(report: FindingReport): number {
  return report.list().length;
}

type Readers = {
  readonly [K in FieldType['kind']]: (
    spot: Spot,
    type: Extract<FieldType, { readonly kind: K }> | FieldType,
    report: FindingReport,
    field: Field,
  ) => Json | undefined;
};

function readField(spot: Spot, field: Field, report: FindingReport): Json | undefined {
  return READERS[field.type.kind](spot, field.type, report, field);
}

const READERS: Readers = {
  text: (spot, type, report, { meaning }) => {
    const most = type.kind === 'text' ? type.most : 0;
    return limitText(spot, readString(spot, report, meaning), most, report);
  },
  files: readPatterns,
  url: (spot, _, report) => readUrl(spot, report),
  pointer: (spot, _, report) => {
    const text = readString(spot, report, 'Write a JSON pointer such as `/data/0/p95`.');
    if (text === undefined || (isPointer(text) && text.length <= 1024)) return text;
    report.add(
      'value-not-allowed',
      atValue(spot),
      `${quote(text)} is no JSON pointer (RFC 6901).`,
      'Begin each part with a slash: `/data/0/p95`; write `~1` for a slash in a name, `~0` for a tilde.',
    );
    return undefined;
  },
  secret: (spot, _, report) => readSecretReference(spot, report),
  auth: (spot, _, report) => readAuth(spot, report),
  headers: (spot, _, report) => readHeaders(spot, report),
  any: (spot) => toJson(spot.node),
  number: (spot, _, report) => readNumber(spot, report, { min: -1e15, max: 1e15, whole: false }),
  duration: (spot, type, report) => {
    if (type.kind !== 'duration') return undefined;
    const text = readDuration(spot, report, type.leastMs);
    if (text === undefined || (parseDuration(text) ?? 0) <= type.mostMs) return text;
    report.add(
      'value-out-of-range',
      atValue(spot),
      `${quote(text)} is too long here.`,
      `Write at most ${type.mostMs / 1000}s.`,
    );
    return undefined;
  },
  whole: (spot, type, report) =>
    type.kind === 'whole'
      ? readNumber(spot, report, { min: type.least, max: type.most, whole: true })
      : undefined,
  choice: (spot, type, report) =>
    type.kind === 'choice' ? readChoice(spot, type.values, report) : undefined,
};

function limitText(
  spot: Spot,
  text: string | undefined,
  most: number,
  report: FindingReport,
): string | undefined {
  if (text === undefined || (text.trim() !== '' && text.length <= most)) return text;
  report.add(
    'value-out-of-range',
    atValue(spot),
    'The text is empty or too long.',
    `Write 1 to ${most} characters.`,
  );
  return undefined;
}

function readPatterns(spot: Spot, _: FieldType, report: FindingReport): string[] | undefined {
  const items = isList(spot) ? itemsOf(spot) : [spot];
  if (items.length === 0 || items.length > MAX_PATTERNS) {
    report.add(
      'value-out-of-range',
      atValue(spot),
      'There are no files here, or too many.',
      `Name 1 to ${MAX_PATTERNS} paths or globs.`,
    );
    return undefined;
  }
  return items.flatMap((item) => {
    const text = limitText(
      item,
      readString(item, report, 'Write a path or glob, such as `reports/**/*.xml`.'),
      1024,
      report,
    );
    return text === undefined ? [] : [text];
  });
}

function readUrl(spot: Spot, report: FindingReport): string | undefined {
  const text = readString(spot, report, 'Write `https://host/path`.');
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  if (plain && text.length <= MAX_URL) return text;
  // The address itself may hold a secret.
  report.add(
    'value-not-allowed',
    atValue(spot),
    'This is no absolute http or https URL without credentials.',
    'Write `https://host/path`, and hand credentials over by reference.',
  );
  return undefined;
}

function readAuth(spot: Spot, report: FindingReport): Json | undefined {
  const map = readMap(spot, report, 'Write `{ secret: env:TOKEN, scheme: bearer }`.');
  if (map === undefined) return undefined;
  checkKeys(map, ['secret', 'header', 'prefix', 'scheme'], report, '`auth`');
  const written = requireEntry(map, 'secret', report, 'Write `secret: env:TOKEN`.');
  const secret = written && readSecretReference(written, report);
  const { header } = readEntry(map, 'header', (entry) => readHeaderName(entry, report));
  const { prefix } = readEntry(map, 'prefix', (entry) => readHeaderText(entry, report));
  const { scheme } = readEntry(map, 'scheme', (entry) =>
    readChoice(entry, ['basic', 'bearer'] as const, report),
  );
  if (secret === undefined) return undefined;
  return {
    secret,
    ...(header === undefined ? {} : { header }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(scheme === undefined ? {} : { scheme }),
  };
}

function readHeaders(spot: Spot, report: FindingReport): Json | undefined {
  const map = readMap(spot, report, 'Write `{ Accept: application/json }`.');
  if (map === undefined) return undefined;
  const headers: [string, string][] = [];
  for (const [name, entry] of entriesOf(map)) {
    if (!isHeaderName(name)) refuseHeader(entry, name, report);
    const text = readHeaderText(entry, report);
    if (text !== undefined) headers.push([name, text]);
  }
  return Object.fromEntries(headers);
}

function readHeaderName(spot: Spot, report: FindingReport): string | undefined {
  const name = readString(spot, report, 'Write the name of a header.');
  if (name === undefined || isHeaderName(name)) return name;
  refuseHeader(spot, name, report);
  return undefined;
}

function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/.test(name);
}

function refuseHeader(spot: Spot, name: string, report: FindingReport): void {
  report.add(
    'value-not-allowed',
    atKey(spot),
    `${quote(name)} is no name of a header.`,
    'Write it as `X-Api-Key`.',
  );
}

function readHeaderText(spot: Spot, report: FindingReport): string | undefined {
  const text =
    isScalar(spot) && typeof spot.node.value === 'number'
      ? String(spot.node.value)
      : readString(spot, report, 'Write text.');
  if (text === undefined || (text.length <= 8192 && !/[\0\r\n]/.test(text))) return text;
  report.add(
    'value-not-allowed',
    atValue(spot),
    'A header is one line.',
    'Write at most 8,192 characters without line breaks.',
  );
  return undefined;
}
