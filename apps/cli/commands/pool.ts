import { type Command, InvalidArgumentError } from 'commander';
import type { PoolRequest } from '#contracts/rest/pools.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { parseBytes } from '../input/byte-size.js';
import { usageError } from '../input/usage-error.js';
import { describeAmounts } from '../view/amounts.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';

interface PoolOptions {
  readonly json?: boolean;
}

type SetPoolOptions = PoolOptions & PoolRequest['capacity'] & { readonly reason?: string };

export function addPoolCommand(program: Command, context: CommandContext): void {
  const pool = program
    .command('pool')
    .description('Makes, changes and removes a resource pool: set, remove.')
    .helpCommand(false);
  pool
    .command('set')
    .description('Makes a pool, or gives it another capacity. What is not named is not limited.')
    .argument('<name>', 'name of the pool')
    .option('--slots <number>', 'pieces of whatever is scarce', parseCount)
    .option('--cpu <cores>', 'cores; fractions are allowed', parseCores)
    .option('--memory <size>', 'memory: 16GiB, 512MiB', parseBytes)
    .option('--disk <size>', 'room on disks: 100GiB', parseBytes)
    .option('--reason <text>', 'why; kept in the audit log')
    .option('--json', 'print what the server answered')
    .action((name: string, options: SetPoolOptions) =>
      context.perform(options, () => setPool(name, options, context)),
    );
  pool
    .command('remove')
    .description('Removes a pool.')
    .argument('<name>', 'name of the pool')
    .option('--json', 'print one JSON object: removed')
    .action((name: string, options: PoolOptions) =>
      context.perform(options, () => removePool(name, options, context)),
    );
}

async function setPool(
  name: string,
  { slots, cpu, memory, disk, reason, json }: SetPoolOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const capacity = {
    ...(slots !== undefined && { slots }),
    ...(cpu !== undefined && { cpu }),
    ...(memory !== undefined && { memory }),
    ...(disk !== undefined && { disk }),
  };
  if (Object.keys(capacity).length === 0) {
    throw usageError(
      'A pool that limits nothing is none.',
      'Name at least one of --slots, --cpu, --memory, --disk.',
    );
  }
  const pool = await context.api().setPool(name, { capacity, ...(reason !== undefined && { reason }) });
  writeLines(context.console.out, [
    json === true
      ? toSafeJson(pool, 2)
      : toPlainText(`pool ${pool.name} has ${describeAmounts(pool.capacity)}`),
  ]);
  return EXIT.ok;
}

async function removePool(name: string, { json }: PoolOptions, context: CommandContext): Promise<ExitCode> {
  await context.api().removePool(name);
  writeLines(context.console.out, [
    json === true ? toSafeJson({ removed: name }, 2) : toPlainText(`pool ${name} is removed`),
  ]);
  return EXIT.ok;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(count)) {
    throw new InvalidArgumentError('It is not a whole number.');
  }
  return count;
}

function parseCores(text: string): number {
  if (!/^\d{1,9}(\.\d{1,9})?$/.test(text)) {
    throw new InvalidArgumentError('It is not a number of cores: write for example 8 or 0.5.');
  }
  return Number(text);
}
