import type { Command } from 'commander';
import { FINAL_RUN_STATUSES } from '#contracts/rest/runs.js';
import { isSluiceError } from '#domain/errors.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { runArgument } from '../input/options.js';
import { findRunId } from '../server/find-run-id.js';
import { renderDecisions } from '../view/decisions.js';
import { toSafeJson } from '../view/plain-text.js';
import { renderRemaining } from '../view/remaining.js';
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
    .option('--json', 'print one JSON object: run, steps, and of a living run remaining')
    .action((run: string, options: StatusOptions) =>
      context.perform(options, () => status(run, options, context)),
    );
}

async function status(argument: string, options: StatusOptions, context: CommandContext): Promise<ExitCode> {
  const api = context.api();
  const id = await findRunId(api, argument);
  const [run, steps] = await Promise.all([api.getRun(id), api.getSteps(id)]);
  const over = FINAL_RUN_STATUSES.includes(run.status);
  const remaining = over ? undefined : await api.getRemaining(id).catch(withoutEstimate);
  const { out } = context.console;
  const style = styleOf(out);
  const now = Date.now();
  writeLines(
    out,
    options.json === true
      ? [toSafeJson({ run, steps, ...(remaining !== undefined && { remaining }) }, 2)]
      : [
          ...renderStepTable(steps, now, style),
          '',
          ...renderRunEnd({ run, steps, tail: () => [], now }, style),
          ...(remaining === undefined ? [] : renderRemaining(remaining, style)),
          ...renderDecisions(run, steps, style),
        ],
  );
  return EXIT.ok;
}

/** A server of an earlier version knows no estimates: the rest is worth showing. */
function withoutEstimate(error: unknown): undefined {
  if (!isSluiceError(error)) throw error;
}
