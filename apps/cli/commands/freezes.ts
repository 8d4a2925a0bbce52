import type { Command } from 'commander';
import type { FreezeView } from '#contracts/rest/freezes.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';
import { renderTable } from '../view/table.js';

interface FreezesOptions {
  readonly past?: boolean;
  readonly json?: boolean;
}

interface AddFreezeOptions {
  readonly until: string;
  readonly from?: string;
  readonly workflow?: readonly string[];
  readonly reason?: string;
  readonly json?: boolean;
}

export function addFreezesCommand(program: Command, context: CommandContext): void {
  program
    .command('freezes')
    .description('Lists the times in which no run begins, the newest first.')
    .option('--past', 'also those that are over')
    .option('--json', 'print one JSON object: items')
    .action((options: FreezesOptions) => context.perform(options, () => freezes(options, context)));
}

export function addFreezeCommand(program: Command, context: CommandContext): void {
  const freeze = program
    .command('freeze')
    .description('Sets and removes a time in which no run begins: add, remove.')
    .helpCommand(false);
  freeze
    .command('add')
    .description('Lets no run begin until a moment; what has begun goes on.')
    .argument('<name>', 'name of the freeze')
    .requiredOption('--until <moment>', 'its end: 2030-01-31T08:00:00Z')
    .option('--from <moment>', 'its beginning; now where absent')
    .option('--workflow <name...>', 'only runs of these workflows')
    .option('--reason <text>', 'why')
    .option('--json', 'print what the server answered')
    .action((name: string, options: AddFreezeOptions) =>
      context.perform(options, () => addFreeze(name, options, context)),
    );
  freeze
    .command('remove')
    .description('Ends a freeze: what waited for its end begins.')
    .argument('<id>', 'id of the freeze')
    .option('--json', 'print one JSON object: removed')
    .action((id: string, options: { readonly json?: boolean }) =>
      context.perform(options, () => removeFreeze(id, options, context)),
    );
}

async function freezes({ past, json }: FreezesOptions, context: CommandContext): Promise<ExitCode> {
  const items = await context.api().listFreezes({ ...(past === true && { past }) });
  const { out } = context.console;
  writeLines(out, json === true ? [toSafeJson({ items }, 2)] : renderFreezes(items, styleOf(out)));
  return EXIT.ok;
}

function renderFreezes(items: readonly FreezeView[], style: Style): string[] {
  if (items.length === 0) return ['no freeze is set'];
  const rows = items.map((freeze) =>
    [
      freeze.id,
      freeze.name,
      freeze.active ? 'now' : '',
      freeze.startsAt,
      freeze.endsAt,
      freeze.workflows?.join(', ') ?? 'all',
      freeze.reason ?? '',
    ].map(toPlainText),
  );
  return renderTable(['ID', 'NAME', '', 'FROM', 'UNTIL', 'WORKFLOWS', 'REASON'], rows, style);
}

async function addFreeze(
  name: string,
  { until, from, workflow, reason, json }: AddFreezeOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const freeze = await context.api().addFreeze({
    name,
    startsAt: from ?? new Date().toISOString(),
    endsAt: until,
    ...(workflow !== undefined && { workflows: workflow }),
    ...(reason !== undefined && { reason }),
  });
  writeLines(context.console.out, [
    json === true
      ? toSafeJson(freeze, 2)
      : toPlainText(
          `freeze ${freeze.name} holds runs from ${freeze.startsAt} until ${freeze.endsAt} (${freeze.id})`,
        ),
  ]);
  return EXIT.ok;
}

async function removeFreeze(
  id: string,
  { json }: { readonly json?: boolean },
  context: CommandContext,
): Promise<ExitCode> {
  await context.api().removeFreeze(id);
  writeLines(context.console.out, [
    json === true ? toSafeJson({ removed: id }, 2) : toPlainText(`freeze ${id} is removed`),
  ]);
  return EXIT.ok;
}
