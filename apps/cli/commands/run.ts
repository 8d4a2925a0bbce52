import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { FreezeChoice } from '#contracts/rest/runs.js';
import { type CommandContext, reportError } from '../context.js';
import { EXIT_HELP, type ExitCode } from '../exit-codes.js';
import { meansFile, readDefinitionFile } from '../input/definition-file.js';
import { type NamedVersion, parseNamedVersion } from '../input/named-version.js';
import { inputOption, repeatable } from '../input/options.js';
import { readRunInputs } from '../input/run-inputs.js';
import { usageError } from '../input/usage-error.js';
import type { LocalOptions } from '../local/command.js';
import { reportAccepted, watchRun } from '../progress/watch-run.js';
import { askAgain } from '../server/ask-again.js';

const FREEZE_CHOICES: readonly FreezeChoice[] = ['wait', 'refuse', 'override'];

interface RunOptions extends LocalOptions {
  readonly local?: boolean;
  readonly input?: readonly string[];
  readonly inputs?: string;
  readonly idempotencyKey?: string;
  readonly freeze?: FreezeChoice;
  readonly reason?: string;
  readonly wait: boolean;
}

export function addRunCommand(program: Command, context: CommandContext): void {
  program
    .command('run')
    .description('Starts a run and waits for its end. Ctrl-C gives the terminal back; the run goes on.')
    .argument(
      '<workflow>',
      'a definition file, which is stored first, or the name or id of a stored workflow, as release@stable',
    )
    .addOption(inputOption('an input', 'or a file of inputs, JSON or YAML, or - for standard input'))
    .option(
      '--inputs <file>',
      'a file of inputs, JSON or YAML, or - for standard input; --input goes over it',
    )
    .option('--local', 'run the file here and now, without a server; its output is printed as JSON')
    .addOption(repeatable('--with <file>', 'with --local: where a workflow stands that a step runs'))
    .addOption(repeatable('--approve <step>', 'with --local: approve this step when it waits'))
    .addOption(repeatable('--reject <step>', 'with --local: reject this step when it waits'))
    .addOption(repeatable('--event <name=json>', 'with --local: an event for the run'))
    .option('--answers <file>', 'with --local: answers and events, in YAML or JSON')
    .option('--keep-workspace', 'with --local: leave the workspace, and say where it is')
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
  checkFit(options);
  const inputs = await readRunInputs(
    { pairs: options.input ?? [], ...(options.inputs !== undefined && { file: options.inputs }) },
    console,
  );
  if (options.local === true) {
    // Loaded on demand: the actions bring much with them that other commands do not need.
    const { runLocalCommand } = await import('../local/command.js');
    return runLocalCommand(workflow, inputs, options, context);
  }
  const api = context.api();
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

const ONLY_HERE = ['with', 'approve', 'reject', 'event', 'answers', 'keepWorkspace'] as const;
const ONLY_THERE = ['idempotencyKey', 'freeze', 'reason'] as const;

/** Throws SluiceError `usage` for an option that would mean nothing. */
function checkFit(options: RunOptions): void {
  const strange: readonly (keyof RunOptions)[] = options.local === true ? ONLY_THERE : ONLY_HERE;
  const given = strange.find((name) => options[name] !== undefined);
  if (given === undefined && (options.local !== true || options.wait)) return;
  const flag = `--${(given ?? 'noWait').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw options.local === true
    ? usageError(`${flag} means nothing with --local.`, 'Leave one of them out.')
    : usageError(`${flag} means something with --local only.`, 'Add --local, or leave it out.');
}

function wishes({ freeze, reason }: RunOptions): { freeze?: FreezeChoice; reason?: string } {
  return { ...(freeze !== undefined && { freeze }), ...(reason !== undefined && { reason }) };
}
