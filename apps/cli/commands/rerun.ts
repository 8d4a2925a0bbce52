import { randomUUID } from 'node:crypto';
import { type Command, InvalidArgumentError } from 'commander';
import type { RerunRequest } from '#contracts/rest/operations.js';
import type { VersionName } from '#contracts/rest/workflows.js';
import { parseVersionReference, REFERENCE_FORMS } from '#domain/versions/version-reference.js';
import type { CommandContext } from '../context.js';
import { EXIT_HELP, type ExitCode } from '../exit-codes.js';
import { inputOption, runArgument } from '../input/options.js';
import { readRunInputs } from '../input/run-inputs.js';
import { reportAccepted, watchRun } from '../progress/watch-run.js';
import type { Api } from '../server/api.js';
import { askAgain } from '../server/ask-again.js';
import { findRunId } from '../server/find-run-id.js';

interface RerunOptions {
  readonly from?: string;
  readonly checkpoint?: string;
  readonly input?: readonly string[];
  readonly version?: VersionName;
  readonly reason?: string;
  readonly idempotencyKey?: string;
  readonly detach?: boolean;
  readonly json?: boolean;
}

export function addRerunCommand(program: Command, context: CommandContext): void {
  program
    .command('rerun')
    .description('Repeats a run as a new one that takes over results, and waits for its end.')
    .addArgument(runArgument())
    .option('--from <step>', 'do this step and what comes after it again; else what did not succeed')
    .option('--checkpoint <name>', 'take over only what was over by this checkpoint')
    .addOption(inputOption('an input in place of that of the run'))
    .option(
      '--version <version>',
      'version of the workflow, as 7, 1.4.0 or stable; else that of the run',
      parseVersion,
    )
    .option('--reason <text>', 'why; kept with the run')
    .option('--idempotency-key <key>', 'with a key used before, no second run is started')
    .option('--detach', 'answer as soon as the run is accepted')
    .option('--json', 'print one JSON object: run, steps')
    .addHelpText('after', EXIT_HELP)
    .action((run: string, options: RerunOptions) =>
      context.perform(options, () => rerun(run, options, context)),
    );
}

function parseVersion(text: string): VersionName {
  const reference = parseVersionReference(text);
  if (reference === undefined) throw new InvalidArgumentError(`It is not ${REFERENCE_FORMS}.`);
  return reference.kind === 'number' ? reference.number : text;
}

async function rerun(argument: string, options: RerunOptions, context: CommandContext): Promise<ExitCode> {
  const api = context.api();
  const pairs = await readRunInputs({ pairs: options.input ?? [] }, context.console);
  const id = await findRunId(api, argument);
  const request = await toRequest(id, options, pairs, api);
  const key = options.idempotencyKey ?? randomUUID();
  const accepted = await askAgain(() => api.rerun(id, request, key));
  return options.detach === true
    ? reportAccepted(accepted, options, context.console)
    : watchRun(accepted, options, api, context);
}

/** The server takes inputs as a whole: those that are not named stay those of the run. */
async function toRequest(
  id: string,
  { from, checkpoint, version, reason }: RerunOptions,
  pairs: NonNullable<RerunRequest['inputs']>,
  api: Api,
): Promise<RerunRequest> {
  const edited = Object.keys(pairs).length > 0;
  return {
    ...(from !== undefined && { from }),
    ...(checkpoint !== undefined && { checkpoint }),
    ...(version !== undefined && { version }),
    ...(reason !== undefined && { reason }),
    ...(edited && { inputs: { ...(await api.getRun(id)).inputs, ...pairs } }),
  };
}
