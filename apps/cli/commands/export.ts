import { writeFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { type Exported, exportText } from '#domain/export/export-text.js';
import type { Format } from '#domain/front-ends/front-end.js';
import { FRONT_ENDS } from '#domain/front-ends/table.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { meansFile, readDefinitionFile } from '../input/definition-file.js';
import { parseNamedVersion } from '../input/named-version.js';
import { usageError } from '../input/usage-error.js';
import type { Api } from '../server/api.js';
import { countFindings, renderFindings, type Source } from '../view/findings.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';

interface ExportOptions {
  readonly format: Format;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function addExportCommand(program: Command, context: CommandContext): void {
  program
    .command('export')
    .description('Writes a definition in another language, where all of its meaning is kept.')
    .argument('<workflow>', 'a stored workflow, as release@1.4.0, release@stable or release@7, or a file')
    .addOption(
      new Option('--format <format>', 'the language').choices(Object.keys(FRONT_ENDS)).makeOptionMandatory(),
    )
    .option('--out <file>', 'write it to this file')
    .option('--force', 'overwrite a file that is there')
    .option(
      '--json',
      'print one JSON object: name, from, format, exported, written, document, findings, notes',
    )
    .action((workflow: string, options: ExportOptions) =>
      context.perform(options, () => exportOne(workflow, options, context)),
    );
}

async function exportOne(
  workflow: string,
  options: ExportOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { format, out, json } = options;
  const source = await readSource(workflow, () => context.api());
  const exported = exportText(source.text, ACTIONS, format);
  if (exported.text !== undefined && out !== undefined)
    await write(out, exported.text, options.force === true);
  if (json === true) writeLines(context.console.out, [toSafeJson(toView(exported, options), 2)]);
  else tell(source, exported, out, context);
  return exported.text === undefined ? EXIT.failed : EXIT.ok;
}

async function readSource(workflow: string, api: () => Api): Promise<Source> {
  if (meansFile(workflow)) return readDefinitionFile(workflow);
  const named = parseNamedVersion(workflow);
  const server = api();
  const version = named.version ?? (await server.getWorkflow(named.workflow)).latestVersion;
  const { source } = await server.getVersion(named.workflow, version);
  return { path: workflow, text: source };
}

function toView({ name, from, text, findings, notes }: Exported, { format, out }: ExportOptions) {
  const written = text === undefined ? undefined : out;
  return { name, from, format, exported: text !== undefined, written, document: text, findings, notes };
}

/** The document on one stream, all that is said about it on the other. */
function tell(
  source: Source,
  { text, findings, notes }: Exported,
  out: string | undefined,
  { console }: CommandContext,
): void {
  const style = styleOf(console.err);
  if (text !== undefined && out === undefined)
    writeLines(console.out, text.trimEnd().split('\n').map(toPlainText));
  const verdict =
    text === undefined
      ? [`${toPlainText(source.path)}: ${style.bad('not exported')}, ${countFindings(findings)}`]
      : out === undefined
        ? []
        : [`written to ${toPlainText(out)}`];
  writeLines(console.err, [
    ...renderFindings(source, findings, style),
    ...verdict,
    ...notes.map(({ line, message }) => `  ${style.faint(`${line}:`)} ${toPlainText(message)}`),
  ]);
}

async function write(file: string, text: string, force: boolean): Promise<void> {
  await writeFile(file, text, { flag: force ? 'w' : 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST'
      ? usageError(`${file} is there already.`, 'Write `--force` to overwrite it, or name another file.')
      : usageError(
          `${file} cannot be written: ${error.message}.`,
          'Name a file in a folder that exists and is yours.',
        );
  });
}
