import { join } from 'node:path';
import type { Command } from 'commander';
import type { ArchiveManifest } from '#contracts/retention.js';
import { defaultHome } from '../../../libs/host/default-home.js';
import type { Console } from '../console.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { type FoundArchive, listArchives, readArchive, requireArchive } from '../input/archives.js';
import { formatBytes } from '../view/byte-size.js';
import { writeTextLines } from '../view/lines.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';
import { renderTable } from '../view/table.js';

interface ListOptions {
  readonly folder?: string;
  readonly kind?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

interface ReadOptions {
  readonly folder?: string;
  readonly table?: string;
  readonly out?: string;
}

export function addArchiveCommand(program: Command, context: CommandContext): void {
  const archive = program
    .command('archive')
    .description('Opens what was archived before it was removed: list, read.')
    .helpCommand(false);
  archive
    .command('list')
    .description('Lists the files of an archive.')
    .option(
      '--folder <folder>',
      'where they lie (default: $SLUICE_ARCHIVE_FOLDER, else archive in $SLUICE_HOME)',
    )
    .option('--kind <kind>', 'only of this kind')
    .option('--check', 'read each file, and compare it with its digest')
    .option('--json', 'print one JSON object: items')
    .action((options: ListOptions) => context.perform(options, () => list(options, context)));
  archive
    .command('read')
    .description('Prints the rows of one file as JSON lines, after comparing it with its digest.')
    .argument('<file>', 'as the list names it: default/runs/2026-01-31.jsonl.gz')
    .option('--folder <folder>', 'where it lies')
    .option('--table <table>', 'only rows of this table, without its name')
    .option('--out <file>', 'into this file instead of to the output')
    .action((file: string, options: ReadOptions) => context.perform({}, () => read(file, options, context)));
}

function folderOf({ folder }: { readonly folder?: string }, env: Console['env']): string {
  return folder ?? (env['SLUICE_ARCHIVE_FOLDER'] || join(env['SLUICE_HOME'] || defaultHome(env), 'archive'));
}

async function list(
  { kind, check, json, ...where }: ListOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { out, env } = context.console;
  const found = await listArchives(folderOf(where, env), kind);
  const items = [];
  for (const archive of found) {
    items.push({
      name: archive.name,
      ...archive.manifest,
      ...(check === true && { intact: await isIntact(archive) }),
    });
  }
  writeLines(out, json === true ? [toSafeJson({ items }, 2)] : renderArchives(items, styleOf(out)));
  return items.some((item) => item.intact === false) ? EXIT.failed : EXIT.ok;
}

async function isIntact(archive: FoundArchive): Promise<boolean> {
  return (await requireArchive(archive).catch(() => undefined)) !== undefined;
}

type Listed = ArchiveManifest & { readonly name: string; readonly intact?: boolean };

function renderArchives(items: readonly Listed[], style: Style): string[] {
  if (items.length === 0) return ['nothing was archived here'];
  const rows = items.map(({ name, day, items: count, bytes, removedAt, intact }) =>
    [
      name,
      day,
      String(count),
      formatBytes(bytes),
      removedAt === undefined ? 'not removed yet' : 'removed',
      intact === undefined ? '' : intact ? 'intact' : 'DAMAGED',
    ].map(toPlainText),
  );
  return renderTable(['FILE', 'DAY', 'ITEMS', 'SIZE', 'IN THE DATABASE', ''], rows, style);
}

async function read(file: string, options: ReadOptions, { console }: CommandContext): Promise<ExitCode> {
  const { table, out } = options;
  const archive = await requireArchive({ folder: folderOf(options, console.env), name: file });
  await writeTextLines(
    readArchive(archive, table),
    out === undefined ? { out: console.out } : { file: out, append: false },
  );
  return EXIT.ok;
}
