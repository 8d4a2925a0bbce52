import { Argument, type Command, Option } from 'commander';
import type { Afterwards } from '#contracts/judgement/gate-result.js';
import { RISK_LEVELS, type RiskLevel } from '#contracts/judgement/risk.js';
import type { EnvironmentRequest } from '#contracts/rest/risk.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { repeatable } from '../input/options.js';
import { readCount, readText } from '../input/risk-options.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import {
  renderAssessment,
  renderAssessments,
  renderEnvironments,
  renderOutcomes,
  renderRiskModel,
} from '../view/risks.js';
import { styleOf } from '../view/style.js';
import { addAssessCommand } from './assess-risk.js';
import { saveOutcomes } from './save-outcomes.js';

interface Options {
  readonly json?: boolean;
}

export function addRisksCommand(program: Command, context: CommandContext): void {
  const risks = program
    .command('risks')
    .description(
      'Risks of changes as the server keeps them, and what it knows: list, get, assess, environments, environment, forget, outcome, outcomes, model.',
    )
    .helpCommand(false);
  risks
    .command('list')
    .description('Lists assessments, those of runs too, the newest first.')
    .option('--commit <id>', 'only of this change, by its full id')
    .option('--run <id>', 'only of this run')
    .addOption(new Option('--level <level>', 'only of this level').choices([...RISK_LEVELS]))
    .option('--open', 'only those that are assessed again when the environment changes')
    .option('--since <moment>', 'only from then on, as 2026-11-22T08:30:00Z')
    .option('--json', 'print one JSON object: items')
    .action((options: ListOptions) => context.perform(options, () => list(options, context)));
  risks
    .command('get')
    .description('Shows an assessment, and why it was made again.')
    .argument('<id>', 'id of the assessment')
    .option('--json', 'print what the server answered, and `versions`')
    .action((id: string, options: Options) => context.perform(options, () => get(id, options, context)));
  addAssessCommand(risks, context);
  addEnvironmentCommands(risks, context);
  addOutcomeCommands(risks, context);
  risks
    .command('model')
    .description('Shows by which model the server judges changes, or gives it another one.')
    .argument('[file]', 'what `npm run train:risk` wrote')
    .option('--shipped', 'go back to the model that comes with Sluice')
    .option('--json', 'print what the server answered')
    .action((file: string | undefined, options: ModelOptions) =>
      context.perform(options, () => model(file, options, context)),
    );
}

function addEnvironmentCommands(risks: Command, context: CommandContext): void {
  risks
    .command('environments')
    .description('Lists environments of which something is known.')
    .option('--json', 'print one JSON object: items')
    .action((options: Options) =>
      context.perform(options, async () => {
        const items = await context.api().listEnvironments();
        return show({ items }, renderEnvironments(items, styleOf(context.console.out)), options, context);
      }),
    );
  risks
    .command('environment')
    .description(
      'Says how things are in an environment, in place of what was said before; shows it when nothing is said.',
    )
    .argument('<name>', 'its name, as production')
    .option('--open-incidents <count>', 'incidents that are open', readCount)
    .option('--deployments <count>', 'recent deployments there', readCount)
    .option('--failed <count>', 'how many of them failed', readCount)
    .option('--frozen', 'a freeze is declared')
    .addOption(repeatable('--workflow <name>', 'what deploys there: its runs are the deployments'))
    .option('--clear', 'nothing is known any longer but freezes and workflows that are named here')
    .option('--reason <text>', 'why; kept in the audit log')
    .option('--json', 'print what the server answered')
    .action((name: string, options: EnvironmentOptions) =>
      context.perform(options, () => environment(name, options, context)),
    );
  risks
    .command('forget')
    .description('Forgets what was said of an environment.')
    .argument('<name>', 'its name')
    .option('--json', 'print one JSON object: forgotten')
    .action((name: string, options: Options) =>
      context.perform(options, async () => {
        await context.api().forgetEnvironment(name);
        return say({ forgotten: name }, options, context, `environment ${name} is forgotten`);
      }),
    );
}

