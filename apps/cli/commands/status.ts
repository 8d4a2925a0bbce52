import type { Command } from 'commander';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { runArgument } from '../input/options.js';
import { findRunId } from '../server/find-run-id.js';
import { renderDecisions } from '../view/decisions.js';
import { toSafeJson } from '../view/plain-text.js';
import { renderRunEnd } from '../view/run-summary.js';
import { renderStepTable } from '../view/step-table.js';
import { styleOf } from '../view/style.js';

interface StatusOptions {
  readonly json?: boolean;
}

export function addStatusCommand(program: Command, context: CommandContext): void {
  program
    .command('status')
    .description('Shows a run and its steps. Exit code 0, whatever became of the run.')
    .addArgument(runArgument())
    .option('--json', 'print one JSON object: run, steps')
    .action((run: string, options: StatusOptions) =>
      context.perform(options, () => status(run, options, context)),
    );
}

async function status(argument: string, options: StatusOptions, context: CommandContext): Promise<ExitCode> {
  const api = context.api();
  const id = await findRunId(api, argument);
  const [run, steps] = await Promise.all([api.getRun(id), api.getSteps(id)]);
  const { out } = context.console;
  const style = styleOf(out);
  const now = Date.now();
  writeLines(
    out,
    options.json === true
      ? [toSafeJson({ run, steps }, 2)]
      : [
          ...renderStepTable(steps, now, style),
          '',
          ...renderRunEnd({ run, steps, tail: () => [], now }, style),
          ...renderDecisions(run, steps, style),
        ],
  );
  return EXIT.ok;
}
