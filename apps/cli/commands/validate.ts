import type { Command } from 'commander';
import { readWorkflow } from '#domain/front-ends/read-workflow.js';
import type { Finding } from '#domain/validation/finding.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { loadCheckedActions } from '../input/checked-actions.js';
import { type DefinitionFile, readDefinitionFile } from '../input/definition-file.js';
import { countFindings, renderFindings } from '../view/findings.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';

interface ValidateOptions {
  readonly json?: boolean;
}

export function addValidateCommand(program: Command, context: CommandContext): void {
  program
    .command('validate')
    .description('Says what is wrong with definitions; asks no server.')
    .argument('<file...>', 'definitions in YAML or JSON')
    .option('--json', 'print one JSON object: valid, files with their findings')
    .action((files: string[], options: ValidateOptions) =>
      context.perform(options, () => validate(files, options, context)),
    );
}

interface Validated {
  readonly file: DefinitionFile;
  readonly findings: readonly Finding[];
}

async function validate(
  files: readonly string[],
  options: ValidateOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const read = await Promise.all(files.map(readDefinitionFile));
  const actions = await loadCheckedActions(read.map(({ text }) => text));
  const validated = read.map((file) => ({ file, findings: readWorkflow(file.text, actions).findings }));
  const valid = validated.every(isValid);
  writeLines(
    context.console.out,
    options.json === true ? [toJson(validated, valid)] : validated.flatMap((each) => render(each, context)),
  );
  return valid ? EXIT.ok : EXIT.failed;
}

/** Warnings alone leave a definition valid. */
function isValid({ findings }: Validated): boolean {
  return findings.every(({ severity }) => severity !== 'error');
}

function render({ file, findings }: Validated, { console }: CommandContext): string[] {
  const style = styleOf(console.out);
  const verdict = isValid({ file, findings }) ? style.good('valid') : style.bad('not valid');
  return [
    ...renderFindings(file, findings, style),
    `${toPlainText(file.path)}: ${verdict}, ${countFindings(findings)}`,
  ];
}

function toJson(validated: readonly Validated[], valid: boolean): string {
  const files = validated.map(({ file, findings }) => ({ file: file.path, findings }));
  return toSafeJson({ valid, files }, 2);
}
