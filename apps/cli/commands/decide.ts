import type { Command } from 'commander';
import { SluiceError } from '#domain/errors.js';
import type { CommandContext } from '../context.js';
import type { ExitCode } from '../exit-codes.js';
import { inputOption, runArgument } from '../input/options.js';
import { readRunInputs } from '../input/run-inputs.js';
import { usageError } from '../input/usage-error.js';
import type { Api } from '../server/api.js';
import { findRunId } from '../server/find-run-id.js';
import { addOperationOptions, type OperationOptions, operate, toReason } from './operate.js';

interface DecideOptions extends OperationOptions {
  readonly input?: readonly string[];
}

export function addApproveCommand(program: Command, context: CommandContext): void {
  addDecision(program, context, 'approve', 'Approves what a run waits for.');
}

export function addRejectCommand(program: Command, context: CommandContext): void {
  addDecision(program, context, 'reject', 'Rejects what a run asks approval for. One rejection is enough.');
}

function addDecision(
  program: Command,
  context: CommandContext,
  does: Decision['does'],
  description: string,
): void {
  const command = program
    .command(does)
    .description(description)
    .addArgument(runArgument())
    .argument('[step]', 'key of the approval; may be left out where one alone waits')
    .addOption(inputOption('a value that the approval asks for'));
  addOperationOptions(command, does === 'reject').action(
    (run: string, step: string | undefined, options: DecideOptions) =>
      context.perform(options, () => decide({ does, run, step }, options, context)),
  );
}

interface Decision {
  readonly does: 'approve' | 'reject';
  readonly run: string;
  readonly step: string | undefined;
}

const DONE = { approve: 'approved', reject: 'rejected' } as const;

async function decide(
  decision: Decision,
  options: DecideOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const api = context.api();
  const inputs = await readRunInputs({ pairs: options.input ?? [] }, context.console);
  const { does } = decision;
  const run = await findRunId(api, decision.run);
  const step = decision.step ?? (await findWaitingApproval(api, run));
  const body = { ...toReason(options), ...(Object.keys(inputs).length > 0 && { inputs }) };
  return operate({ run, call: { does, step, body }, done: `${DONE[does]} ${step}` }, options, context);
}

/** The only approval that waits. Throws SluiceError `operation-refused` where none does, `usage` where several do. */
async function findWaitingApproval(api: Api, run: string): Promise<string> {
  const waiting = (await api.getSteps(run)).filter((step) => step.waitingFor === 'approval');
  const [first, ...others] = waiting.map((step) => step.key);
  if (first === undefined) {
    throw new SluiceError({
      code: 'operation-refused',
      fault: 'user',
      message: `No approval waits in run ${run}.`,
      hint: 'See those that wait anywhere: sluice approvals',
    });
  }
  if (others.length > 0) {
    throw usageError(
      `${others.length + 1} approvals wait in run ${run}.`,
      `Name one: ${[first, ...others].join(', ')}`,
    );
  }
  return first;
}
