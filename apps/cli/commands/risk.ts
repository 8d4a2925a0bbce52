import { type Command, Option } from 'commander';
import { RISK_LEVELS, type RiskLevel } from '#contracts/judgement/risk.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import {
  addChangeOptions,
  assessNamedChange,
  type ChangeOptions,
  type JudgementOptions,
} from '../input/change.js';
import { toSafeJson } from '../view/plain-text.js';
import { renderRisk } from '../view/risk.js';
import { styleOf } from '../view/style.js';

interface RiskOptions extends ChangeOptions, JudgementOptions {
  readonly failOn?: RiskLevel;
  readonly json?: boolean;
}

export function addRiskCommand(program: Command, context: CommandContext): void {
  addChangeOptions(
    program
      .command('risk')
      .description('Says how likely a change breaks something, why, and what would help; asks no server.'),
  )
    .option('--model <file>', 'a model of your own in place of the one that comes with Sluice')
    .option('--history <commits>', 'how far to look back (default: 10000)')
    .addOption(new Option('--fail-on <level>', 'exit code 1 from this level on').choices([...RISK_LEVELS]))
    .option('--json', 'print one JSON object: score, level, probability, contributions, factors, …')
    .action((options: RiskOptions) => context.perform(options, () => assess(options, context)));
}

async function assess(options: RiskOptions, { console }: CommandContext): Promise<ExitCode> {
  const report = await assessNamedChange(options, console.env, options);
  const style = styleOf(console.out);
  writeLines(
    console.out,
    options.json === true ? [toSafeJson(report, 2)] : renderRisk(report, style, console.out.columns),
  );
  const limit = options.failOn === undefined ? RISK_LEVELS.length : RISK_LEVELS.indexOf(options.failOn);
  return RISK_LEVELS.indexOf(report.level) >= limit ? EXIT.failed : EXIT.ok;
}
