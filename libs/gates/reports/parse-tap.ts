import { createReportInvalid } from './report-error.js';
import { createDiagnostic, type Diagnostic } from './tap-diagnostic.js';
import { countCases, createTestCase, DurationNotes, type TestCase, type TestReport } from './test-report.js';

/**
 * Test Anything Protocol, versions 12 to 14. Subtests count, not the point that sums them up, unless it fails where
 * none of them does. A failing `# TODO` counts as skipped. A plan that does not fit, a missing plan and `Bail out!`
 * each add one error. Throws SluiceError `report-invalid`.
 */
export function parseTap(text: string): TestReport {
  const document: Document = {
    cases: [],
    levels: [createLevel(0, 0)],
    durations: new DurationNotes(),
  };
  let diagnostic: Diagnostic | undefined;
  let seen = false;
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    if (diagnostic?.takes(line)) continue;
    if (diagnostic) describeLastCase(document, diagnostic);
    const start = /^( *)---\s*$/.exec(line);
    diagnostic = start ? createDiagnostic(start[1]?.length ?? 0) : undefined;
    const kind = start ? 'other' : readLine(document, line.slice(0, MAX_LINE));
    seen ||= kind !== 'other';
    if (kind === 'bail-out') break;
  }
  if (!seen) throw createReportInvalid('TAP', 'it has neither a plan nor a test point.');
  if (diagnostic) describeLastCase(document, diagnostic);
  closeLevels(document, -1);
  const { cases, durations } = document;
  return { format: 'tap', totals: countCases(cases), cases, durations: durations.all };
}

interface Document {
  readonly cases: TestCase[];
  /** The document itself, its open subtest, that one's, and so on. */
  readonly levels: Level[];
  readonly durations: DurationNotes;
  /** Position of the case that a diagnostic would describe. */
  last?: number;
}

interface Level {
  readonly indent: number;
  /** Position in `cases` where its own begin. */
  readonly first: number;
  points: number;
  plan?: number;
  /** Where the cases of a subtest begin that ended; the next point sums them up. */
  ended?: number;
}

const MAX_DEPTH = 64;
const MAX_LINE = 8192;
/** Indentation of a subtest. */
const STEP = 4;

function createLevel(indent: number, first: number): Level {
  return { indent, first, points: 0 };
}

function readLine(document: Document, line: string): 'bail-out' | 'plan' | 'point' | 'other' {
  const content = line.trim();
  if (/^Bail out!/i.test(content)) {
    bailOut(document, content.slice('Bail out!'.length).trim());
    return 'bail-out';
  }
  const plan = /^1\.\.(\d{1,9})(?:\s*#.*)?$/.exec(content);
  const point = /^(not )?ok\b(?:\s+\d{1,9}(?=\s|$))?\s*(?:- )?(.*)$/.exec(content);
  const indent = line.length - line.trimStart().length;
  if ((!plan && !point) || indent % STEP !== 0) return 'other';
  const level = enterLevel(document, indent);
  if (plan) {
    level.plan = Number(plan[1]);
    return 'plan';
  }
  addPoint(document, level, point?.[1] === undefined, point?.[2] ?? '');
  return 'point';
}

/** Closes deeper levels, and opens one where the line is indented deeper than all. */
function enterLevel(document: Document, indent: number): Level {
  closeLevels(document, indent);
  const inner = document.levels.at(-1);
  if (inner && inner.indent >= indent) return inner;
  if (document.levels.length >= MAX_DEPTH) {
    throw createReportInvalid('TAP', `it nests subtests more than ${MAX_DEPTH} deep.`);
  }
  const level = createLevel(indent, document.cases.length);
  document.levels.push(level);
  return level;
}

function closeLevels(document: Document, indent: number): void {
  for (let level = document.levels.at(-1); level && level.indent > indent; level = document.levels.at(-1)) {
    checkPlan(document, level);
    document.levels.pop();
    const outer = document.levels.at(-1);
    if (outer) outer.ended ??= level.first;
  }
}

function checkPlan(document: Document, level: Level): void {
  if (level.plan === level.points) return;
  const message =
    level.plan === undefined
      ? `${level.points} tests ran, but no plan says how many should.`
      : `${level.plan} tests were planned, ${level.points} ran.`;
  addCase(document, { suite: '', name: '(plan)', status: 'error', durationMs: 0, message });
}

function bailOut(document: Document, reason: string): void {
  document.levels.length = 0;
  const message = reason || 'The test run was given up.';
  addCase(document, { suite: '', name: 'Bail out!', status: 'error', durationMs: 0, message });
}

function addPoint(document: Document, level: Level, ok: boolean, text: string): void {
  const { description, directive, reason } = readDescription(text);
  const first = level.ended ?? document.cases.length;
  delete level.ended;
  delete document.last;
  level.points += 1;
  let fails = false;
  for (let at = first; at < document.cases.length; at += 1) {
    const inner = document.cases[at];
    if (!inner) continue;
    const broken = inner.status === 'failed' || inner.status === 'error';
    fails ||= broken;
    const suite = inner.suite ? `${description} > ${inner.suite}` : description;
    const status = broken && directive === 'todo' ? 'skipped' : inner.status;
    document.cases[at] = createTestCase({ ...inner, suite, status });
  }
  if (first < document.cases.length && (ok || directive || fails)) return;
  const status = directive === 'skip' || (directive === 'todo' && !ok) ? 'skipped' : ok ? 'passed' : 'failed';
  const message = status === 'passed' ? '' : reason;
  addCase(document, { suite: '', name: description, status, durationMs: 0, message });
}

function addCase(document: Document, test: TestCase): void {
  document.last = document.cases.push(createTestCase(test)) - 1;
}

/** `name # SKIP why`; a `#` that belongs to the name is escaped. */
function readDescription(text: string): {
  readonly description: string;
  readonly directive?: 'skip' | 'todo';
  readonly reason: string;
} {
  const found = /(?<!\\)#\s*(skip|todo)\S*(.*)$/i.exec(text);
  const description = (found ? text.slice(0, found.index) : text).replace(/\\([#\\])/g, '$1').trim();
  if (!found) return { description, reason: '' };
  const directive = found[1]?.toLowerCase() === 'skip' ? 'skip' : 'todo';
  return { description, directive, reason: found[2]?.trim() ?? '' };
}

function describeLastCase(document: Document, diagnostic: Diagnostic): void {
  const test = document.last === undefined ? undefined : document.cases[document.last];
  if (document.last === undefined || !test) return;
  const { durationMs, message } = diagnostic.read();
  const broken = test.status === 'failed' || test.status === 'error';
  document.cases[document.last] = createTestCase({
    ...test,
    durationMs: document.durations.read(durationMs),
    ...(broken && message ? { message } : {}),
  });
  delete document.last;
}
