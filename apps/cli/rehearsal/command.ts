import { writeFile } from 'node:fs/promises';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { usageError } from '../input/usage-error.js';
import { toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';
import { renderJunit } from './junit.js';
import type { openReality } from './reality.js';
import { type FileResult, findTestFiles, runTestFile } from './run-tests.js';
import { formatPercent, renderFileResult } from './test-report.js';

export interface TestOptions {
  readonly json?: boolean;
  readonly junit?: string;
  readonly coverage?: boolean;
  readonly minCoverage?: number;
}

export async function testCommand(
  paths: readonly string[],
  options: TestOptions,
  { console }: CommandContext,
): Promise<ExitCode> {
  const results: FileResult[] = [];
  for (const path of await findTestFiles(paths)) results.push(await runWithReality(path, console.env));
  const { junit, minCoverage } = options;
  if (junit !== undefined) await writeReport(junit, renderJunit(results));
  const verdict = judge(results, minCoverage);
  if (options.json === true) writeLines(console.out, [toJson(results, verdict.passed)]);
  else {
    const style = styleOf(console.out);
    const withCoverage = options.coverage === true || minCoverage !== undefined;
    writeLines(
      console.out,
      results.flatMap((result) => renderFileResult(result, withCoverage, style)),
    );
    writeLines(console.out, [verdict.passed ? style.good(verdict.text) : style.bad(verdict.text)]);
  }
  return verdict.passed ? EXIT.ok : EXIT.failed;
}

async function runWithReality(path: string, env: CommandContext['console']['env']): Promise<FileResult> {
  let opened: Awaited<ReturnType<typeof openReality>> | undefined;
  try {
    return await runTestFile(path, async () => {
      const { openReality } = await import('./reality.js');
      opened ??= await openReality(env);
      return opened.reality;
    });
  } finally {
    await opened?.close();
  }
}

function judge(results: readonly FileResult[], minCoverage: number | undefined) {
  const tests = results.flatMap((result) => result.tests);
  const failed = tests.filter(({ passed }) => !passed).length;
  const broken = results.filter(({ findings }) => findings.length > 0).length;
  const low = results.filter(
    ({ coverage }) => coverage !== undefined && coverage.percent < (minCoverage ?? 0),
  );
  const parts = [
    `${tests.length - failed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(broken > 0 ? [`${broken} ${broken === 1 ? 'file is' : 'files are'} not valid`] : []),
    ...(low.length > 0
      ? [`${low.length} below ${formatPercent(minCoverage ?? 0)} of steps and branches`]
      : []),
  ];
  return { passed: failed === 0 && broken === 0 && low.length === 0, text: parts.join(', ') };
}

function toJson(results: readonly FileResult[], passed: boolean): string {
  const files = results.map(({ file, definition, findings, tests, coverage }) => ({
    ...{ file: file.path, definition },
    findings: findings.map((each) => ({ file: each.file.path, findings: each.findings })),
    tests,
    coverage,
  }));
  return toSafeJson({ passed, files }, 2);
}

async function writeReport(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((error: Error) => {
    throw usageError(
      `${path} cannot be written: ${error.message}.`,
      'Name a file in a folder that exists and is yours.',
    );
  });
}
