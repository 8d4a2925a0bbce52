import { join } from 'node:path';
import { type Command, Option } from 'commander';
import {
  CHANGE_FACTORS,
  RISK_LEVELS,
  type RiskEnvironment,
  type RiskLevel,
} from '#contracts/judgement/risk.js';
import type { AssessRiskRequest } from '#contracts/rest/risk.js';
import { defaultHome } from '../../../libs/host/default-home.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readCommits, readCount } from '../input/risk-options.js';
import { toSafeJson } from '../view/plain-text.js';
import { renderAssessment } from '../view/risks.js';
import { styleOf } from '../view/style.js';

interface AssessOptions {
  readonly base?: string;
  readonly head: string;
  readonly repository: string;
  readonly environment?: string;
  readonly canary?: boolean;
  readonly commitsTogether?: number;
  readonly openFor?: string;
  readonly history?: string;
  readonly failOn?: RiskLevel;
  readonly index: boolean;
  readonly json?: boolean;
}

/** What the server takes of files, each alone. */
const MOST_FILES = 1_000;
const MOST_REVIEWERS = 20;

export function addAssessCommand(risks: Command, context: CommandContext): void {
  risks
    .command('assess')
    .description(
      'Measures a change here as `sluice risk` does, and has the server judge and keep it: by the model and environment of the project.',
    )
    .option('--base <commit>', 'what the change goes into (default: the commit before head)')
    .option('--head <commit>', 'the change with all that leads to it', 'HEAD')
    .option('--repository <folder>', 'a clone, bare or not', '.')
    .option('--environment <name>', 'where it goes, as the server knows it')
    .option('--canary', 'few see it first')
    .option('--commits-together <count>', 'changes that go out together, this one among them', readCount)
    .option(
      '--open-for <duration>',
      'assess it again, so long, when the environment changes: 8h, 14d at most',
    )
    .option('--history <commits>', 'how far to look back (default: 10000)')
    .option('--no-index', 'neither use nor keep what was read of the history')
    .addOption(new Option('--fail-on <level>', 'exit code 1 from this level on').choices([...RISK_LEVELS]))
    .option('--json', 'print what the server answered')
    .action((options: AssessOptions) => context.perform(options, () => assess(options, context)));
}

async function assess(options: AssessOptions, context: CommandContext): Promise<ExitCode> {
  const { console } = context;
  const answer = await context.api().assessRisk(await measure(options, console.env));
  writeLines(
    console.out,
    options.json === true
      ? [toSafeJson(answer, 2)]
      : renderAssessment(answer, [], styleOf(console.out), console.out.columns),
  );
  const limit = options.failOn === undefined ? RISK_LEVELS.length : RISK_LEVELS.indexOf(options.failOn);
  return RISK_LEVELS.indexOf(answer.level) >= limit ? EXIT.failed : EXIT.ok;
}

async function measure(
  options: AssessOptions,
  env: Readonly<Record<string, string | undefined>>,
): Promise<AssessRiskRequest> {
  const { base, head, repository, history: commits, openFor } = options;
  const { readRiskChange } = await import('#risk/factors/read-change.js');
  const { REACH } = await import('#risk/factors/history/read-history.js');
  const { change, past, context, history } = await readRiskChange({
    folder: repository,
    head,
    ...(base !== undefined && { base }),
    ...(commits !== undefined && { reach: { ...REACH, commits: readCommits(commits) } }),
    ...(options.index && { indexes: join(env['SLUICE_HOME'] || defaultHome(env), 'risk') }),
  });
  return {
    factors: change,
    history,
    past: past.map((each) => [each.at, ...CHANGE_FACTORS.map((name) => each[name])]),
    ...(context.files !== undefined && { files: context.files.slice(0, MOST_FILES) }),
    ...(context.reviewers !== undefined && { reviewers: context.reviewers.slice(0, MOST_REVIEWERS) }),
    environment: environmentOf(options),
    utcOffset: -new Date().getTimezoneOffset(),
    ...(openFor !== undefined && { openFor }),
  };
}

function environmentOf({ environment, canary, commitsTogether }: AssessOptions): RiskEnvironment {
  return {
    ...(environment !== undefined && { name: environment }),
    ...(canary === true && { canary }),
    ...(commitsTogether !== undefined && { commitsTogether }),
  };
}
