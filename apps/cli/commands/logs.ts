import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import type { LogView } from '#contracts/rest/runs.js';
import { isSluiceError } from '#domain/errors.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { runArgument } from '../input/options.js';
import type { Api } from '../server/api.js';
import { findRunId } from '../server/find-run-id.js';
import { isFinal, type Pace, readLogs } from '../server/follow-run.js';
import { renderLogLine } from '../view/log-line.js';
import { toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';

interface LogsOptions {
  readonly step?: string;
  readonly follow?: boolean;
  readonly json?: boolean;
}

export function addLogsCommand(program: Command, context: CommandContext): void {
  program
    .command('logs')
    .description("Prints a run's log.")
    .addArgument(runArgument())
    .option('--step <key>', 'only this step: unit, deploy[2]')
    .option('-f, --follow', 'go on until the run ends')
    .option('--json', 'print one JSON object per line')
    .action((run: string, options: LogsOptions) =>
      context.perform(options, () => logs(run, options, context)),
    );
}

async function logs(argument: string, options: LogsOptions, context: CommandContext): Promise<ExitCode> {
  const api = context.api();
  const id = await findRunId(api, argument);
  const { out } = context.console;
  const style = styleOf(out);
  const write = (log: LogView) =>
    writeLines(out, [options.json === true ? toSafeJson(log) : renderLogLine(log, options, style)]);
  const reader = { api, id, write, ...(options.step !== undefined && { step: options.step }) };
  // An unknown run has no log to be empty.
  await api.getRun(id);
  if (options.follow === true) {
    await follow(reader, context.pace);
  } else {
    await print(reader, undefined);
  }
  return EXIT.ok;
}

interface LogReader {
  readonly api: Api;
  readonly id: string;
  readonly step?: string;
  readonly write: (log: LogView) => void;
}

/** Prints what stands after `cursor` and answers with the cursor of the last line. */
async function print(
  { api, id, step, write }: LogReader,
  cursor: string | undefined,
): Promise<string | undefined> {
  let last = cursor;
  for await (const log of readLogs(api, id, cursor, step)) {
    write(log);
    last = log.cursor;
  }
  return last;
}

/** Asks again and again: unlike the event stream, that can begin exactly behind what was printed. */
async function follow(reader: LogReader, pace: Pace): Promise<void> {
  let cursor: string | undefined;
  const remember = (log: LogView) => {
    reader.write(log);
    cursor = log.cursor;
  };
  let failures = 0;
  for (let ended = false; ; ) {
    try {
      await print({ ...reader, write: remember }, cursor);
      if (ended) {
        return;
      }
      // Once more after the end is known, for the lines that came last.
      ended = isFinal(await reader.api.getRun(reader.id));
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!isSluiceError(error) || error.code !== 'server-unreachable' || failures >= pace.tries) {
        throw error;
      }
    }
    await delay(pace.poll);
  }
}
