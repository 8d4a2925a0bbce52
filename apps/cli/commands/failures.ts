import type { Command } from 'commander';
import type { FailureStatisticsView } from '#contracts/rest/failures.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';

interface FailuresOptions {
  readonly workflow?: string;
  readonly from?: string;
  readonly to?: string;
  readonly json?: boolean;
}

export function addFailuresCommand(program: Command, context: CommandContext): void {
  program
    .command('failures')
    .description('Counts the attempts that failed: by class, category, step and workflow.')
    .option('--workflow <workflow>', 'only of this one, by id or name')
    .option('--from <time>', 'as 2026-11-01T00:00:00Z (default: 30 days before --to)')
    .option('--to <time>', 'before this time (default: now)')
    .option('--json', 'print one JSON object: classes, categories, steps, workflows')
    .action((options: FailuresOptions) => context.perform(options, () => failures(options, context)));
}

async function failures(options: FailuresOptions, context: CommandContext): Promise<ExitCode> {
  const { json, workflow, from, to } = options;
  const statistics = await context.api().getFailures({
    ...(workflow !== undefined && { workflow }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  });
  const { out } = context.console;
  writeLines(out, json === true ? [toSafeJson(statistics, 2)] : render(statistics, styleOf(out)));
  return EXIT.ok;
}

function render(statistics: FailureStatisticsView, style: Style): string[] {
  const { total, from, to, classes, categories, steps, workflows } = statistics;
  const span = toPlainText(`${from.slice(0, 16)}Z to ${to.slice(0, 16)}Z`);
  if (total === 0) return [`no attempt failed from ${span}`];
  return [
    `${total} failed ${total === 1 ? 'attempt' : 'attempts'} from ${span}`,
    ...renderCounts(
      'classes',
      classes.map((each) => [each.count, each.class]),
      style,
    ),
    ...renderCounts(
      'categories',
      categories.map((each) => [
        each.count,
        `${each.category} (${each.class}), last in run ${each.latest.run} step ${each.latest.step}`,
      ]),
      style,
    ),
    ...renderCounts(
      'steps',
      steps.map((each) => [each.count, `${each.workflow} ${each.step} (${each.class})`]),
      style,
    ),
    ...renderCounts(
      'workflows',
      workflows.map((each) => [
        each.count,
        `${each.workflow} (${each.runs} ${each.runs === 1 ? 'run' : 'runs'})`,
      ]),
      style,
    ),
  ];
}

function renderCounts(title: string, rows: readonly (readonly [number, string])[], style: Style): string[] {
  if (rows.length === 0) return [];
  return [
    style.strong(`${title}:`),
    ...rows.map(([count, text]) => `  ${String(count).padStart(6)}  ${toPlainText(text)}`),
  ];
}
