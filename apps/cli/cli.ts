import { Command, CommanderError } from 'commander';
import { addCancelCommand } from './commands/cancel.js';
import { addListCommand } from './commands/list.js';
import { addLogsCommand } from './commands/logs.js';
import { addRunCommand } from './commands/run.js';
import { addStatusCommand } from './commands/status.js';
import { addValidateCommand } from './commands/validate.js';
import type { Console } from './console.js';
import { type CommandContext, createServerApi, reportError } from './context.js';
import { EXIT, EXIT_HELP, type ExitCode } from './exit-codes.js';
import { PATIENT, type Pace } from './server/follow-run.js';

export interface CliSetting {
  readonly console: Console;
  readonly version: string;
  readonly pace?: Pace;
}

/** Runs one command line (without program and script) and answers with what the process should. */
export async function runCli(argv: readonly string[], setting: CliSetting): Promise<ExitCode> {
  const { console } = setting;
  const program = createProgram(setting);
  let answer: ExitCode = EXIT.ok;
  const context: CommandContext = {
    console,
    pace: setting.pace ?? PATIENT,
    api: () => createServerApi(program.opts<{ server?: string }>().server, console.env),
    async perform({ json = false }, work) {
      try {
        answer = await work();
      } catch (error) {
        answer = reportError(error, console, json);
      }
    },
  };
  for (const add of COMMANDS) {
    add(program, context);
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return answer;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    }
    throw error;
  }
}

const COMMANDS = [
  addValidateCommand,
  addRunCommand,
  addStatusCommand,
  addLogsCommand,
  addCancelCommand,
  addListCommand,
] as const;

/** Commands take over what is set here, hence it is set before they are added. */
function createProgram({ console, version }: CliSetting): Command {
  return new Command('sluice')
    .description('Runs workflow definitions durably, and shows what becomes of them.')
    .version(version)
    .option(
      '--server <url>',
      'address of the server (default: $SLUICE_URL, else port $SLUICE_PORT or 3000 here)',
    )
    .addHelpText('after', EXIT_HELP)
    .showHelpAfterError('(add --help for what can be said)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => console.out.write(text),
      writeErr: (text) => console.err.write(text),
      getOutHelpWidth: () => console.out.columns,
      getErrHelpWidth: () => console.err.columns,
      getOutHasColors: () => console.out.colours,
      getErrHasColors: () => console.err.colours,
    });
}
