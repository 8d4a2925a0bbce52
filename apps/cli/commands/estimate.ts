import type { Command } from 'commander';
import type { EstimateView } from '#contracts/rest/history.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { formatDuration } from '../view/duration.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';
import { renderTable } from '../view/table.js';

interface EstimateOptions {
  readonly json?: boolean;
}

export function addEstimateCommand(program: Command, context: CommandContext): void {
  program
    .command('estimate')
    .description('Says how long a run may be expected to take, by the runs before.')
    .argument('<workflow>', 'name or id of a stored workflow')
    .option('--json', 'print one JSON object: what the server answered')
    .action((workflow: string, options: EstimateOptions) =>
      context.perform(options, () => estimate(workflow, options, context)),
    );
}

async function estimate(
  workflow: string,
  options: EstimateOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const view = await context.api().getEstimate(workflow);
  const { out } = context.console;
  writeLines(out, options.json === true ? [toSafeJson(view, 2)] : renderEstimate(view, styleOf(out)));
  return EXIT.ok;
}

function renderEstimate(view: EstimateView, style: Style): string[] {
  const { workflow, version, runs, conclusive, p50Ms, p90Ms, error, criticalPath, steps } = view;
  const title = toPlainText(`${workflow} v${version}`);
  if (runs === 0) return [`${title}: no run has succeeded yet, so nothing can be said`];
  const times = `${formatDuration(p50Ms)} (half of the runs), at most ${formatDuration(p90Ms)} (nine of ten)`;
  const path = new Set(criticalPath);
  const rows = steps.map((step) => [
    `${path.has(step.step) ? '*' : ' '} ${toPlainText(step.step)}`,
    String(step.runs),
    formatDuration(step.p50Ms),
    formatDuration(step.p90Ms),
    `${Math.round(step.critical * 100)}%`,
  ]);
  return [
    conclusive
      ? `${style.strong(title)}: ${times}`
      : `${style.strong(title)}: too few runs to say; so far ${times}`,
    `rests on ${runs} succeeded ${runs === 1 ? 'run' : 'runs'}, whose times it meets within ${Math.round(error * 100)}% (median)`,
    toPlainText(
      `critical path (*): ${criticalPath.length === 0 ? 'none, no step takes time' : criticalPath.join(' → ')}`,
    ),
    '',
    ...renderTable(['  STEP', 'RUNS', 'P50', 'P90', 'CRITICAL IN'], rows, style),
  ];
}
