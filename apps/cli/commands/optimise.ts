import type { Command } from 'commander';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import type { AdviceView } from '#contracts/rest/history.js';
import { editText } from '#domain/definition/edit-text.js';
import type { Advice } from '#domain/optimisation/advice.js';
import { suggest } from '#domain/validation/nearest.js';
import { readDefinition } from '#domain/validation/validate.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { writeTextFile } from '../input/text-file.js';
import { usageError } from '../input/usage-error.js';
import { renderAdvice } from '../view/advice.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';

interface OptimiseOptions {
  readonly apply?: string;
  readonly accept?: readonly string[];
  readonly json?: boolean;
}

export function addOptimiseCommand(program: Command, context: CommandContext): void {
  program
    .command('optimise')
    .alias('optimize')
    .description('Says what to change in a workflow, by its recorded runs: what is expected of it, and why.')
    .argument('<workflow>', 'name or id of a stored workflow')
    .option('--apply <file>', 'write the definition with the changes to this file')
    .option('--accept <id...>', 'only these changes; those that need a check are made only when named')
    .option('--json', 'print one JSON object: what the server answered')
    .action((workflow: string, options: OptimiseOptions) =>
      context.perform(options, () => optimise(workflow, options, context)),
    );
}

async function optimise(
  workflow: string,
  { apply, accept, json }: OptimiseOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const view = await context.api().getAdvice(workflow);
  const { out } = context.console;
  const accepted = chooseAdvice(view, accept);
  if (apply !== undefined && accepted.length > 0) await applyAdvice(view, accepted, apply, context);
  if (json === true) {
    writeLines(out, [toSafeJson(view, 2)]);
    return EXIT.ok;
  }
  const words =
    apply === undefined
      ? []
      : [
          '',
          accepted.length === 0
            ? 'nothing was accepted, and nothing written'
            : describeWritten(accepted, apply),
        ];
  writeLines(out, [...renderAdvice(view, styleOf(out)), ...words]);
  return EXIT.ok;
}

/** Throws SluiceError `usage` for an id that there is not. */
function chooseAdvice({ items }: AdviceView, ids: readonly string[] | undefined): readonly Advice[] {
  if (ids === undefined) return items.filter(({ certainty }) => certainty === 'data');
  return ids.map((id) => {
    const found = items.find((item) => item.id === id);
    if (found !== undefined) return found;
    const known = items.map((item) => item.id);
    throw usageError(
      `There is no advice ${JSON.stringify(id)}.`,
      suggest(id, known, known.length === 0 ? 'There is none at all.' : `There are: ${known.join(', ')}.`),
    );
  });
}

/** Writes the definition with the changes, after it was validated. Throws SluiceError `usage`. */
async function applyAdvice(
  view: AdviceView,
  accepted: readonly Advice[],
  path: string,
  context: CommandContext,
): Promise<void> {
  const latest = await context.api().getLatestVersion(view.workflow);
  if (latest?.version !== view.version) {
    throw usageError('Meanwhile there is another version.', 'Ask again.');
  }
  const edited = editText(
    latest.source,
    accepted.flatMap(({ edits }) => edits),
  );
  const findings = edited === undefined ? [] : readDefinition(edited, ACTIONS).findings;
  if (edited === undefined || findings.length > 0) {
    const why = findings[0]?.message ?? 'a place stands behind an alias.';
    throw usageError(`The changes do not fit together: ${why}`, 'Accept fewer of them: --accept ID');
  }
  await writeTextFile(path, edited);
}

function describeWritten(accepted: readonly Advice[], path: string): string {
  return toPlainText(`${path} holds the definition with ${accepted.map(({ id }) => id).join(', ')}`);
}
