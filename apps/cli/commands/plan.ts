import type { Command } from 'commander';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { SluiceError } from '#domain/errors.js';
import { fillKnownInputs } from '#domain/forecast/known-inputs.js';
import { readWorkflow } from '#domain/front-ends/read-workflow.js';
import type { JsonObject } from '#domain/json.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readDefinitionFile } from '../input/definition-file.js';
import { inputOption } from '../input/options.js';
import { readRunInputs } from '../input/run-inputs.js';
import { countFindings, renderFindings } from '../view/findings.js';
import { renderForecast } from '../view/forecast.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';

interface PlanOptions {
  readonly input?: readonly string[];
  readonly inputs?: string;
  readonly json?: boolean;
}

export function addPlanCommand(program: Command, context: CommandContext): void {
  program
    .command('plan')
    .description('Says what a definition would run, in which order and with which inputs; asks no server.')
    .argument('<file>', 'a definition')
    .addOption(inputOption('an input', 'or a file of inputs, JSON or YAML, or - for standard input'))
    .option(
      '--inputs <file>',
      'a file of inputs, JSON or YAML, or - for standard input; --input goes over it',
    )
    .option('--json', 'print one JSON object')
    .action((file: string, options: PlanOptions) =>
      context.perform(options, () => plan(file, options, context)),
    );
}

async function plan(path: string, options: PlanOptions, { console }: CommandContext): Promise<ExitCode> {
  const given = await readRunInputs(
    { pairs: options.input ?? [], ...(options.inputs !== undefined && { file: options.inputs }) },
    console,
  );
  const file = await readDefinitionFile(path);
  const { workflow, findings } = readWorkflow(file.text, ACTIONS);
  if (workflow === undefined) {
    const summary = `${toPlainText(path)}: not valid, ${countFindings(findings)}`;
    const json = toSafeJson({ code: 'definition-invalid', findings }, 2);
    if (options.json === true) writeLines(console.out, [json]);
    else writeLines(console.err, [...renderFindings(file, findings, styleOf(console.err)), summary]);
    return EXIT.failed;
  }
  const { forecast } = await import('#domain/forecast/forecast.js');
  const { inputs, missing } = fillIn(workflow.inputs, given);
  const expected = forecast(
    workflow.compile(() => 1),
    inputs,
    missing,
  );
  const style = styleOf(console.out);
  writeLines(
    console.out,
    options.json === true ? [toSafeJson(expected, 2)] : renderForecast(expected, style),
  );
  return EXIT.ok;
}

/** Throws SluiceError `inputs-invalid`. */
function fillIn(schemas: Readonly<Record<string, JsonObject>>, given: JsonObject) {
  const known = fillKnownInputs(schemas, given);
  if (known.errors === undefined) return known;
  throw new SluiceError({
    code: 'inputs-invalid',
    fault: 'user',
    message: `The inputs do not fit: ${known.errors.map(({ path, message }) => `${path} ${message}`).join(' ')}`,
    hint: 'Give those that the definition declares; what is left out is taken for not known yet.',
  });
}
