import type { Command } from 'commander';
import type { HistoryView } from '#contracts/rest/operations.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { runArgument } from '../input/options.js';
import { findRunId } from '../server/find-run-id.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';
import { renderTable, truncate } from '../view/table.js';

interface HistoryOptions {
  readonly json?: boolean;
}

export function addHistoryCommand(program: Command, context: CommandContext): void {
  program
    .command('history')
    .description('Shows who did what to a run: operations, approvals, events, checkpoints.')
    .addArgument(runArgument())
    .option('--json', 'print one JSON object: items')
    .action((run: string, options: HistoryOptions) =>
      context.perform(options, () => history(run, options, context)),
    );
}

async function history(
  argument: string,
  options: HistoryOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const api = context.api();
  const id = await findRunId(api, argument);
  const items = await api.getHistory(id);
  const { out } = context.console;
  writeLines(
    out,
    options.json === true ? [toSafeJson({ items }, 2)] : renderHistory(id, items, styleOf(out)),
  );
  return EXIT.ok;
}

function renderHistory(run: string, items: readonly HistoryView[], style: Style): string[] {
  if (items.length === 0) {
    return [`nothing happened in run ${toPlainText(run)} beside its steps`];
  }
  return renderTable(
    ['AT', 'WHAT', 'STEP', 'BY', 'NOTE'],
    items.map((item) => [
      toPlainText(item.at),
      toPlainText(item.type),
      toPlainText(item.step ?? ''),
      toPlainText(item.by ?? ''),
      toPlainText(noteOf(item)),
    ]),
    style,
  );
}

const DATA_WIDTH = 60;

/** Name, reason and data, as far as there are. */
function noteOf({ name, reason, data }: HistoryView): string {
  const carried = data === undefined || data === null ? undefined : truncate(toSafeJson(data), DATA_WIDTH);
  return [name, reason, carried].filter((part) => part !== undefined && part !== '').join(' · ');
}
