import type { Json } from '#domain/json.js';
import { CoverageTally } from './coverage-tally.js';
import { FindingTally } from './finding-tally.js';
import { readCobertura } from './parse-cobertura.js';
import { parseCtrf } from './parse-ctrf.js';
import { ESLINT_COUNTS, readEslint } from './parse-eslint.js';
import { readJacoco } from './parse-jacoco.js';
import { parseJunit } from './parse-junit.js';
import { LcovReader } from './parse-lcov.js';
import { readSarif, SARIF_COUNTS } from './parse-sarif.js';
import { parseTap } from './parse-tap.js';
import { readLines } from './read-lines.js';
import { createReportInvalid, createReportsMixed } from './report-error.js';
import { addTotals, type Durations, type TestReport, type TestTotals } from './test-report.js';

export type MetricFormat = 'lcov' | 'cobertura' | 'jacoco' | 'sarif' | 'eslint' | 'junit' | 'ctrf' | 'tap';

/** What one or more reports of a kind say, in numbers with names. Numbers are finite. */
export interface MetricReport {
  /** In the order in which they came, each once. */
  readonly formats: readonly MetricFormat[];
  readonly files: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Why there is no number but how much was looked at: nothing was. */
  readonly empty?: string;
}

type Kind = 'coverage' | 'findings' | 'lint' | 'tests';

const KINDS: Readonly<Record<MetricFormat, Kind>> = {
  lcov: 'coverage',
  cobertura: 'coverage',
  jacoco: 'coverage',
  sarif: 'findings',
  eslint: 'lint',
  junit: 'tests',
  ctrf: 'tests',
  tap: 'tests',
};

/** Adds up reports of one kind. Throws SluiceError `report-invalid`, `report-incomplete`, `report-too-large`, `report-kinds-mixed`. */
export class MetricTally {
  private readonly formats = new Set<MetricFormat>();
  private readonly coverage: CoverageTally;
  private readonly findings = new FindingTally(SARIF_COUNTS);
  private readonly lint = new FindingTally(ESLINT_COUNTS);
  private readonly tests: TestTotals[] = [];
  private readonly durations = new Set<Durations>();
  private files = 0;

  /** @param root folder to which absolute paths of sources are made relative */
  constructor(root: string) {
    this.coverage = new CoverageTally(root);
  }

  /** Read in parts, whatever its size. */
  async addLcov(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    this.note('lcov');
    const reader = new LcovReader(this.coverage);
    for await (const lines of readLines(chunks)) for (const line of lines) reader.readLine(line);
    reader.end();
  }

  addText(format: Exclude<MetricFormat, 'lcov'>, text: string): void {
    this.note(format);
    this.readers[format](text);
  }

  measure(): MetricReport {
    const [first] = this.formats;
    const kind = first && KINDS[first];
    return {
      formats: [...this.formats],
      files: this.files,
      ...(kind === 'coverage' ? measureCoverage(this.coverage.measure()) : {}),
      ...(kind === 'findings' ? { metrics: this.findings.measure() } : {}),
      ...(kind === 'lint' ? measureLint(this.lint.measure()) : {}),
      ...(kind === 'tests' ? measureTests(addTotals(this.tests), this.durations) : {}),
    } as MetricReport;
  }

  private readonly readers: Readonly<Record<Exclude<MetricFormat, 'lcov'>, (text: string) => void>> = {
    cobertura: (text) => readCobertura(text, this.coverage),
    jacoco: (text) => readJacoco(text, this.coverage),
    sarif: (text) => readSarif(parseJson(text, 'SARIF 2.1.0'), this.findings),
    eslint: (text) => readEslint(parseJson(text, 'ESLint JSON'), this.lint),
    junit: (text) => this.addTests(parseJunit(text)),
    ctrf: (text) => this.addTests(parseCtrf(text)),
    tap: (text) => this.addTests(parseTap(text)),
  };

  private addTests({ totals, durations }: TestReport): void {
    this.tests.push(totals);
    this.durations.add(durations);
  }

  private note(format: MetricFormat): void {
    const [first] = this.formats;
    if (first !== undefined && KINDS[first] !== KINDS[format]) throw createReportsMixed(first, format);
    this.formats.add(format);
    this.files += 1;
  }
}

function measureCoverage(metrics: Record<string, number>) {
  const known = Object.keys(metrics).some((name) => name !== 'files');
  return known ? { metrics } : { metrics, empty: 'no line of any source was looked at' };
}

function measureLint(metrics: Record<string, number>) {
  const { files = 0 } = metrics;
  return files > 0 ? { metrics } : { metrics: { files }, empty: 'no file was looked at' };
}

/** Skipped tests show nothing: what passed is measured by those that ran. A duration is told where reports tell one. */
function measureTests(totals: TestTotals, durations: ReadonlySet<Durations>) {
  const { total, passed, failed, skipped, errors, durationMs } = totals;
  const ran = total - skipped;
  if (total === 0) return { metrics: { total }, empty: 'no test was run' };
  if (ran === 0) return { metrics: { total, skipped }, empty: 'no test was run: all of them were skipped' };
  const timed = durations.has('known') && !durations.has('unreadable');
  return {
    metrics: {
      ...{ total, passed, failed, skipped, errors, failures: failed + errors },
      ...(timed ? { durationMs } : {}),
      'passed.percent': (100 * passed) / ran,
    },
  };
}

function parseJson(text: string, format: string): Json {
  try {
    return JSON.parse(text.replace(/^\ufeff/, '')) as Json;
  } catch (error) {
    throw createReportInvalid(format, 'it is not JSON.', error);
  }
}
