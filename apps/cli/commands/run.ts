import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { ExecuteRequest, RunView, StepView } from '#contracts/rest.js';
import { isSluiceError } from '#domain/errors.js';
import { type CommandContext, reportError, writeLines } from '../context.js';
import { EXIT, EXIT_HELP, type ExitCode } from '../exit-codes.js';
import { meansFile, readDefinitionFile } from '../input/definition-file.js';
import { readRunInputs } from '../input/run-inputs.js';
import { createProgress } from '../progress/create-progress.js';
import { RunPicture } from '../progress/run-picture.js';
import type { Api } from '../server/api.js';
import { followRun } from '../server/follow-run.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { renderRunEnd, renderRunLine } from '../view/run-summary.js';
import { styleOf } from '../view/style.js';

interface RunOptions {
  readonly input?: readonly string[];
  readonly inputs?: string;
  readonly idempotencyKey?: string;
  readonly wait: boolean;
  readonly json?: boolean;
}

export function addRunCommand(program: Command, context: CommandContext): void {
  program
    .command('run')
    .description('Starts a run and waits for its end. Ctrl-C gives the terminal back; the run goes on.')
    .argument(
      '<workflow>',
      'a definition file, which is stored first, or the name or id of a stored workflow',
    )
    .option('--input <name=value>', 'an input; a value that is JSON is taken as JSON (repeatable)', collect)
    .option('--inputs <file>', 'a JSON file of inputs, or - for standard input; --input goes over it')
    .option('--idempotency-key <key>', 'with a key used before, no second run is started')
    .option('--no-wait', 'answer as soon as the run is accepted')
    .option('--json', 'print one JSON object: run, steps')
    .addHelpText('after', EXIT_HELP)
    .action((workflow: string, options: RunOptions) =>
      context.perform(options, () => run(workflow, options, context)),
    );
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}

async function run(workflow: string, options: RunOptions, context: CommandContext): Promise<ExitCode> {
  const { console } = context;
  const api = context.api();
  const inputs = await readRunInputs(
    { pairs: options.input ?? [], ...(options.inputs !== undefined && { file: options.inputs }) },
    console,
  );
  const file = meansFile(workflow) ? await readDefinitionFile(workflow) : undefined;
  let stored = workflow;
  if (file !== undefined) {
    try {
      stored = (await api.saveWorkflow(file.text, file.format)).id;
    } catch (error) {
      return reportError(error, console, options.json === true, file);
    }
  }
  const accepted = await execute(api, stored, { inputs }, options.idempotencyKey ?? randomUUID());
  return options.wait
    ? waitForEnd(accepted, options, api, context)
    : reportAccepted(accepted, options, context);
}

const START_TRIES = 3;

/** The key makes it safe to ask again when the connection breaks before the answer. */
async function execute(api: Api, workflow: string, request: ExecuteRequest, key: string): Promise<RunView> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await api.execute(workflow, request, key);
    } catch (error) {
      if (attempt === START_TRIES || !isSluiceError(error) || error.code !== 'server-unreachable') {
        throw error;
      }
      await delay(attempt * 500);
    }
  }
}

function reportAccepted(accepted: RunView, options: RunOptions, { console }: CommandContext): ExitCode {
  writeLines(
    console.out,
    options.json === true
      ? [toSafeJson({ run: accepted }, 2)]
      : [renderRunLine(accepted, Date.now(), styleOf(console.out)), ...nextCommands(accepted)],
  );
  return EXIT.ok;
}

function nextCommands(run: RunView): string[] {
  const id = toPlainText(run.id);
  return [
    `  follow it:  sluice logs --follow ${id}`,
    `  look at it: sluice status ${id}`,
    `  stop it:    sluice cancel ${id}`,
  ];
}

async function waitForEnd(
  accepted: RunView,
  options: RunOptions,
  api: Api,
  context: CommandContext,
): Promise<ExitCode> {
  const { console } = context;
  const picture = new RunPicture(accepted, await getStepsIfPossible(api, accepted.id, []));
  const interrupt = new AbortController();
  const stopListening = console.onInterrupt(() => interrupt.abort());
  const progress = createProgress(picture, console.err);
  try {
    for await (const news of followRun(api, accepted.id, interrupt.signal, context.pace)) {
      progress.show(news);
      picture.apply(news);
    }
  } finally {
    progress.end();
    stopListening();
  }
  if (interrupt.signal.aborted) {
    writeLines(console.err, ['detached; the run goes on', ...nextCommands(accepted)]);
    return EXIT.detached;
  }
  const steps = await getStepsIfPossible(api, accepted.id, picture.steps);
  writeLines(console.out, renderEnd(picture, steps, options, context));
  return exitCodeOf(picture.run);
}

/** The run is what counts; that its steps cannot be had right now is no reason to fail. */
async function getStepsIfPossible(
  api: Api,
  id: string,
  otherwise: readonly StepView[],
): Promise<readonly StepView[]> {
  try {
    return await api.getSteps(id);
  } catch (error) {
    if (isSluiceError(error)) {
      return otherwise;
    }
    throw error;
  }
}

function renderEnd(
  picture: RunPicture,
  steps: readonly StepView[],
  options: RunOptions,
  { console }: CommandContext,
): string[] {
  const { run } = picture;
  if (options.json === true) {
    return [toSafeJson({ run, steps }, 2)];
  }
  const tail = (key: string) => picture.tail(key);
  return renderRunEnd({ run, steps, tail, now: Date.now() }, styleOf(console.out));
}

function exitCodeOf({ status }: RunView): ExitCode {
  if (status === 'succeeded') {
    return EXIT.ok;
  }
  return status === 'canceled' ? EXIT.canceled : EXIT.failed;
}
