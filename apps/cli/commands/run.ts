import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { FreezeChoice } from '#contracts/rest.js';
import { type CommandContext, reportError } from '../context.js';
import { EXIT_HELP, type ExitCode } from '../exit-codes.js';
import { meansFile, readDefinitionFile } from '../input/definition-file.js';
import { type NamedVersion, parseNamedVersion } from '../input/named-version.js';
import { inputOption } from '../input/options.js';
import { readRunInputs } from '../input/run-inputs.js';
import { reportAccepted, watchRun } from '../progress/watch-run.js';
import { askAgain } from '../server/ask-again.js';

const FREEZE_CHOICES: readonly FreezeChoice[] = ['wait', 'refuse', 'override'];

interface RunOptions {
  readonly input?: readonly string[];
  readonly inputs?: string;
  readonly idempotencyKey?: string;
  readonly freeze?: FreezeChoice;
  readonly reason?: string;
  readonly wait: boolean;
  readonly json?: boolean;
}

export function addRunCommand(program: Command, context: CommandContext): void {
  program
    .command('run')
    .description('Starts a run and waits for its end. Ctrl-C gives the terminal back; the run goes on.')
    .argument(
      '<workflow>',
      'a definition file, which is stored first, or the name or id of a stored workflow, as release@stable',
    )
    .addOption(inputOption('an input'))
    .option('--inputs <file>', 'a JSON file of inputs, or - for standard input; --input goes over it')
    .option('--idempotency-key <key>', 'with a key used before, no second run is started')
    .addOption(
      new Option('--freeze <choice>', 'where a freeze holds the workflow').choices([...FREEZE_CHOICES]),
    )
    .option('--reason <text>', 'why; needed to override a freeze')
    .option('--no-wait', 'answer as soon as the run is accepted')
    .option('--json', 'print one JSON object: run, steps')
    .addHelpText('after', EXIT_HELP)
    .action((workflow: string, options: RunOptions) =>
      context.perform(options, () => run(workflow, options, context)),
    );
}

async function run(workflow: string, options: RunOptions, context: CommandContext): Promise<ExitCode> {
  const { console } = context;
  const api = context.api();
  const inputs = await readRunInputs(
    { pairs: options.input ?? [], ...(options.inputs !== undefined && { file: options.inputs }) },
    console,
  );
  const file = meansFile(workflow) ? await readDefinitionFile(workflow) : undefined;
  let named: NamedVersion = file === undefined ? parseNamedVersion(workflow) : { workflow };
  if (file !== undefined) {
    try {
      named = { workflow: (await api.saveWorkflow(file.text, file.format)).id };
    } catch (error) {
      return reportError(error, console, options.json === true, file);
    }
  }
  const key = options.idempotencyKey ?? randomUUID();
  const { workflow: stored, ...version } = named;
  const accepted = await askAgain(() => api.execute(stored, { inputs, ...version, ...wishes(options) }, key));
  return options.wait
    ? watchRun(accepted, options, api, context)
    : reportAccepted(accepted, options, context.console);
}

function wishes({ freeze, reason }: RunOptions): { freeze?: FreezeChoice; reason?: string } {
  return { ...(freeze !== undefined && { freeze }), ...(reason !== undefined && { reason }) };
}
