import { type Command, InvalidArgumentError, Option } from 'commander';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import type { Format } from '#domain/front-ends/front-end.js';
import { type Imported, importText } from '#domain/front-ends/import-text.js';
import { FRONT_ENDS } from '#domain/front-ends/table.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findSources, type Source } from '../import/find-sources.js';
import { type WrittenImport, writeDefinitions } from '../import/write-definitions.js';
import { renderImports } from '../view/imports.js';
import { toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';

interface ImportOptions {
  readonly format: Format | 'auto';
  readonly out: string;
  readonly leaveOut?: readonly string[];
  readonly force?: boolean;
  readonly json?: boolean;
}

export function addImportCommand(program: Command, context: CommandContext): void {
  program
    .command('import')
    .description('Takes definitions of other engines over, and says what was not; asks no server.')
    .argument('<file...>', 'files or folders that hold lists of steps or definitions')
    .requiredOption('--out <folder>', 'where the definitions go, each as NAME.yaml')
    .addOption(
      new Option('--format <format>', 'what the files are')
        .choices(['auto', ...Object.keys(FRONT_ENDS)])
        .default('auto'),
    )
    .option(
      '--leave-out <keys>',
      'keys of lists of steps that may be lost, as in triggers,notifications',
      readKeys,
    )
    .option('--force', 'overwrite definitions that are there')
    .option('--json', 'print one JSON object: takenOver, refused, files with their findings and notes')
    .action((files: string[], options: ImportOptions) =>
      context.perform(options, () => importFiles(files, options, context)),
    );
}

async function importFiles(
  files: readonly string[],
  { format, out, leaveOut, force, json }: ImportOptions,
  { console }: CommandContext,
): Promise<ExitCode> {
  const options = {
    ...(format === 'auto' ? {} : { format }),
    ...(leaveOut === undefined ? {} : { leaveOut: new Set(leaveOut) }),
  };
  const sources = await findSources(files);
  const imported = sources.flatMap((source) => importSource(source, options));
  const results = await writeDefinitions(imported, out, force === true);
  const taken = results.filter(({ written }) => written !== undefined).length;
  const complete = taken === results.length && taken > 0;
  writeLines(
    console.out,
    json === true
      ? [toSafeJson({ takenOver: taken, refused: results.length - taken, files: results.map(toView) }, 2)]
      : renderImports(
          results,
          new Map(sources.map((source) => [source.path, textOf(source)])),
          styleOf(console.out),
        ),
  );
  return complete ? EXIT.ok : EXIT.failed;
}

function importSource(source: Source, options: Parameters<typeof importText>[2]): readonly Imported[] {
  if ('finding' in source) return [{ path: source.path, findings: [source.finding], notes: [] }];
  return importText(source, ACTIONS, options);
}

function toView({ path, format, name, written, findings, notes }: WrittenImport) {
  return { file: path, format, name, takenOver: written !== undefined, written, findings, notes };
}

/** For the lines that findings point at. */
function textOf(source: Source): string {
  return 'finding' in source ? '' : new TextDecoder().decode(source.content);
}

function readKeys(text: string): readonly string[] {
  const keys = text.split(',').map((key) => key.toLowerCase().replace(/[_\-\s.]/g, ''));
  if (keys.includes(''))
    throw new InvalidArgumentError('Write keys with commas between them: triggers,notifications.');
  return keys;
}
