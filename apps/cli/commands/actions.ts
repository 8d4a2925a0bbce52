import type { Command } from 'commander';
import type { ActionDescription } from '#contracts/catalogue/action.js';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { suggest } from '#domain/validation/nearest.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { usageError } from '../input/usage-error.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { describeInputs, describeOutputs } from '../view/schema-rows.js';
import { type Style, styleOf } from '../view/style.js';
import { renderTable } from '../view/table.js';

interface ActionsOptions {
  readonly json?: boolean;
}

export function addActionsCommand(program: Command, context: CommandContext): void {
  program
    .command('actions')
    .description('Lists the actions that steps can use, or says all about one; asks no server.')
    .argument('[name]', 'name of an action, such as command/run')
    .option('--json', 'print JSON: items, or the action, with the schemas of input and output')
    .action((name: string | undefined, options: ActionsOptions) =>
      context.perform(options, async () => actions(name, options, context)),
    );
}

function actions(name: string | undefined, options: ActionsOptions, { console }: CommandContext): ExitCode {
  const { out } = console;
  const style = styleOf(out);
  const json = options.json === true;
  if (name === undefined) {
    const items = [...ACTIONS.values()];
    writeLines(out, json ? [toSafeJson({ items }, 2)] : renderCatalogue(items, style));
  } else {
    const action = requireAction(name);
    writeLines(out, json ? [toSafeJson(action, 2)] : renderAction(action, style));
  }
  return EXIT.ok;
}

/** Throws SluiceError `usage`. */
function requireAction(name: string): ActionDescription {
  const action = ACTIONS.get(name);
  if (action !== undefined) {
    return action;
  }
  const hint = suggest(name, ACTIONS.keys(), 'Type `sluice actions` for those that there are.');
  throw usageError(`There is no action ${toPlainText(name)}.`, hint);
}

function renderCatalogue(items: readonly ActionDescription[], style: Style): string[] {
  return renderTable(
    ['ACTION', 'QUEUE', 'WHAT IT DOES'],
    items.map(({ name, queue, title }) => [name, queue, title]),
    style,
  );
}

function renderAction(action: ActionDescription, style: Style): string[] {
  return [
    `${style.strong(action.name)}  ${action.title}`,
    action.description,
    factsOf(action).join('; '),
    ...renderRows(['INPUT', 'TYPE', 'DEFAULT', 'MEANING'], describeInputs(action.input), style),
    ...renderRows(['OUTPUT', 'TYPE', 'MEANING'], describeOutputs(action.output), style),
  ];
}

function factsOf({ queue, workspace, fillsWorkspace, inline, takesSecrets }: ActionDescription): string[] {
  const again = {
    always: ['done again where a lost workspace is made anew'],
    'on-request': ['with rebuild: true done again where a lost workspace is made anew'],
    never: [],
  };
  return [
    `queue ${queue}`,
    ...(workspace ? ['in the workspace of the run'] : []),
    ...again[fillsWorkspace],
    ...(inline ? ['runs inline'] : []),
    ...(takesSecrets ? ['takes secrets'] : []),
  ];
}

/** Cells are in Markdown; the meaning, at their end, reads well as it is. */
function renderRows(heading: readonly string[], rows: readonly string[][], style: Style): string[] {
  if (rows.length === 0) {
    return [];
  }
  const plain = rows.map((row) => [...row.slice(0, -1).map((cell) => cell.replaceAll('`', '')), row.at(-1)!]);
  return ['', ...renderTable(heading, plain, style)];
}
