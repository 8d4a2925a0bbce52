import { parseXmlReport } from './parse-xml-report.js';
import { createReportInvalid } from './report-error.js';
import {
  addTotals,
  countCases,
  createTestCase,
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
 * once, wherever its suite is nested; a suite's own numbers count only where it lists neither tests nor suites.
 * Throws SluiceError `report-invalid`.
 */
export function parseJunit(text: string): TestReport {
  const cases: TestCase[] = [];
  const unlisted: TestTotals[] = [];
  /** Suites in which something was found so far; none of those that ended. */
  const listing = new Set<XmlElement>();
  const root = parseXmlReport(FORMAT, text, {
    kept: KEPT,
    wanted: WANTED,
    visit: (element, above) => {
      const parent = above.at(-1);
      if (parent) listing.add(parent);
      if (element.name === 'testcase') {
        cases.push(readCase(element, nameSuite(above)));
        return;
      }
      const broken = readBroken(element, nameSuite([...above, element]));
      cases.push(...broken);
      if (!listing.delete(element) && broken.length === 0) unlisted.push(readCounts(element));
    },
  });
  if (root.name !== 'testsuites' && root.name !== 'testsuite') {
    throw createReportInvalid(
      FORMAT,
      `its root is <${root.name.slice(0, 100)}>, not <testsuites> or <testsuite>.`,
    );
  }
  return { format: 'junit', totals: addTotals([countCases(cases), ...unlisted]), cases };
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
function readBroken({ elements }: XmlElement, suite: string): TestCase[] {
  return elements
    .filter(({ name }) => PROBLEMS.includes(name))
    .map((problem) =>
      createTestCase({
        ...{ suite, name: '(suite)', status: 'error', durationMs: 0 },
        message: readMessage(problem),
      }),
    );
}

function readCase(element: XmlElement, suite: string): TestCase {
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
    durationMs: readSeconds(element),
    ...(problem ? { message: readMessage(problem) } : {}),
  });
}

function readMessage(problem: XmlElement): string {
  const message = problem.attributes.get('message')?.trim() ?? '';
  const text = problem.text.trim();
  if (message === '') return text || (problem.attributes.get('type') ?? '');
  return text === '' || text.startsWith(message) ? text || message : `${message}\n${text}`;
}

/** A suite that gives numbers alone. */
function readCounts(suite: XmlElement): TestTotals {
  const read = (...names: string[]): number => {
    const value = Number(
      names.map((name) => suite.attributes.get(name)).find((text) => text !== undefined) ?? 0,
    );
    return Number.isSafeInteger(value) && value > 0 ? value : 0;
  };
  const total = read('tests');
  const failed = Math.min(read('failures'), total);
  const errors = Math.min(read('errors'), total - failed);
  const skipped = Math.min(read('skipped', 'disabled'), total - failed - errors);
  const durationMs = total === 0 ? 0 : Math.round(readSeconds(suite));
  return { total, failed, errors, skipped, passed: total - failed - errors - skipped, durationMs };
}

/** `time` is in seconds; Surefire groups thousands with a comma. */
function readSeconds(element: XmlElement): number {
  const seconds = Number((element.attributes.get('time') ?? '0').replaceAll(',', ''));
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 0;
}
