import type { Command } from 'commander';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { runArgument } from '../input/options.js';
import { findRunId } from '../server/find-run-id.js';
import { renderComparison } from '../view/comparison.js';
import { toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';

interface CompareOptions {
  readonly json?: boolean;
}

export function addCompareCommand(program: Command, context: CommandContext): void {
  program
    .command('compare')
    .description('Shows in what two runs differ: inputs, steps, output. Exit code 0 also where they do.')
    .addArgument(runArgument())
    .addArgument(runArgument('<other>'))
    .option('--json', 'print what the server answered: runs, inputs, output, steps')
    .action((run: string, other: string, options: CompareOptions) =>
      context.perform(options, () => compare(run, other, options, context)),
    );
}

async function compare(
  run: string,
  other: string,
  options: CompareOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const api = context.api();
  const [before, after] = await Promise.all([findRunId(api, run), findRunId(api, other)]);
  const comparison = await api.compare(before, after);
  const { out } = context.console;
  writeLines(
    out,
    options.json === true ? [toSafeJson(comparison, 2)] : renderComparison(comparison, styleOf(out)),
  );
  return EXIT.ok;
}
