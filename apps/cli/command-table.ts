import type { Command } from 'commander';
import type { CommandContext } from './context.js';

/** Adds what it is for to the program. */
type AddCommands = (program: Command, context: CommandContext) => void;

export interface CommandEntry {
  /** What it adds, in this order. */
  readonly names: readonly string[];
  /** Loads it, and what it imports. */
  readonly add: () => Promise<AddCommands>;
}

/** By what they are for, in the order in which people meet them. */
export const COMMANDS: Readonly<Record<string, readonly CommandEntry[]>> = {
  Definitions: [
    { names: ['generate'], add: async () => (await import('./commands/generate.js')).addGenerateCommand },
    { names: ['pipelines'], add: async () => (await import('./commands/pipelines.js')).addPipelinesCommand },
    { names: ['import'], add: async () => (await import('./commands/import.js')).addImportCommand },
    { names: ['export'], add: async () => (await import('./commands/export.js')).addExportCommand },
    { names: ['validate'], add: async () => (await import('./commands/validate.js')).addValidateCommand },
    { names: ['plan'], add: async () => (await import('./commands/plan.js')).addPlanCommand },
    { names: ['test'], add: async () => (await import('./commands/test.js')).addTestCommand },
    { names: ['actions'], add: async () => (await import('./commands/actions.js')).addActionsCommand },
    { names: ['schema'], add: async () => (await import('./commands/schema.js')).addSchemaCommand },
    { names: ['clone'], add: async () => (await import('./commands/clone.js')).addCloneCommand },
  ],
  Templates: [
    { names: ['templates'], add: async () => (await import('./commands/templates.js')).addTemplatesCommand },
    { names: ['template'], add: async () => (await import('./commands/template.js')).addTemplateCommand },
  ],
  Versions: [
    { names: ['versions'], add: async () => (await import('./commands/versions.js')).addVersionsCommand },
    { names: ['diff'], add: async () => (await import('./commands/diff.js')).addDiffCommand },
    { names: ['publish'], add: async () => (await import('./commands/publish.js')).addPublishCommand },
    { names: ['alias'], add: async () => (await import('./commands/alias.js')).addAliasCommand },
  ],
  'What runs tell': [
    { names: ['estimate'], add: async () => (await import('./commands/estimate.js')).addEstimateCommand },
    { names: ['optimise'], add: async () => (await import('./commands/optimise.js')).addOptimiseCommand },
  ],
  Judgement: [
    { names: ['gate'], add: async () => (await import('./commands/gate.js')).addGateCommand },
    { names: ['risk'], add: async () => (await import('./commands/risk.js')).addRiskCommand },
  ],
  Failures: [
    { names: ['diagnose'], add: async () => (await import('./commands/diagnose.js')).addDiagnoseCommand },
    { names: ['failures'], add: async () => (await import('./commands/failures.js')).addFailuresCommand },
  ],
  Runs: [
    { names: ['run'], add: async () => (await import('./commands/run.js')).addRunCommand },
    { names: ['status'], add: async () => (await import('./commands/status.js')).addStatusCommand },
    { names: ['logs'], add: async () => (await import('./commands/logs.js')).addLogsCommand },
    { names: ['list'], add: async () => (await import('./commands/list.js')).addListCommand },
    { names: ['history'], add: async () => (await import('./commands/history.js')).addHistoryCommand },
    { names: ['compare'], add: async () => (await import('./commands/compare.js')).addCompareCommand },
    { names: ['rerun'], add: async () => (await import('./commands/rerun.js')).addRerunCommand },
  ],
  'Living runs': [
    { names: ['cancel'], add: async () => (await import('./commands/cancel.js')).addCancelCommand },
    {
      names: ['pause', 'resume', 'send', 'checkpoint'],
      add: async () => (await import('./commands/operations.js')).addRunOperations,
    },
    {
      names: ['checkpoints'],
      add: async () => (await import('./commands/checkpoints.js')).addCheckpointsCommand,
    },
  ],
  Decisions: [
    { names: ['approvals'], add: async () => (await import('./commands/approvals.js')).addApprovalsCommand },
    { names: ['approve'], add: async () => (await import('./commands/decide.js')).addApproveCommand },
    { names: ['reject'], add: async () => (await import('./commands/decide.js')).addRejectCommand },
    {
      names: ['retry', 'skip', 'complete'],
      add: async () => (await import('./commands/operations.js')).addStepOperations,
    },
  ],
  'What runs share': [
    { names: ['pools'], add: async () => (await import('./commands/pools.js')).addPoolsCommand },
    { names: ['pool'], add: async () => (await import('./commands/pool.js')).addPoolCommand },
    { names: ['locks'], add: async () => (await import('./commands/locks.js')).addLocksCommand },
    { names: ['freezes'], add: async () => (await import('./commands/freezes.js')).addFreezesCommand },
    { names: ['freeze'], add: async () => (await import('./commands/freezes.js')).addFreezeCommand },
    { names: ['agents'], add: async () => (await import('./commands/agents.js')).addAgentsCommand },
    {
      names: ['integrations'],
      add: async () => (await import('./commands/integrations.js')).addIntegrationsCommand,
    },
    { names: ['gates'], add: async () => (await import('./commands/gates.js')).addGatesCommand },
    { names: ['risks'], add: async () => (await import('./commands/risks.js')).addRisksCommand },
    { names: ['schedules'], add: async () => (await import('./commands/schedules.js')).addSchedulesCommand },
    { names: ['webhooks'], add: async () => (await import('./commands/webhooks.js')).addWebhooksCommand },
  ],
  'What is kept': [
    { names: ['audit'], add: async () => (await import('./commands/audit.js')).addAuditCommand },
    { names: ['retention'], add: async () => (await import('./commands/retention.js')).addRetentionCommand },
    { names: ['archive'], add: async () => (await import('./commands/archive.js')).addArchiveCommand },
    {
      names: ['personal-data'],
      add: async () => (await import('./commands/personal-data.js')).addPersonalDataCommand,
    },
  ],
  Access: [
    { names: ['login'], add: async () => (await import('./commands/login.js')).addLoginCommand },
    { names: ['logout'], add: async () => (await import('./commands/login.js')).addLogoutCommand },
    { names: ['whoami'], add: async () => (await import('./commands/login.js')).addWhoAmICommand },
    { names: ['keys'], add: async () => (await import('./commands/keys.js')).addKeysCommand },
  ],
};

/** Options before the command that take a value of their own. */
const WITH_VALUE: readonly string[] = ['--server', '--project', '--as'];

/**
 * The entries that a command line needs: that of its command, or all of them where it names none (for help, or to say
 * what may have been meant).
 */
export function chooseEntries(argv: readonly string[]): (entry: CommandEntry) => boolean {
  const word = argv.find(
    (each, index) => !each.startsWith('-') && !WITH_VALUE.includes(argv[index - 1] ?? ''),
  );
  const known = Object.values(COMMANDS)
    .flat()
    .some(({ names }) => word !== undefined && names.includes(word));
  return ({ names }) => !known || names.includes(word!);
}
