import { Command, CommanderError } from 'commander';
import { addActionsCommand } from './commands/actions.js';
import { addAgentsCommand } from './commands/agents.js';
import { addAliasCommand } from './commands/alias.js';
import { addApprovalsCommand } from './commands/approvals.js';
import { addArchiveCommand } from './commands/archive.js';
import { addAuditCommand } from './commands/audit.js';
import { addCancelCommand } from './commands/cancel.js';
import { addCheckpointsCommand } from './commands/checkpoints.js';
import { addCloneCommand } from './commands/clone.js';
import { addCompareCommand } from './commands/compare.js';
import { addApproveCommand, addRejectCommand } from './commands/decide.js';
import { addDiagnoseCommand } from './commands/diagnose.js';
import { addDiffCommand } from './commands/diff.js';
import { addEstimateCommand } from './commands/estimate.js';
import { addExportCommand } from './commands/export.js';
import { addFailuresCommand } from './commands/failures.js';
import { addFreezeCommand, addFreezesCommand } from './commands/freezes.js';
import { addGateCommand } from './commands/gate.js';
import { addGatesCommand } from './commands/gates.js';
import { addGenerateCommand } from './commands/generate.js';
import { addHistoryCommand } from './commands/history.js';
import { addImportCommand } from './commands/import.js';
import { addIntegrationsCommand } from './commands/integrations.js';
import { addKeysCommand } from './commands/keys.js';
import { addListCommand } from './commands/list.js';
import { addLocksCommand } from './commands/locks.js';
import { addLoginCommand, addLogoutCommand, addWhoAmICommand } from './commands/login.js';
import { addLogsCommand } from './commands/logs.js';
import { addRunOperations, addStepOperations } from './commands/operations.js';
import { addOptimiseCommand } from './commands/optimise.js';
import { addPersonalDataCommand } from './commands/personal-data.js';
import { addPipelinesCommand } from './commands/pipelines.js';
import { addPlanCommand } from './commands/plan.js';
import { addPoolCommand } from './commands/pool.js';
import { addPoolsCommand } from './commands/pools.js';
import { addPublishCommand } from './commands/publish.js';
import { addRerunCommand } from './commands/rerun.js';
import { addRetentionCommand } from './commands/retention.js';
import { addRiskCommand } from './commands/risk.js';
import { addRisksCommand } from './commands/risks.js';
import { addRunCommand } from './commands/run.js';
import { addSchedulesCommand } from './commands/schedules.js';
import { addSchemaCommand } from './commands/schema.js';
import { addStatusCommand } from './commands/status.js';
import { addTemplateCommand } from './commands/template.js';
import { addTemplatesCommand } from './commands/templates.js';
import { addTestCommand } from './commands/test.js';
import { addValidateCommand } from './commands/validate.js';
import { addVersionsCommand } from './commands/versions.js';
import { addWebhooksCommand } from './commands/webhooks.js';
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
  for (const [group, commands] of Object.entries(COMMANDS)) {
    program.commandsGroup(`${group}:`);
    for (const add of commands) {
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

/** By what they are for, in the order in which people meet them. */
const COMMANDS: Readonly<Record<string, readonly ((program: Command, context: CommandContext) => void)[]>> = {
  Definitions: [
    addGenerateCommand,
    addPipelinesCommand,
    addImportCommand,
    addExportCommand,
    addValidateCommand,
    addPlanCommand,
    addTestCommand,
    addActionsCommand,
    addSchemaCommand,
    addCloneCommand,
  ],
  Templates: [addTemplatesCommand, addTemplateCommand],
  Versions: [addVersionsCommand, addDiffCommand, addPublishCommand, addAliasCommand],
  'What runs tell': [addEstimateCommand, addOptimiseCommand],
  Judgement: [addGateCommand, addRiskCommand],
  Failures: [addDiagnoseCommand, addFailuresCommand],
  Runs: [
    addRunCommand,
    addStatusCommand,
    addLogsCommand,
    addListCommand,
    addHistoryCommand,
    addCompareCommand,
    addRerunCommand,
  ],
  'Living runs': [addCancelCommand, addRunOperations, addCheckpointsCommand],
  Decisions: [addApprovalsCommand, addApproveCommand, addRejectCommand, addStepOperations],
  'What runs share': [
    addPoolsCommand,
    addPoolCommand,
    addLocksCommand,
    addFreezesCommand,
    addFreezeCommand,
    addAgentsCommand,
    addIntegrationsCommand,
    addGatesCommand,
    addRisksCommand,
    addSchedulesCommand,
    addWebhooksCommand,
  ],
  'What is kept': [addAuditCommand, addRetentionCommand, addArchiveCommand, addPersonalDataCommand],
  Access: [addLoginCommand, addLogoutCommand, addWhoAmICommand, addKeysCommand],
};

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
