import { parseXmlReport } from './parse-xml-report.js';
import { createReportInvalid } from './report-error.js';
import {
  addTotals,
  countCases,
  createTestCase,
  DurationNotes,
  type TestCase,
  type TestReport,
  type TestTotals,
} from './test-report.js';
import type { XmlElement } from './xml.js';

const FORMAT = 'JUnit XML';
const PROBLEMS = ['error', 'failure'];
const KEPT = new Set(['testsuites', 'testsuite', 'testcase', 'skipped', 'disabled', ...PROBLEMS]);
const WANTED = new Set(['testsuites', 'testsuite', 'testcase']);

/**
 * JUnit XML as Surefire, Gradle, pytest, jest-junit, go-junit-report and GoogleTest write it. Every `testcase` counts
 * once, wherever its suite is nested; a suite's own numbers count only where it lists neither tests nor suites, and as one
 * error where they tell of failures of which it lists none. Throws SluiceError `report-invalid`.
 */
export function parseJunit(text: string): TestReport {
  const reader = new JunitReader();
  const root = parseXmlReport(FORMAT, text, { kept: KEPT, wanted: WANTED, visit: reader.visit });
  if (root.name !== 'testsuites' && root.name !== 'testsuite') {
    throw createReportInvalid(
      FORMAT,
      `its root is <${root.name.slice(0, 100)}>, not <testsuites> or <testsuite>.`,
    );
  }
  return reader.report();
}

/** What was found so far in a suite that has not ended. */
interface Found {
  listed: boolean;
  bad: boolean;
}

class JunitReader {
  private readonly cases: TestCase[] = [];
  private readonly unlisted: TestTotals[] = [];
  private readonly durations = new DurationNotes();
  private readonly found = new Map<XmlElement, Found>();

  report(): TestReport {
    const totals = addTotals([countCases(this.cases), ...this.unlisted]);
    return { format: 'junit', totals, cases: this.cases, durations: this.durations.all };
  }

  readonly visit = (element: XmlElement, above: readonly XmlElement[]): void => {
    const parent = above.at(-1);
    if (parent) this.foundIn(parent).listed = true;
    if (element.name === 'testcase') this.addCase(readCase(element, nameSuite(above), this.durations), above);
    else this.endSuite(element, above);
  };

  private endSuite(suite: XmlElement, above: readonly XmlElement[]): void {
    const within = [...above, suite];
    const name = nameSuite(within);
    for (const message of readProblems(suite)) this.addCase(createSuiteError(name, message), within);
    const { listed, bad } = this.foundIn(suite);
    this.found.delete(suite);
    if (!listed && !bad) {
      const counts = readCounts(suite, this.durations);
      this.unlisted.push(counts);
      if (counts.failed + counts.errors > 0) this.noteBad(above);
      return;
    }
    const claimed = countClaimed(suite);
    if (bad || claimed === 0) return;
    const message = `The suite tells of ${claimed} that failed or broke, and lists none of them.`;
    this.addCase(createSuiteError(name, message), above);
  }

  private addCase(test: TestCase, above: readonly XmlElement[]): void {
    this.cases.push(test);
    if (test.status === 'failed' || test.status === 'error') this.noteBad(above);
  }

  private noteBad(above: readonly XmlElement[]): void {
    for (const suite of above) this.foundIn(suite).bad = true;
  }

  private foundIn(suite: XmlElement): Found {
    const known = this.found.get(suite);
    if (known) return known;
    const found = { listed: false, bad: false };
    this.found.set(suite, found);
    return found;
  }
}

/** The innermost suite that has a name. */
function nameSuite(above: readonly XmlElement[]): string {
  for (let index = above.length - 1; index >= 0; index -= 1) {
    const name = above[index]!.attributes.get('name');
    if (name) return name;
  }
  return '';
}

/** A suite that could not be loaded, or whose setup failed, says so itself. */
function readProblems({ elements }: XmlElement): string[] {
  return elements.filter(({ name }) => PROBLEMS.includes(name)).map(readMessage);
}

function createSuiteError(suite: string, message: string): TestCase {
  return createTestCase({ suite, name: '(suite)', status: 'error', durationMs: 0, message });
}

function readCase(element: XmlElement, suite: string, durations: DurationNotes): TestCase {
  const find = (name: string): XmlElement | undefined =>
    element.elements.find((child) => child.name === name);
  const error = find('error');
  const failure = find('failure');
  const problem = error ?? failure;
  const skipped = find('skipped') ?? find('disabled');
  const notRun = /^(notrun|disabled|skipped|ignored)$/i;
  const isSkipped =
    skipped !== undefined ||
    notRun.test(element.attributes.get('status') ?? '') ||
    notRun.test(element.attributes.get('result') ?? '');
  return createTestCase({
    suite: element.attributes.get('classname') || suite,
    name: element.attributes.get('name') ?? '',
    status: error ? 'error' : failure ? 'failed' : isSkipped ? 'skipped' : 'passed',
    durationMs: durations.read(readMilliseconds(element)),
    ...(problem ? { message: readMessage(problem) } : {}),
  });
}

function readMessage(problem: XmlElement): string {
  const message = problem.attributes.get('message')?.trim() ?? '';
  const text = problem.text.trim();
  if (message === '') return text || (problem.attributes.get('type') ?? '');
  return text === '' || text.startsWith(message) ? text || message : `${message}\n${text}`;
}

const FAILED = ['failures', 'errors'] as const;

/** By a suite that lists others: what else stands there is no count, and the list decides. */
function countClaimed({ attributes }: XmlElement): number {
  const written = FAILED.map((name) => attributes.get(name)?.trim() ?? '');
  return written.reduce((sum, text) => sum + (COUNT.test(text) ? Number(text) : 0), 0);
}

const COUNT = /^\d{1,15}$/;

/** A suite that gives numbers alone. */
function readCounts(suite: XmlElement, durations: DurationNotes): TestTotals {
  const read = (...names: string[]): number => {
    const text = names.map((name) => suite.attributes.get(name)?.trim()).find((each) => each);
    if (text === undefined) return 0;
    if (COUNT.test(text)) return Number(text);
    throw createReportInvalid(
      FORMAT,
      `${names[0]}="${text.slice(0, 40)}" of a suite is no whole number from 0.`,
    );
  };
  const total = read('tests');
  const failed = Math.min(read('failures'), total);
  const errors = Math.min(read('errors'), total - failed);
  const skipped = Math.min(read('skipped', 'disabled'), total - failed - errors);
  const durationMs = total === 0 ? 0 : Math.round(durations.read(readMilliseconds(suite)));
  return { total, failed, errors, skipped, passed: total - failed - errors - skipped, durationMs };
}

/** `time` is in seconds; Surefire groups thousands with a comma. NaN where it is no number. */
function readMilliseconds(element: XmlElement): number | undefined {
  const text = element.attributes.get('time')?.trim() ?? '';
  return text === '' ? undefined : 1000 * Number(text.replaceAll(',', ''));
}
