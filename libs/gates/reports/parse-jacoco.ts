import type { CoverageTally, FileCoverage } from './coverage-tally.js';
import { parseXmlReport } from './parse-xml-report.js';
import { createReportInvalid } from './report-error.js';
import type { XmlElement } from './xml.js';

const FORMAT = 'JaCoCo XML';
const KEPT = new Set('report group package class method counter sourcefile line'.split(' '));
const WANTED = new Set(['package']);

const SUMS = [
  ['LINE', 'lines'],
  ['BRANCH', 'branches'],
  ['METHOD', 'functions'],
  ['INSTRUCTION', 'instructions'],
] as const;

/**
 * JaCoCo's report.dtd 1.1: lines of source files (covered where any instruction of them is), their branches and
 * instructions, and methods. A report without debug information lists none; then the counters of its root count.
 * Throws SluiceError `report-invalid`, `report-too-large`.
 */
export function readJacoco(text: string, tally: CoverageTally): void {
  let lines = 0;
  const root = parseXmlReport(FORMAT, text, {
    kept: KEPT,
    wanted: WANTED,
    visit: (element, [top, ...groups]) => {
      requireRoot(top);
      // Groups are modules.
      const path = [...groups, element].map(({ attributes }) => attributes.get('name') ?? '').join('/');
      const own = readSources(element, path, tally);
      if (own > 0) readMethods(element, path, tally);
      lines += own;
    },
  });
  requireRoot(root);
  if (lines === 0) readSums(root, tally);
}

function requireRoot(root: XmlElement | undefined): asserts root is XmlElement {
  if (root?.name !== 'report') throw createReportInvalid(FORMAT, 'its root is not <report>.');
}

function readSources(element: XmlElement, path: string, tally: CoverageTally): number {
  let lines = 0;
  for (const source of element.elements.filter(({ name }) => name === 'sourcefile')) {
    const written = source.elements.filter(({ name }) => name === 'line');
    if (written.length === 0) continue;
    const file = tally.file(`${path}/${source.attributes.get('name') ?? ''}`);
    for (const line of written) readLine(line, file);
    lines += written.length;
  }
  return lines;
}

function readLine(line: XmlElement, file: FileCoverage): void {
  const number = readNumber(line, 'nr');
  const [missed, covered] = [readNumber(line, 'mi', 0), readNumber(line, 'ci', 0)];
  const [missedBranches, coveredBranches] = [readNumber(line, 'mb', 0), readNumber(line, 'cb', 0)];
  file.addLine(number, covered > 0);
  file.addCounted('instructions', number, { covered, total: missed + covered });
  if (missedBranches + coveredBranches === 0) return;
  file.addCounted('branches', number, { covered: coveredBranches, total: missedBranches + coveredBranches });
}

function readMethods(element: XmlElement, path: string, tally: CoverageTally): void {
  for (const owner of element.elements.filter(({ name }) => name === 'class')) {
    const methods = owner.elements.filter(({ name }) => name === 'method');
    if (methods.length === 0) continue;
    const source = owner.attributes.get('sourcefilename');
    const file = tally.file(source ? `${path}/${source}` : `${path}/${owner.attributes.get('name') ?? ''}`);
    for (const method of methods) {
      const counter = method.elements.find((child) => child.attributes.get('type') === 'METHOD');
      if (!counter) continue;
      const { attributes } = method;
      const name = [owner.attributes.get('name'), attributes.get('name'), attributes.get('desc')].join(' ');
      file.addNamed('functions', name, readNumber(counter, 'covered') > 0);
    }
  }
}

function readSums(root: XmlElement, tally: CoverageTally): void {
  for (const [type, unit] of SUMS) {
    const counter = root.elements.find(
      ({ name, attributes }) => name === 'counter' && attributes.get('type') === type,
    );
    if (!counter) continue;
    const covered = readNumber(counter, 'covered');
    tally.addSum(unit, covered, covered + readNumber(counter, 'missed'));
  }
}

function readNumber(element: XmlElement, attribute: string, absent?: number): number {
  const text = element.attributes.get(attribute);
  if (text === undefined && absent !== undefined) return absent;
  if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text);
  throw createReportInvalid(
    FORMAT,
    `${attribute}="${(text ?? '').slice(0, 40)}" of <${element.name}> is no whole number from 0.`,
  );
}
