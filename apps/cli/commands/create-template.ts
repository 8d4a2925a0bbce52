import type { Command } from 'commander';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { parse } from '#domain/definition/parse.js';
import { readWorkflow } from '#domain/front-ends/read-workflow.js';
import { type Choice, extractTemplate } from '#domain/templates/extract-template.js';
import { type Proposal, proposeVariables } from '#domain/templates/propose-variables.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readDefinitionFile } from '../input/definition-file.js';
import { writeTextFile } from '../input/text-file.js';
import { usageError } from '../input/usage-error.js';
import { renderFindings } from '../view/findings.js';
import { toPlainLines, toPlainText, toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';
import { renderTable } from '../view/table.js';

interface CreateOptions {
  readonly name?: string;
  readonly description?: string;
  readonly variable?: readonly string[];
  readonly all?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

export function addCreateTemplate(template: Command, context: CommandContext): void {
  template
    .command('create')
    .description(
      'Makes a template of a definition; asks no server. Without --variable and --all it says what may vary.',
    )
    .argument('<file>', 'a definition')
    .option('--name <name>', 'of the template; that of the definition where absent')
    .option('--description <text>', 'what it makes')
    .option('--variable <name=path>', 'a value that becomes a variable (repeatable)', collect)
    .option('--all', 'everything that is proposed becomes a variable')
    .option('--out <file>', 'write the template to this file')
    .option('--json', 'print one JSON object: template, proposals')
    .action((file: string, options: CreateOptions) =>
      context.perform(options, () => create(file, options, context)),
    );
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

async function create(path: string, options: CreateOptions, { console }: CommandContext): Promise<ExitCode> {
  const file = await readDefinitionFile(path);
  const { tree } = parse(file.text);
  const { workflow, findings } = readWorkflow(file.text, ACTIONS, 'sluice');
  if (tree === undefined || workflow === undefined) {
    writeLines(console.err, renderFindings(file, findings, styleOf(console.err)));
    return EXIT.failed;
  }
  const { name = workflow.name, description, variable, all = false, out, json } = options;
  const proposals = proposeVariables(tree);
  const choices = chooseVariables(proposals, variable, all);
  if (choices === undefined) {
    writeLines(
      console.out,
      json === true ? [toSafeJson({ proposals }, 2)] : renderProposals(proposals, console.out),
    );
    return EXIT.ok;
  }
  const made = extractTemplate(file.text, {
    name,
    choices,
    ...(description !== undefined && { description }),
  });
  if (!made.ok) {
    const message = made.errors.map((error) => `${error.path} ${error.message}`).join(' ');
    throw usageError(message, `See what may vary: sluice template create ${path}`);
  }
  if (out !== undefined) await writeTextFile(out, made.text);
  const words = out === undefined ? toPlainLines(made.text) : [toPlainText(`${out} holds the template`)];
  writeLines(console.out, json === true ? [toSafeJson({ template: made.text, proposals }, 2)] : words);
  return EXIT.ok;
}

/** Undefined where nothing was chosen. Paths of one name are one variable. */
function chooseVariables(
  proposals: readonly Proposal[],
  pairs: readonly string[] | undefined,
  all: boolean,
): readonly Choice[] | undefined {
  if (pairs === undefined) return all ? proposals : undefined;
  const chosen = new Map<string, string[]>(all ? proposals.map(({ name, paths }) => [name, [...paths]]) : []);
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 1) {
      throw usageError(
        `--variable ${JSON.stringify(pair)} is not name=path.`,
        'Write for example: --variable limit=stages.build.steps.unit.timeout',
      );
    }
    const name = pair.slice(0, equals);
    chosen.set(name, [...(chosen.get(name) ?? []), pair.slice(equals + 1)]);
  }
  return [...chosen].map(([name, paths]) => ({ name, paths }));
}

function renderProposals(
  proposals: readonly Proposal[],
  output: Parameters<typeof styleOf>[0],
): readonly string[] {
  if (proposals.length === 0) return ['nothing is proposed; choose a value: --variable name=path'];
  const rows = proposals.map(({ name, value, because, paths }) =>
    [name, because, toSafeJson(value).slice(0, 60), paths.join(', ')].map(toPlainText),
  );
  return renderTable(['VARIABLE', 'WHY', 'VALUE', 'WHERE'], rows, styleOf(output));
}
