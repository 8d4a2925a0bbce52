import type { Command } from 'commander';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { runArgument } from '../input/options.js';
import { findRunId } from '../server/find-run-id.js';
import { toSafeJson } from '../view/plain-text.js';
import { renderRunLine } from '../view/run-summary.js';
import { styleOf } from '../view/style.js';

interface CancelOptions {
  readonly reason?: string;
  readonly compensate?: boolean;
  readonly json?: boolean;
}

export function addCancelCommand(program: Command, context: CommandContext): void {
  program
    .command('cancel')
    .description('Asks a run to stop. Steps under way are stopped first, so it ends a little later.')
    .addArgument(runArgument())
    .option('--reason <text>', 'why; kept with the run')
    .option('--compensate', 'undo what was done and can be undone, the latest first')
    .option('--json', 'print one JSON object: run')
    .action((run: string, options: CancelOptions) =>
      context.perform(options, () => cancel(run, options, context)),
    );
}

async function cancel(argument: string, options: CancelOptions, context: CommandContext): Promise<ExitCode> {
  const api = context.api();
  const id = await findRunId(api, argument);
  const { reason, compensate } = options;
  const run = await api.cancel(id, {
    ...(reason !== undefined && { reason }),
    ...(compensate === true && { compensate }),
  });
  const { out } = context.console;
  writeLines(out, [
    options.json === true ? toSafeJson({ run }, 2) : renderRunLine(run, Date.now(), styleOf(out)),
  ]);
  return EXIT.ok;
}
