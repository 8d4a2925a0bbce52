import type { Command } from 'commander';
import type { CheckpointView } from '#contracts/rest/operations.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { runArgument } from '../input/options.js';
import { findRunId } from '../server/find-run-id.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';
import { renderTable } from '../view/table.js';

interface CheckpointsOptions {
  readonly json?: boolean;
}

export function addCheckpointsCommand(program: Command, context: CommandContext): void {
  program
    .command('checkpoints')
    .description('Lists the checkpoints of a run.')
    .addArgument(runArgument())
    .option('--json', 'print one JSON object: items')
    .action((run: string, options: CheckpointsOptions) =>
      context.perform(options, () => checkpoints(run, options, context)),
    );
}

async function checkpoints(
  argument: string,
  options: CheckpointsOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const api = context.api();
  const id = await findRunId(api, argument);
  const items = await api.getCheckpoints(id);
  const { out } = context.console;
  writeLines(
    out,
    options.json === true ? [toSafeJson({ items }, 2)] : renderCheckpoints(id, items, styleOf(out)),
  );
  return EXIT.ok;
}

function renderCheckpoints(run: string, items: readonly CheckpointView[], style: Style): string[] {
  if (items.length === 0) {
    return [`run ${toPlainText(run)} has no checkpoint`];
  }
  return renderTable(
    ['NAME', 'AT', 'STEPS OVER', 'BY', 'REASON'],
    items.map(({ name, at, steps, by = '', reason = '' }) => [
      toPlainText(name),
      toPlainText(at),
      String(steps),
      toPlainText(by),
      toPlainText(reason),
    ]),
    style,
  );
}
