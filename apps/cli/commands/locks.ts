import type { Command } from 'commander';
import type { LockView } from '#contracts/rest/pools.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { formatSpan } from '../view/duration.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';

interface LocksOptions {
  readonly json?: boolean;
}

export function addLocksCommand(program: Command, context: CommandContext): void {
  program
    .command('locks')
    .description('Lists locks: which step holds each, and which wait for it.')
    .option('--json', 'print one JSON object: items')
    .action((options: LocksOptions) => context.perform(options, () => locks(options, context)));
}

async function locks(options: LocksOptions, context: CommandContext): Promise<ExitCode> {
  const items = await context.api().listLocks();
  const { out } = context.console;
  writeLines(out, options.json === true ? [toSafeJson({ items }, 2)] : renderLocks(items, styleOf(out)));
  return EXIT.ok;
}

function renderLocks(items: readonly LockView[], style: Style): string[] {
  if (items.length === 0) {
    return ['no lock is held or waited for'];
  }
  const now = Date.now();
  return items.flatMap(({ name, holder, queue, waiting }) => [
    `${style.strong(toPlainText(name))}  ${holder === undefined ? 'free' : `held by ${describeHolder(holder, now)}`}`,
    ...waiting.map((each) => `  waits: ${describeHolder(each, now)}, priority ${each.priority}`),
    ...(queue > waiting.length ? [style.faint(`  … and ${queue - waiting.length} more that wait`)] : []),
  ]);
}

function describeHolder({ run, step, since }: NonNullable<LockView['holder']>, now: number): string {
  return `${toPlainText(`run ${run} step ${step}`)} for ${formatSpan(since, undefined, now)}`;
}
