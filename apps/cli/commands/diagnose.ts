import type { Command } from 'commander';
import { Diagnostician } from '#domain/failures/classify.js';
import { readPatterns } from '#domain/failures/read-patterns.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readDefinitionFile } from '../input/definition-file.js';
import { readLogParts } from '../input/log-source.js';
import { usageError } from '../input/usage-error.js';
import { renderDiagnosis } from '../view/diagnosis.js';
import { toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';

interface DiagnoseOptions {
  readonly json?: boolean;
  readonly patterns?: string;
  readonly exitCode?: string;
}

export function addDiagnoseCommand(program: Command, context: CommandContext): void {
  program
    .command('diagnose')
    .description('Says why the job failed that wrote a log: the line, its class, what to do; asks no server.')
    .argument('<log>', 'file of any size, or - for standard input')
    .option('--patterns <file>', 'categories of your own, in YAML or JSON; they come first')
    .option('--exit-code <code>', 'with which the job ended, where it is known')
    .option('--json', 'print one JSON object: class, category, line, text, confidence, remediation, strategy')
    .action((log: string, options: DiagnoseOptions) =>
      context.perform(options, () => diagnose(log, options, context)),
    );
}

async function diagnose(
  path: string,
  options: DiagnoseOptions,
  { console }: CommandContext,
): Promise<ExitCode> {
  const exitCode = options.exitCode === undefined ? undefined : readExitCode(options.exitCode);
  const own =
    options.patterns === undefined ? [] : readPatterns((await readDefinitionFile(options.patterns)).text);
  const reading = new Diagnostician(own).open();
  for await (const part of readLogParts(path, console.streamStdin)) reading.push(part);
  const diagnosis = reading.conclude(exitCode === undefined ? {} : { exitCode });
  writeLines(
    console.out,
    options.json === true
      ? [toSafeJson(diagnosis, 2)]
      : renderDiagnosis(diagnosis, path === '-' ? 'stdin' : path, styleOf(console.out)),
  );
  return EXIT.ok;
}

function readExitCode(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= 255) return Number(text);
  throw usageError(`${text} is no exit code.`, 'Write a number from 0 to 255.');
}
