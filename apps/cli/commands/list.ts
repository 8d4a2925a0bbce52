import { type Command, InvalidArgumentError } from 'commander';
import type { RunView } from '#contracts/rest/runs.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { formatSpan } from '../view/duration.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { paintStatus, symbolOf } from '../view/step-symbol.js';
import { type Style, styleOf } from '../view/style.js';
import { formatTable } from '../view/table.js';
import { describeVersion } from '../view/version.js';

interface ListOptions {
  readonly limit: number;
  readonly status?: string;
  readonly workflow?: string;
  readonly by?: string;
  readonly text?: string;
  readonly json?: boolean;
}

const MOST = 200;

export function addListCommand(program: Command, context: CommandContext): void {
  program
    .command('list')
    .description('Lists runs, the newest first.')
    .option('--limit <number>', `how many, at most ${MOST}`, parseLimit, 20)
    .option('--status <names>', 'only in one of these states, separated by commas')
    .option('--workflow <workflow>', 'only of this one, by id or name')
    .option('--by <person>', 'only those that this one started')
    .option('--text <text>', 'only those whose id begins so, or whose workflow has it in its name')
    .option('--json', 'print one JSON object: items')
    .action((options: ListOptions) => context.perform(options, () => list(options, context)));
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) {
    throw new InvalidArgumentError(`It is not a whole number from 1 to ${MOST}.`);
  }
  return limit;
}

async function list(options: ListOptions, context: CommandContext): Promise<ExitCode> {
  const { limit, status, workflow, by, text } = options;
  const { items } = await context.api().listRuns({
    limit,
    ...(status !== undefined && { status }),
    ...(workflow !== undefined && { workflow }),
    ...(by !== undefined && { startedBy: by }),
    ...(text !== undefined && { text }),
  });
  const { out } = context.console;
  writeLines(out, options.json === true ? [toSafeJson({ items }, 2)] : renderRuns(items, styleOf(out)));
  return EXIT.ok;
}

function renderRuns(runs: readonly RunView[], style: Style): string[] {
  if (runs.length === 0) {
    return ['no runs; start one: sluice run FILE'];
  }
  const now = Date.now();
  const [head, ...lines] = formatTable([
    ['  RUN', 'WORKFLOW', 'STATUS', 'STEPS', 'TIME', 'STARTED'],
    ...runs.map((run) => toCells(run, now)),
  ]);
  return [
    style.faint(head!),
    ...lines.map((line, index) => paintStatus(runs[index]!.status, line.slice(0, 1), style) + line.slice(1)),
  ];
}

function toCells(run: RunView, now: number): string[] {
  return [
    `${symbolOf(run.status)} ${toPlainText(run.id)}`,
    toPlainText(`${run.workflow} ${describeVersion(run)}`),
    run.status,
    `${run.progress.settled}/${run.progress.total}`,
    formatSpan(run.startedAt ?? run.createdAt, run.endedAt, now),
    toPlainText(run.createdAt),
  ];
}
