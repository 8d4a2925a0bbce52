import { randomUUID } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { ReasonRequest } from '#contracts/rest/operations.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, EXIT_HELP, type ExitCode } from '../exit-codes.js';
import { askAgain } from '../server/ask-again.js';
import { findRunId } from '../server/find-run-id.js';
import type { OperationCall } from '../server/operation-call.js';
import { renderOperation } from '../view/operation.js';
import { toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';

/** What every operation takes. */
export interface OperationOptions {
  readonly reason?: string;
  readonly idempotencyKey?: string;
  readonly json?: boolean;
}

export function addOperationOptions(command: Command, reasonNeeded = false): Command {
  return command
    .addOption(new Option('--reason <text>', 'why; kept with the run').makeOptionMandatory(reasonNeeded))
    .option('--idempotency-key <key>', 'with a key used before, it is not done a second time')
    .option('--json', 'print what the server answered: run, status, step')
    .addHelpText('after', EXIT_HELP);
}

export function toReason({ reason }: OperationOptions): ReasonRequest {
  return reason === undefined ? {} : { reason };
}

export interface Operation {
  /** Id of the run, or `latest`. */
  readonly run: string;
  readonly call: OperationCall;
  /** What was done or begun, in words: `skipping deploy`. */
  readonly done: string;
}

/** Asks a living run for something, and prints what became of it. */
export async function operate(
  { run, call, done }: Operation,
  options: OperationOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const api = context.api();
  const id = await findRunId(api, run);
  const key = options.idempotencyKey ?? randomUUID();
  const answer = await askAgain(() => api.operate(id, call, key));
  const { out } = context.console;
  writeLines(out, [
    options.json === true ? toSafeJson(answer, 2) : renderOperation(answer, done, styleOf(out)),
  ]);
  return EXIT.ok;
}
