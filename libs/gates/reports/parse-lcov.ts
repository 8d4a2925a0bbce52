import type { CoverageTally, FileCoverage } from './coverage-tally.js';
import { createReportInvalid } from './report-error.js';

/** What lcov writes of counts: whole numbers, large ones at times as 1.5e+12. */
const COUNT = /^\d{1,20}(\.\d{1,20})?(e\+?\d{1,3})?$/i;
const NUMBER = /^\d{1,9}$/;

/**
 * Tracefiles of geninfo(1) of LCOV 1 and 2, line by line: `SF` to `end_of_record`, with DA, BRDA, FN, FNDA, FNL, FNA.
 * Records of one source are one. A record without lines of its own counts by LF and LH, and so on.
 * Throws SluiceError `report-invalid`, `report-too-large`.
 */
export class LcovReader {
  private record: LcovRecord | undefined;
  private records = 0;
  private number = 0;

  constructor(private readonly tally: CoverageTally) {}

  readLine(written: string): void {
    this.number += 1;
    const line = (this.number === 1 ? written.replace(/^\ufeff/, '') : written).trimEnd();
    if (line === '' || line.startsWith('#')) return;
    // Nearly all lines of a large file.
    if (this.record && line.startsWith('DA:')) return this.readLineCount(this.record, line);
    if (line === 'end_of_record') return this.endRecord();
    const colon = line.indexOf(':');
    const key = line.slice(0, Math.max(0, colon));
    const value = line.slice(colon + 1);
    if (key === 'SF') return this.startRecord(value);
    if (this.record) this.readDatum(this.record, key, value);
    else if (key !== 'TN') throw this.refuse('it stands outside a record.');
  }

  /** To be called after the last line. */
  end(): void {
    if (this.record) throw createReportInvalid('LCOV', 'it ends within a record.');
    if (this.records === 0) throw createReportInvalid('LCOV', 'it holds no record.');
  }

  private startRecord(path: string): void {
    if (this.record) throw this.refuse('a record begins within another one.');
    if (path.trim() === '') throw this.refuse('the source has no name.');
    this.record = { file: this.tally.file(path), listed: new Set(), sums: new Map(), functions: new Map() };
  }

  private endRecord(): void {
    const { record } = this;
    if (!record) throw this.refuse('no record is open.');
    for (const [unit, found, hit] of SUMS) {
      const [total, covered] = [record.sums.get(found), record.sums.get(hit)];
      if (record.listed.has(unit) || total === undefined) continue;
      if ((covered ?? 0) > total) throw this.refuse(`${hit} is more than ${found}.`);
      this.tally.addSum(unit, covered ?? 0, total);
    }
    this.record = undefined;
    this.records += 1;
  }

  private readLineCount({ file, listed }: LcovRecord, line: string): void {
    const comma = line.indexOf(',', 3);
    const end = line.indexOf(',', comma + 1);
    listed.add('lines');
    file.addLine(
      this.readNumber(line.slice(3, comma < 0 ? undefined : comma)),
      this.readCount(comma < 0 ? '' : line.slice(comma + 1, end < 0 ? undefined : end)),
    );
  }

  private readDatum(record: LcovRecord, key: string, value: string): void {
    const { file, listed, functions } = record;
    // Names of functions may hold commas, what stands before them does not.
    const parts = value.split(',');
    const [first = '', second = '', third = '', fourth = ''] = parts;
    if (key === 'BRDA') {
      listed.add('branches');
      const taken = fourth !== '-' && this.readCount(fourth);
      file.addNamed('branches', `${this.readNumber(first)},${second},${third}`, taken);
    } else if (key === 'FN') {
      listed.add('functions');
      this.readNumber(first);
      file.addNamed(
        'functions',
        nameOf(NUMBER.test(second) && parts.length > 2 ? parts.slice(2) : parts.slice(1)),
        false,
      );
    } else if (key === 'FNDA') {
      listed.add('functions');
      file.addNamed('functions', nameOf(parts.slice(1)), this.readCount(first));
    } else if (key === 'FNL') functions.set(first, this.readNumber(second));
    else if (key === 'FNA') {
      listed.add('functions');
      // Instances of a template share their place, and are one function.
      file.addNamed('functions', `line ${functions.get(first) ?? first}`, this.readCount(second));
    } else if (/^(LF|LH|BRF|BRH|FNF|FNH)$/.test(key)) record.sums.set(key, this.readNumber(first));
    else if (!/^[A-Z]{2,8}$/.test(key)) throw this.refuse('it is no line of LCOV.');
  }

  private readNumber(text: string): number {
    if (NUMBER.test(text)) return Number(text);
    throw this.refuse(`${JSON.stringify(text.slice(0, 40))} is not a number from 0.`);
  }

  private readCount(text: string): boolean {
    if (COUNT.test(text)) return Number(text) > 0;
    throw this.refuse(`${JSON.stringify(text.slice(0, 40))} is not a count from 0.`);
  }

  private refuse(problem: string): Error {
    return createReportInvalid('LCOV', `line ${this.number}: ${problem}`);
  }
}

interface LcovRecord {
  readonly file: FileCoverage;
  /** What the record lists one by one. */
  readonly listed: Set<CoveredUnit>;
  readonly sums: Map<string, number>;
  /** Lines of functions by the index that FNL gives them. */
  readonly functions: Map<string, number>;
}

type CoveredUnit = 'lines' | 'branches' | 'functions';

const SUMS: readonly (readonly [CoveredUnit, found: string, hit: string])[] = [
  ['lines', 'LF', 'LH'],
  ['branches', 'BRF', 'BRH'],
  ['functions', 'FNF', 'FNH'],
];

function nameOf(parts: readonly string[]): string {
  return parts.join(',');
}
