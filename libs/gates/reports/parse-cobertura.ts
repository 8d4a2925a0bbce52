import type { CoverageTally, FileCoverage } from './coverage-tally.js';
import { parseXmlReport } from './parse-xml-report.js';
import { createReportInvalid } from './report-error.js';
import type { XmlElement } from './xml.js';

const FORMAT = 'Cobertura XML';
const KEPT = new Set(
  'coverage sources source packages package classes class methods method lines line'.split(' '),
);
const WANTED = new Set(['class']);

/**
 * Cobertura's coverage-04.dtd as coverage.py, istanbul, coverlet and gocover write it: lines of classes by file, whose
 * `condition-coverage` counts branches; functions are methods with a line that was hit. Where no line is listed, the sums of
 * the root count. Throws SluiceError `report-invalid`, `report-too-large`.
 */
export function readCobertura(text: string, tally: CoverageTally): void {
  let lines = 0;
  const root = parseXmlReport(FORMAT, text, {
    kept: KEPT,
    wanted: WANTED,
    visit: (element, [top]) => {
      requireRoot(top);
      lines += readClass(element, findSource(top), tally);
    },
  });
  requireRoot(root);
  if (lines === 0) readSums(root, tally);
}

function requireRoot(root: XmlElement | undefined): asserts root is XmlElement {
  if (root?.name === 'coverage' && root.attributes.has('line-rate')) return;
  throw createReportInvalid(FORMAT, 'its root is not <coverage line-rate="…">.');
}

function readClass(element: XmlElement, folder: string | undefined, tally: CoverageTally): number {
  const filename = element.attributes.get('filename') ?? '';
  if (filename === '') throw createReportInvalid(FORMAT, 'a class has no file.');
  const file = tally.file(isAbsolute(filename) || folder === undefined ? filename : `${folder}/${filename}`);
  const methods = [...findAll(element, 'method')];
  for (const method of methods) {
    const { attributes } = method;
    const name = [element.attributes.get('name'), attributes.get('name'), attributes.get('signature')].join(
      ' ',
    );
    const inner = linesOf(method);
    if (inner.length === 0) continue;
    file.addNamed(
      'functions',
      name,
      inner.some((line) => readNumber(line, 'hits') > 0),
    );
  }
  const lines = readLines(element, file);
  // Methods name lines that are none of the class, such as the one of their head.
  return lines > 0 ? lines : methods.reduce((sum, method) => sum + readLines(method, file), 0);
}

/** With several sources nobody can say which of them a file lies in. */
function findSource(root: XmlElement): string | undefined {
  const sources = [...findAll(root, 'source')].map(({ text }) => text.trim()).filter((text) => text !== '');
  return sources.length === 1 ? sources[0] : undefined;
}

function isAbsolute(path: string): boolean {
  return /^([A-Za-z]:)?[\\/]/.test(path);
}

function readLines(owner: XmlElement, file: FileCoverage): number {
  const lines = linesOf(owner);
  for (const line of lines) {
    const number = readNumber(line, 'number');
    file.addLine(number, readNumber(line, 'hits') > 0);
    const conditions = line.attributes.get('condition-coverage');
    if (conditions === undefined) continue;
    const counts = /\((\d{1,9})\/(\d{1,9})\)\s*$/.exec(conditions);
    const [covered, total] = [Number(counts?.[1] ?? Number.NaN), Number(counts?.[2] ?? Number.NaN)];
    if (!(covered <= total))
      throw createReportInvalid(FORMAT, `${JSON.stringify(conditions.slice(0, 40))} are no conditions.`);
    file.addCounted('branches', number, { covered, total });
  }
  return lines.length;
}

function linesOf(owner: XmlElement): readonly XmlElement[] {
  return owner.elements
    .filter(({ name }) => name === 'lines')
    .flatMap(({ elements }) => elements.filter(({ name }) => name === 'line'));
}

function readSums(root: XmlElement, tally: CoverageTally): void {
  for (const unit of ['lines', 'branches'] as const) {
    if (!root.attributes.has(`${unit}-valid`)) continue;
    const [covered, total] = [readNumber(root, `${unit}-covered`), readNumber(root, `${unit}-valid`)];
    if (covered > total) throw createReportInvalid(FORMAT, `more ${unit} are covered than there are.`);
    tally.addSum(unit, covered, total);
  }
}

function readNumber(element: XmlElement, attribute: string): number {
  const text = element.attributes.get(attribute) ?? '';
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw createReportInvalid(
    FORMAT,
    `${attribute}="${text.slice(0, 40)}" of <${element.name}> is no whole number from 0.`,
  );
}

function* findAll(element: XmlElement, name: string): Generator<XmlElement> {
  for (const child of element.elements) {
    if (child.name === name) yield child;
    else yield* findAll(child, name);
  }
}
