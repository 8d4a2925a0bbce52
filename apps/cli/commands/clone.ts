import type { Command } from 'commander';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { editText } from '#domain/definition/edit-text.js';
import { readDefinition } from '#domain/validation/validate.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { writeTextFile } from '../input/text-file.js';
import { usageError } from '../input/usage-error.js';
import { toPlainLines, toPlainText, toSafeJson } from '../view/plain-text.js';

interface CloneOptions {
  readonly out?: string;
  readonly save?: boolean;
  readonly json?: boolean;
}

export function addCloneCommand(program: Command, context: CommandContext): void {
  program
    .command('clone')
    .description('Prints the latest definition of a workflow under another name.')
    .argument('<workflow>', 'name or id of a stored workflow')
    .argument('<name>', 'name of the copy')
    .option('--out <file>', 'write the definition to this file')
    .option('--save', 'store it on the server as a workflow of its own')
    .option('--json', 'print one JSON object: definition, workflow')
    .action((workflow: string, name: string, options: CloneOptions) =>
      context.perform(options, () => clone(workflow, name, options, context)),
    );
}

async function clone(
  workflow: string,
  name: string,
  { out, save, json }: CloneOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const api = context.api();
  const latest = await api.getLatestVersion(workflow);
  const definition = latest && editText(latest.source, [{ path: ['name'], value: name }]);
  const [finding] = definition === undefined ? [] : readDefinition(definition, ACTIONS).findings;
  if (definition === undefined || finding !== undefined) {
    throw usageError(
      `${workflow} cannot be copied under the name ${JSON.stringify(name)}: ${finding?.message ?? 'it is no definition of Sluice.'}`,
      finding?.hint ?? 'Export it first.',
    );
  }
  const { console } = context;
  if (out !== undefined) await writeTextFile(out, definition);
  const saved = save === true ? await api.saveWorkflow(definition, 'yaml') : undefined;
  const words = [
    ...(out === undefined ? [] : [`${out} holds the definition`]),
    ...(saved === undefined ? [] : [`workflow ${saved.name} has version ${saved.latestVersion}`]),
  ];
  if (json === true) {
    writeLines(console.out, [toSafeJson({ definition, ...(saved !== undefined && { workflow: saved }) }, 2)]);
  } else {
    writeLines(console.out, words.length === 0 ? toPlainLines(definition) : words.map(toPlainText));
  }
  return EXIT.ok;
}
