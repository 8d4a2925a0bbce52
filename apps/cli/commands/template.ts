import type { Command } from 'commander';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import type { TemplateView } from '#contracts/rest/templates.js';
import type { JsonObject } from '#domain/json.js';
import { instantiate as instantiateTemplate } from '#domain/templates/instantiate.js';
import { readTemplate } from '#domain/templates/read-template.js';
import type { Finding } from '#domain/validation/finding.js';
import { type CommandContext, reportError, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { type DefinitionFile, meansFile, readDefinitionFile } from '../input/definition-file.js';
import { setOption } from '../input/options.js';
import { readRunInputs } from '../input/run-inputs.js';
import { writeTextFile } from '../input/text-file.js';
import { usageError } from '../input/usage-error.js';
import { renderFindings } from '../view/findings.js';
import { toPlainLines, toPlainText, toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';
import { renderTemplate } from '../view/template.js';
import { addCreateTemplate } from './create-template.js';

interface TemplateOptions {
  readonly json?: boolean;
}

interface InstantiateOptions extends TemplateOptions {
  readonly set?: readonly string[];
  readonly values?: string;
  readonly out?: string;
  readonly save?: boolean;
}

export function addTemplateCommand(program: Command, context: CommandContext): void {
  const template = program
    .command('template')
    .description(
      'Makes definitions of a template, and templates of definitions: show, instantiate, create, save, remove.',
    )
    .helpCommand(false);
  template
    .command('show')
    .description('Says what a template makes and which values it takes.')
    .argument('<template>', 'name of a template, or a file that holds one')
    .option('--source', 'print its text')
    .option('--json', 'print one JSON object: the template with its text')
    .action((name: string, options: TemplateOptions & { readonly source?: boolean }) =>
      context.perform(options, () => show(name, options, context)),
    );
  template
    .command('instantiate')
    .description('Makes a definition of a template and prints it. With a file it asks no server.')
    .argument('<template>', 'name of a template, or a file that holds one')
    .addOption(setOption('the value of a variable'))
    .option('--values <file>', 'a JSON file of values, or - for standard input; --set goes over it')
    .option('--out <file>', 'write the definition to this file')
    .option('--save', 'store the definition on the server as a workflow')
    .option('--json', 'print one JSON object: definition, workflow')
    .action((name: string, options: InstantiateOptions) =>
      context.perform(options, () => instantiate(name, options, context)),
    );
  addCreateTemplate(template, context);
  template
    .command('save')
    .description('Stores a template on the server.')
    .argument('<file>', 'the template')
    .option('--json', 'print what the server answered')
    .action((file: string, options: TemplateOptions) =>
      context.perform(options, () => save(file, options, context)),
    );
  template
    .command('remove')
    .description('Removes a template from the server; what was made of it stays.')
    .argument('<name>', 'name of the template')
    .option('--json', 'print one JSON object: removed')
    .action((name: string, options: TemplateOptions) =>
      context.perform(options, () => remove(name, options, context)),
    );
}

async function show(
  name: string,
  { json, source }: TemplateOptions & { readonly source?: boolean },
  context: CommandContext,
): Promise<ExitCode> {
  const view = meansFile(name) ? await viewFile(name, context) : await context.api().getTemplate(name);
  if (view === undefined) return EXIT.failed;
  const { out } = context.console;
  const lines =
    json === true
      ? [toSafeJson(view, 2)]
      : source === true
        ? toPlainLines(view.source ?? '')
        : renderTemplate(view, styleOf(out));
  writeLines(out, lines);
  return EXIT.ok;
}

/** Undefined where the file is no valid template, which is then said. */
async function viewFile(path: string, context: CommandContext): Promise<TemplateView | undefined> {
  const file = await readDefinitionFile(path);
  const { template, findings } = readTemplate(file.text);
  if (template !== undefined) return { ...template, builtIn: false };
  complain(file, findings, context);
  return undefined;
}

async function instantiate(
  name: string,
  options: InstantiateOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { console } = context;
  const { set: pairs = [], values: file, save = false, out, json } = options;
  const values = await readRunInputs({ pairs, ...(file !== undefined && { file }) }, console, '--set');
  const made = meansFile(name)
    ? await instantiateFile(name, values, save, context)
    : await context.api().instantiate(name, { values, save });
  if (made === undefined) return EXIT.failed;
  if (out !== undefined) await writeTextFile(out, made.definition);
  const { workflow } = made;
  const stored =
    workflow === undefined ? [] : [`workflow ${workflow.name} has version ${workflow.latestVersion}`];
  const written = out === undefined ? [] : [`${out} holds the definition`];
  if (json === true) writeLines(console.out, [toSafeJson(made, 2)]);
  else if (out === undefined && !save) writeLines(console.out, toPlainLines(made.definition));
  else writeLines(console.out, [...written, ...stored].map(toPlainText));
  return EXIT.ok;
}

/** Undefined where that is not possible, which is then said. */
async function instantiateFile(path: string, values: JsonObject, save: boolean, context: CommandContext) {
  const file = await readDefinitionFile(path);
  const { template, findings } = readTemplate(file.text);
  if (template === undefined) return complain(file, findings, context);
  const made = instantiateTemplate(template, values, ACTIONS);
  if (made.ok) {
    const workflow = save ? await context.api().saveWorkflow(made.text, 'yaml') : undefined;
    return { definition: made.text, ...(workflow !== undefined && { workflow }) };
  }
  if (made.wrong === 'values') {
    const message = made.errors.map((error) => `${error.path} ${error.message}`).join(' ');
    throw usageError(message, `Look at the variables: sluice template show ${path}`);
  }
  return complain(
    made.wrong === 'template' ? file : { ...file, path: `the definition made of ${path}`, text: made.text },
    made.findings,
    context,
  );
}

async function save(path: string, { json }: TemplateOptions, context: CommandContext): Promise<ExitCode> {
  const file = await readDefinitionFile(path);
  try {
    const saved = await context.api().saveTemplate(file.text);
    writeLines(context.console.out, [
      json === true ? toSafeJson(saved, 2) : toPlainText(`template ${saved.name} is saved`),
    ]);
    return EXIT.ok;
  } catch (error) {
    return reportError(error, context.console, json === true, file);
  }
}

async function remove(name: string, { json }: TemplateOptions, context: CommandContext): Promise<ExitCode> {
  await context.api().removeTemplate(name);
  writeLines(context.console.out, [
    json === true ? toSafeJson({ removed: name }, 2) : toPlainText(`template ${name} is removed`),
  ]);
  return EXIT.ok;
}

function complain(
  file: DefinitionFile,
  findings: readonly Finding[],
  { console }: CommandContext,
): undefined {
  writeLines(console.err, renderFindings(file, findings, styleOf(console.err)));
}
