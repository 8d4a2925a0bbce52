import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { RISK_LEVELS, type RiskEnvironment, type RiskLevel } from '#contracts/judgement/risk.js';
import type { RiskReport } from '#contracts/judgement/risk-report.js';
import { defaultHome } from '../../../libs/host/default-home.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readCommits, readText } from '../input/risk-options.js';
import { toSafeJson } from '../view/plain-text.js';
import { renderRisk } from '../view/risk.js';
import { styleOf } from '../view/style.js';

interface RiskOptions {
  readonly base?: string;
  readonly head: string;
  readonly repository: string;
  readonly model?: string;
  readonly environment?: string;
  readonly history?: string;
  readonly failOn?: RiskLevel;
  readonly index: boolean;
  readonly json?: boolean;
}

export function addRiskCommand(program: Command, context: CommandContext): void {
  program
    .command('risk')
    .description('Says how likely a change breaks something, why, and what would help; asks no server.')
    .option('--base <commit>', 'what the change goes into (default: the commit before head)')
    .option('--head <commit>', 'the change with all that leads to it', 'HEAD')
    .option('--repository <folder>', 'a clone, bare or not', '.')
    .option('--environment <file>', 'JSON: how things are where it goes, as openIncidents')
    .option('--model <file>', 'a model of your own in place of the one that comes with Sluice')
    .option('--history <commits>', 'how far to look back (default: 10000)')
    .option('--no-index', 'neither use nor keep what was read of the history')
    .addOption(new Option('--fail-on <level>', 'exit code 1 from this level on').choices([...RISK_LEVELS]))
    .option('--json', 'print one JSON object: score, level, probability, contributions, factors, …')
    .action((options: RiskOptions) => context.perform(options, () => assess(options, context)));
}

async function assess(options: RiskOptions, { console }: CommandContext): Promise<ExitCode> {
  const report = await judge(options, console.env);
  const style = styleOf(console.out);
  writeLines(
    console.out,
    options.json === true ? [toSafeJson(report, 2)] : renderRisk(report, style, console.out.columns),
  );
  const limit = options.failOn === undefined ? RISK_LEVELS.length : RISK_LEVELS.indexOf(options.failOn);
  return RISK_LEVELS.indexOf(report.level) >= limit ? EXIT.failed : EXIT.ok;
}

async function judge(
  options: RiskOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RiskReport> {
  const { base, head, repository, model, environment, history } = options;
  const now = new Date();
  // The model is large, and no other command wants it.
  const { assessChange } = await import('#risk/assess-change.js');
  const { readEnvironment } = await import('#risk/read-environment.js');
  const { REACH } = await import('#risk/factors/history/read-history.js');
  const given: RiskEnvironment | undefined =
    environment === undefined ? undefined : readEnvironment(await readText(environment));
  return assessChange({
    folder: repository,
    head,
    ...(base !== undefined && { base }),
    ...(model !== undefined && { model: await readText(model) }),
    ...(history !== undefined && { reach: { ...REACH, commits: readCommits(history) } }),
    ...(options.index && { indexes: join(env['SLUICE_HOME'] || defaultHome(env), 'risk') }),
    context: {
      now: Math.floor(now.getTime() / 1000),
      utcOffset: -now.getTimezoneOffset(),
      ...(given !== undefined && { environment: given }),
    },
  });
}
