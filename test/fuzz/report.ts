/** What we read of the JSON report of schemathesis. */
interface SchemathesisReport {
  readonly complete: boolean;
  readonly running_time: number;
  readonly operations: { readonly selected: number; readonly tested: number };
  readonly test_cases: { readonly generated: number; readonly unique_failures: number };
  readonly failures: readonly Failure[];
  readonly errors: readonly { readonly title: string; readonly count: number }[];
}

interface Failure {
  readonly title: string;
  readonly count: number;
  readonly operations: readonly string[];
}

/** What came of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly operations: number;
  readonly cases: number;
  readonly failures: readonly Failure[];
  /** What schemathesis could not do. */
  readonly errors: readonly string[];
  readonly seconds: number;
}

/** Of the report's text; a run that did not come to its end has an error. */
export function readResult(seed: number, text: string, output: string): SeedResult {
  const report = JSON.parse(text) as SchemathesisReport;
  const errors = report.errors.map(({ title, count }) => `${title}: ${count}`);
  if (!report.complete) errors.push(`It did not come to its end: ${output.slice(-500)}`);
  const untested = report.operations.selected - report.operations.tested;
  if (untested > 0) errors.push(`${untested} operations were not tested`);
  return {
    seed,
    operations: report.operations.tested,
    cases: report.test_cases.generated,
    failures: report.failures.map(({ title, count, operations }) => ({ title, count, operations })),
    errors,
    seconds: Math.round(report.running_time),
  };
}

export function countFailures({ failures, errors }: SeedResult): number {
  return failures.reduce((sum, { count }) => sum + count, 0) + errors.length;
}

/** For people: a row of each seed, below it what failed. */
export function formatResults(results: readonly SeedResult[]): string {
  const rows = results.map((result) =>
    [result.seed, result.operations, result.cases, countFailures(result), `${result.seconds} s`].map(String),
  );
  const lines = formatTable([['seed', 'operations', 'requests', 'failures', 'time'], ...rows]);
  const findings = results.flatMap(({ seed, failures, errors }) => [
    ...failures.map(({ title, operations }) => `seed ${seed}: ${title}: ${operations.join(', ')}`),
    ...errors.map((error) => `seed ${seed}: ${error}`),
  ]);
  return [...lines, ...(findings.length === 0 ? [] : ['', ...findings])].join('\n');
}

function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join('  '));
}
