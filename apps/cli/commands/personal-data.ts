import type { Command } from 'commander';
import type { ErasureView } from '#contracts/rest/personal-data.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { usageError } from '../input/usage-error.js';
import { readTextLines, writeTextLines } from '../view/lines.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';

interface ExportOptions {
  readonly out?: string;
}

interface EraseOptions {
  readonly pseudonym?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function addPersonalDataCommand(program: Command, context: CommandContext): void {
  const personal = program
    .command('personal-data')
    .description('Hands out what names one person, and takes the name away: export, erase.')
    .helpCommand(false);
  personal
    .command('export')
    .description('Prints all that names one person as JSON lines.')
    .argument('<name>', 'by which the person asks')
    .option('--out <file>', 'into this file instead of to the output')
    .action((name: string, options: ExportOptions) =>
      context.perform({}, () => exportPerson(name, options, context)),
    );
  personal
    .command('erase')
    .description('Puts a pseudonym wherever one person is named. There is no way back.')
    .argument('<name>', 'by which the person asks')
    .option('--yes', 'do it; without, nothing is done')
    .option('--pseudonym <name>', 'instead of the name; a new one where absent')
    .option('--reason <text>', 'why; kept in the audit log')
    .option('--json', 'print what the server answered')
    .action((name: string, options: EraseOptions) =>
      context.perform(options, () => erase(name, options, context)),
    );
}

async function exportPerson(
  name: string,
  { out: file }: ExportOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { out, err } = context.console;
  const lines = readTextLines(await context.api().exportPerson(name));
  const count = await writeTextLines(lines, file === undefined ? { out } : { file, append: false });
  if (file !== undefined)
    writeLines(err, [toPlainText(`${count} ${count === 1 ? 'row' : 'rows'} written to ${file}`)]);
  return EXIT.ok;
}

async function erase(
  name: string,
  { pseudonym, reason, yes, json }: EraseOptions,
  context: CommandContext,
): Promise<ExitCode> {
  if (yes !== true) {
    throw usageError(
      `There is no way back from taking the name ${JSON.stringify(name)} away.`,
      'Export what names the person first, then say --yes.',
    );
  }
  const done = await context.api().erasePerson({
    name,
    ...(pseudonym !== undefined && { pseudonym }),
    ...(reason !== undefined && { reason }),
  });
  writeLines(context.console.out, json === true ? [toSafeJson(done, 2)] : renderErasure(done));
  return EXIT.ok;
}

function renderErasure({ pseudonym, rows, files, living }: ErasureView): string[] {
  const lines = [
    `now named ${pseudonym}`,
    ...Object.entries(rows).map(([table, count]) => `  ${table}: ${count} ${count === 1 ? 'row' : 'rows'}`),
    ...files.map((file) => `  ${file}: written anew`),
  ];
  if (living > 0) {
    const runs = living === 1 ? '1 run that lives keeps' : `${living} runs that live keep`;
    lines.push(`${runs} the name: do this again with --pseudonym ${pseudonym} when it has ended`);
  }
  return lines.map(toPlainText);
}
