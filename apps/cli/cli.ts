import { Command, CommanderError } from 'commander';
import { COMMANDS, chooseEntries } from './command-table.js';
import type { Console } from './console.js';
import {
  type CommandContext,
  createServerApi,
  reportError,
  requireServer,
  type ServerOptions,
} from './context.js';
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
  let given: ServerOptions = {};
  const context: CommandContext = {
    console,
    pace: setting.pace ?? PATIENT,
    api: (key) => createServerApi(given, console.env, key),
    server: () => requireServer(given, console.env),
    async perform({ json = false }, work) {
      try {
        answer = await work();
      } catch (error) {
        answer = reportError(error, console, json);
      }
    },
  };
  const isWanted = chooseEntries(argv);
  for (const [group, entries] of Object.entries(COMMANDS)) {
    program.commandsGroup(`${group}:`);
    for (const entry of entries.filter(isWanted)) {
      const add = await entry.add();
      add(program, context);
    }
  }
  program.commandsGroup('Help:').helpCommand('help [command]', 'Says what a command takes.');
  leavesOf(program).forEach(addServerOptions);
  program.hook('preAction', (_, command) => {
    given = { ...program.opts<ServerOptions>(), ...command.opts<ServerOptions>() };
  });
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

/** Name and arguments; that there are options goes without saying. */
function subcommandTerm(command: Command): string {
  const names = command.registeredArguments.map((each) =>
    each.required ? `<${each.name()}>` : `[${each.name()}]`,
  );
  return [command.name(), ...names].join(' ');
}

/** Commands that do something, not those that only hold others. */
function leavesOf(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}

function addServerOptions(command: Command): void {
  command
    .option(
      '--server <url>',
      'address of the server (default: $SLUICE_URL, else port $SLUICE_PORT or 3000 here)',
    )
    .option('--project <name>', "project that is asked about (default: $SLUICE_PROJECT, else the key's own)")
    .option('--as <name>', 'in whose name the administrator of this machine asks (default: $SLUICE_ACTOR)');
}

/** Commands take over what is set here, hence it is set before they are added. */
function createProgram({ console, version }: CliSetting): Command {
  const program = new Command('sluice')
    .description('Runs workflow definitions durably, and shows what becomes of them.')
    .version(version)
    // An option after a command is the command's: `rerun --version`.
    .enablePositionalOptions()
    .configureHelp({ subcommandTerm })
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
  addServerOptions(program);
  return program;
}
