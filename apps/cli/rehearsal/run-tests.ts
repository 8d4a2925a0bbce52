import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { checkInputs } from '#domain/definition/check-inputs.js';
import { readWorkflow } from '#domain/front-ends/read-workflow.js';
import type { Plan } from '#domain/plan/plan.js';
import { type Coverage, CoverageCount } from '#domain/rehearsal/coverage.js';
import { judge, type Mismatch } from '#domain/rehearsal/judge.js';
import { parseTests, readTests } from '#domain/rehearsal/read-tests.js';
import { type Reality, rehearse } from '#domain/rehearsal/rehearse.js';
import { Subject } from '#domain/rehearsal/subject.js';
import type { TestCase } from '#domain/rehearsal/test-file.js';
import type { Finding } from '#domain/validation/finding.js';
import { withGateChecks } from '#gates/gate/check-steps.js';
import { type DefinitionFile, readDefinitionFile } from '../input/definition-file.js';
import { usageError } from '../input/usage-error.js';

const TEST_FILE = /\.test\.(ya?ml|json)$/i;

export interface TestResult {
  readonly name: string;
  readonly line: number;
  readonly passed: boolean;
  readonly mismatches: readonly Mismatch[];
  /** How the run ended; absent where there was none. */
  readonly status?: string;
  readonly ms: number;
}

export interface FileResult {
  readonly file: DefinitionFile;
  /** Path of the definition. */
  readonly definition: string;
  /** What is wrong with the tests, or, where no test expects it, with the definition. */
  readonly findings: readonly { readonly file: DefinitionFile; readonly findings: readonly Finding[] }[];
  readonly tests: readonly TestResult[];
  readonly coverage?: Coverage;
}

/** Makes what really does the allowed actions, when the first test asks. */
export type OpenReality = () => Promise<Reality>;

/** Files of tests that the arguments mean: themselves, those of a folder, or the one beside a definition. */
export async function findTestFiles(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const facts = await stat(path).catch(() => undefined);
    if (facts?.isDirectory() === true) {
      const names = (await readdir(path)).filter((name) => TEST_FILE.test(name)).sort();
      if (names.length === 0)
        throw usageError(`${path} holds no tests.`, 'Tests stand in files named *.test.yaml.');
      found.push(...names.map((name) => join(path, name)));
    } else found.push(TEST_FILE.test(path) ? path : path.replace(/\.(ya?ml|json)$/i, '.test$&'));
  }
  return [...new Set(found)];
}

export async function runTestFile(path: string, open: OpenReality): Promise<FileResult> {
  const file = await readDefinitionFile(path);
  const parsed = parseTests(file.text);
  const definition = resolve(dirname(path), parsed.definition ?? path.replace(TEST_FILE, '.$1'));
  const nothing: FileResult = { file, definition, findings: [], tests: [] };
  if (parsed.tree === undefined) return { ...nothing, findings: [{ file, findings: parsed.findings }] };
  const tested = await readDefinitionFile(definition);
  const { workflow, findings } = readWorkflow(tested.text, withGateChecks(ACTIONS));
  const plan = workflow?.compile(() => 1);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const subject = new Subject(
    ACTIONS,
    plan,
    workflow?.inputs,
    errors.map(({ code }) => code),
  );
  const read = readTests(parsed.tree, subject);
  if (read.file === undefined) return { ...nothing, findings: [{ file, findings: read.findings }] };
  const count = plan === undefined ? undefined : new CoverageCount(plan);
  const tests: TestResult[] = [];
  for (const test of read.file.tests) tests.push(await runTest(test, subject, count, open));
  const isExpected =
    plan !== undefined || read.file.tests.every(({ expect }) => expect.findings !== undefined);
  return {
    ...nothing,
    findings: isExpected ? [] : [{ file: tested, findings }],
    tests,
    ...(count === undefined ? {} : { coverage: count.summarise() }),
  };
}

async function runTest(
  test: TestCase,
  subject: Subject,
  count: CoverageCount | undefined,
  open: OpenReality,
): Promise<TestResult> {
  const since = performance.now();
  const { name, line } = test;
  const done = await play(test, subject, count, open);
  const ms = performance.now() - since;
  return { name, line, ms, passed: done.mismatches.length === 0, ...done };
}

async function play(
  test: TestCase,
  { plan, inputs: schemas = {}, found }: Subject,
  count: CoverageCount | undefined,
  open: OpenReality,
): Promise<Pick<TestResult, 'mismatches' | 'status'>> {
  const { expect } = test;
  if (expect.findings !== undefined) return { mismatches: compareFindings(expect.findings, found) };
  if (plan === undefined)
    return { mismatches: [{ what: 'definition', message: 'The definition is not valid.' }] };
  const checked = checkInputs(schemas, test.inputs);
  if (checked.errors !== undefined) {
    const mismatches = checked.errors.map(({ path, message }) => ({
      what: path,
      message: `${path} ${message}`,
    }));
    return { mismatches };
  }
  const rehearsal = await rehearse(plan, checked.inputs, test, {
    actions: ACTIONS,
    ...(allowsAny(test, plan) ? { reality: await open() } : {}),
  });
  count?.add(rehearsal.transitions);
  return { mismatches: judge(expect, rehearsal, checked.inputs), status: rehearsal.state.status };
}

function allowsAny({ allow }: TestCase, plan: Plan): boolean {
  return plan.nodes.some((node) => node.kind === 'uses' && allow.includes(node.action));
}

function compareFindings(expected: readonly string[], found: readonly string[]): Mismatch[] {
  const [wanted, got] = [expected, found].map((codes) => [...new Set(codes)].sort()) as [string[], string[]];
  if (wanted.join() === got.join()) return [];
  return [{ what: 'findings', message: 'the findings are not as expected', expected: wanted, got }];
}