function addOutcomeCommands(risks: Command, context: CommandContext): void {
  risks
    .command('outcome')
    .description('Says what became of a change that was assessed; models learn from it.')
    .argument('<commit>', 'full id of the change')
    .addArgument(new Argument('<how>', 'bad: it brought in a defect').choices(['good', 'bad']))
    .option('--at <moment>', 'when it was known, as 2026-11-22T08:30:00Z (default: now)')
    .option('--reason <text>', 'how it is known')
    .option('--json', 'print what the server answered')
    .action((commit: string, how: Afterwards, options: OutcomeOptions) =>
      context.perform(options, async () => {
        const { at, reason } = options;
        const said = {
          commit,
          outcome: how,
          ...(at !== undefined && { at }),
          ...(reason !== undefined && { reason }),
        };
        const answer = await context.api().noteOutcome(said);
        return say(answer, options, context, `${answer.commit} is ${answer.outcome}`);
      }),
    );
  risks
    .command('outcomes')
    .description('Lists what became of changes, or writes the table that `npm run train:risk` reads.')
    .option('--since <moment>', 'only what was noted from then on')
    .option('--output <file>', 'write the table there, as CSV')
    .option('--json', 'print one JSON object: items; with --output: file, changes, bad')
    .action((options: OutcomesOptions) => context.perform(options, () => outcomes(options, context)));
}

interface ListOptions extends Options {
  readonly commit?: string;
  readonly run?: string;
  readonly level?: RiskLevel;
  readonly open?: boolean;
  readonly since?: string;
}

async function list(options: ListOptions, context: CommandContext): Promise<ExitCode> {
  const { commit, run, level, open, since } = options;
  const items = await context.api().listAssessments({
    ...(commit !== undefined && { commit }),
    ...(run !== undefined && { run }),
    ...(level !== undefined && { level }),
    ...(open === true && { open: 'true' }),
    ...(since !== undefined && { since }),
  });
  return show({ items }, renderAssessments(items, styleOf(context.console.out)), options, context);
}

async function get(id: string, options: Options, context: CommandContext): Promise<ExitCode> {
  const found = await context.api().getAssessment(id);
  const versions = await context.api().listAssessmentVersions(found.id);
  const { out } = context.console;
  return show(
    { ...found, versions },
    renderAssessment(found, versions, styleOf(out), out.columns),
    options,
    context,
  );
}

interface EnvironmentOptions extends Options {
  readonly openIncidents?: number;
  readonly deployments?: number;
  readonly failed?: number;
  readonly frozen?: boolean;
  readonly workflow?: readonly string[];
  readonly clear?: boolean;
  readonly reason?: string;
}

async function environment(
  name: string,
  options: EnvironmentOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { openIncidents, deployments, failed = 0, frozen, workflow, clear, reason } = options;
  const said: EnvironmentRequest = {
    ...(openIncidents !== undefined && { openIncidents }),
    ...(deployments !== undefined && { deployments: { total: deployments, failed } }),
    ...(frozen === true && { frozen }),
    ...(workflow !== undefined && { workflows: workflow }),
  };
  const isSaid = clear === true || Object.keys(said).length > 0;
  const api = context.api();
  const answer = isSaid
    ? await api.setEnvironment(name, { ...said, ...(reason !== undefined && { reason }) })
    : await api.getEnvironment(name);
  return show(answer, renderEnvironments([answer], styleOf(context.console.out)), options, context);
}

interface OutcomeOptions extends Options {
  readonly at?: string;
  readonly reason?: string;
}

interface OutcomesOptions extends Options {
  readonly since?: string;
  readonly output?: string;
}

async function outcomes(options: OutcomesOptions, context: CommandContext): Promise<ExitCode> {
  const { since, output } = options;
  const items = await context.api().listOutcomes({ ...(since !== undefined && { since }) });
  if (output === undefined) {
    return show({ items }, renderOutcomes(items, styleOf(context.console.out)), options, context);
  }
  const bad = items.filter(({ outcome }) => outcome === 'bad').length;
  await saveOutcomes(output, items);
  const answer = { file: output, changes: items.length, bad };
  return say(answer, options, context, `${output}: ${items.length} changes, ${bad} of them bad`);
}

interface ModelOptions extends Options {
  readonly shipped?: boolean;
}

async function model(
  file: string | undefined,
  options: ModelOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const api = context.api();
  if (options.shipped === true) await api.removeRiskModel();
  const answer =
    file === undefined || options.shipped === true
      ? await api.getRiskModel()
      : await api.setRiskModel(await readText(file));
  return show(answer, renderRiskModel(answer), options, context);
}

function show(
  answer: object,
  lines: readonly string[],
  { json }: Options,
  { console }: CommandContext,
): ExitCode {
  writeLines(console.out, json === true ? [toSafeJson(answer, 2)] : lines);
  return EXIT.ok;
}

function say(answer: object, options: Options, context: CommandContext, text: string): ExitCode {
  return show(answer, [toPlainText(text)], options, context);
}
