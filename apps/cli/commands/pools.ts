import type { Command } from 'commander';
import type { PoolView } from '#contracts/rest/pools.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { describeAmounts, describeUse } from '../view/amounts.js';
import { formatSpan } from '../view/duration.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';

interface PoolsOptions {
  readonly json?: boolean;
}

export function addPoolsCommand(program: Command, context: CommandContext): void {
  program
    .command('pools')
    .description('Lists resource pools: what they hold, and which steps have it.')
    .option('--json', 'print one JSON object: items')
    .action((options: PoolsOptions) => context.perform(options, () => pools(options, context)));
}

async function pools(options: PoolsOptions, context: CommandContext): Promise<ExitCode> {
  const items = await context.api().listPools();
  const { out } = context.console;
  writeLines(out, options.json === true ? [toSafeJson({ items }, 2)] : renderPools(items, styleOf(out)));
  return EXIT.ok;
}

function renderPools(items: readonly PoolView[], style: Style): string[] {
  if (items.length === 0) {
    return ['no pool yet; make one: sluice pool set NAME --slots 4'];
  }
  const now = Date.now();
  return items.flatMap(({ name, capacity, used, held, waiting, leases }) => [
    `${style.strong(toPlainText(name))}  ${describeUse(used, capacity) || 'not limited'}${waiting > 0 ? `; ${waiting} waiting` : ''}`,
    ...leases.map(({ run, step, amounts, since }) => {
      const who = toPlainText(`run ${run} step ${step}`);
      return `  ${who}: ${describeAmounts(amounts)} for ${formatSpan(since, undefined, now)}`;
    }),
    ...(held > leases.length ? [style.faint(`  … and ${held - leases.length} more that hold of it`)] : []),
  ]);
}
