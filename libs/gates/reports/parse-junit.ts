import { createReportInvalid } from './report-error.js';
import {
  addTotals,
  countCases,
  createTestCase,
  type TestCase,
  type TestReport,
  type TestTotals,
} from './test-report.js';
import { parseXml, type XmlElement } from './xml.js';

/**
 * JUnit XML as Surefire, Gradle, pytest, jest-junit, go-junit-report and GoogleTest write it. Every `testcase` counts
 * once, wherever its suite is nested; a suite's own numbers count only where it lists neither tests nor suites.
 * Throws SluiceError `report-invalid`.
 */
export function parseJunit(text: string): TestReport {
  const root = parseRoot(text);
  if (root.name !== 'testsuites' && root.name !== 'testsuite') {
    throw createReportInvalid(
      'JUnit XML',
      `its root is <${root.name.slice(0, 100)}>, not <testsuites> or <testsuite>.`,
    );
  }
  const cases: TestCase[] = [];
  const unlisted: TestTotals[] = [];
  readSuite(root, '', cases, unlisted);
  return { format: 'junit', totals: addTotals([countCases(cases), ...unlisted]), cases };
}

function parseRoot(text: string): XmlElement {
  try {
    return parseXml(text);
  } catch (error) {
    throw createReportInvalid(
      'JUnit XML',
      `${error instanceof Error ? error.message.slice(0, 300) : 'it is damaged'}.`,
      error,
    );
  }
}

function readSuite(suite: XmlElement, parent: string, cases: TestCase[], unlisted: TestTotals[]): void {
  const name = suite.attributes.get('name') || parent;
  let listed = false;
  for (const element of suite.elements) {
    if (element.name === 'testcase') {
      cases.push(readCase(element, name));
      listed = true;
    } else if (element.name === 'testsuite') {
      readSuite(element, name, cases, unlisted);
      listed = true;
    } else if (element.name === 'error' || element.name === 'failure') {
      const message = readMessage(element);
      cases.push(createTestCase({ suite: name, name: '(suite)', status: 'error', durationMs: 0, message }));
      listed = true;
    }
  }
  if (!listed) unlisted.push(readCounts(suite));
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
