import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { Measurement } from '#contracts/judgement/measurement.js';
import type { RiskEnvironment } from '#contracts/judgement/risk.js';
import type { RiskReport } from '#contracts/judgement/risk-report.js';
import { defaultHome } from '../../../libs/host/default-home.js';
import { readCommits, readText } from './risk-options.js';

/** How a change is named, and where. */
export interface ChangeOptions {
  readonly base?: string;
  readonly head?: string;
  readonly staged?: boolean;
  readonly repository: string;
  readonly environment?: string;
  readonly index: boolean;
}

/** By what it is judged. */
export interface JudgementOptions {
  readonly model?: string;
  /** How many commits before it are looked at. */
  readonly history?: string;
}

/** Adds the options by which a change is named. */
export function addChangeOptions(command: Command): Command {
  return command
    .option('--base <commit>', 'what the change goes into (default: the commit before head)')
    .option('--head <commit>', 'the change with all that leads to it (default: HEAD)')
    .addOption(new Option('--staged', 'the change is what is staged').conflicts(['base', 'head']))
    .option('--repository <folder>', 'a clone, bare or not', '.')
    .option('--environment <file>', 'JSON: how things are where it goes, as openIncidents')
    .option('--no-index', 'neither use nor keep what was read of the history');
}

/** How risky it is. Throws SluiceError `usage`, and as `assessChange` does. */
export async function assessNamedChange(
  options: ChangeOptions,
  env: Readonly<Record<string, string | undefined>>,
  { model, history }: JudgementOptions = {},
): Promise<RiskReport> {
  const { base, head = 'HEAD', staged, repository, environment } = options;
  const now = new Date();
  // The model is large, and few commands want it.
  const { assessChange } = await import('#risk/assess-change.js');
  const { readEnvironment } = await import('#risk/read-environment.js');
  const { REACH } = await import('#risk/factors/history/read-history.js');
  const given: RiskEnvironment | undefined =
    environment === undefined ? undefined : readEnvironment(await readText(environment));
  return assessChange({
    folder: repository,
    head,
    ...(base !== undefined && { base }),
    ...(staged === true && { staged: findIndex(repository, env) }),
    ...(model !== undefined && { model: await readText(model) }),
    ...(history !== undefined && { reach: { ...REACH, commits: readCommits(history) } }),
    ...(options.index && { indexes: join(env['SLUICE_HOME'] || defaultHome(env), 'risk') }),
    context: {
      now: Math.floor(now.getTime() / 1000),
      ...(given !== undefined && { environment: given }),
    },
  });
}

/** Git tells its hooks by which file it commits: that of `git commit -a`, or of some files alone, is another. */
function findIndex(
  repository: string,
  env: Readonly<Record<string, string | undefined>>,
): { readonly index?: string } {
  const file = env['GIT_INDEX_FILE'];
  return repository === '.' && file !== undefined && file !== '' ? { index: resolve(file) } : {};
}

/** The factors of a change and its risk as metrics of a gate: `change.nf`, `change.tests-touched`, `change.risk`. */
export function measurementsOf({ factors, score }: RiskReport): Measurement[] {
  const { more, at: _, ...rest } = factors;
  const numbers = { ...rest, ...more, risk: score };
  return Object.entries(numbers).flatMap(([name, value]) =>
    typeof value === 'number' && Number.isFinite(value)
      ? [{ metric: `change.${name}`, value, source: 'the change' }]
      : [],
  );
}
