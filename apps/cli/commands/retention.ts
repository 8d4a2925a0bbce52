import { type Command, InvalidArgumentError } from 'commander';
import type {
  RetentionForecastView,
  RetentionPassView,
  RetentionPeriod,
  RetentionStatisticsView,
  RetentionView,
} from '#contracts/rest/retention.js';
import { isRetentionKind, RETENTION_KINDS } from '#contracts/retention.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { repeatable } from '../input/options.js';
import { usageError } from '../input/usage-error.js';
import { formatBytes } from '../view/byte-size.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { type Style, styleOf } from '../view/style.js';
import { renderTable } from '../view/table.js';

interface JsonOption {
  readonly json?: boolean;
}
type SetOptions = JsonOption & { readonly archive: boolean; readonly reason?: string };
type RunOptions = JsonOption & { readonly reason?: string; readonly detach?: boolean };
type DryRunOptions = JsonOption & { readonly keep?: readonly string[] };

const KINDS = Object.keys(RETENTION_KINDS).join(', ');

export function addRetentionCommand(program: Command, context: CommandContext): void {
  const retention = program
    .command('retention')
    .description(
      'Says how long things are kept, and removes what is too old: show, set, dry-run, run, passes, statistics.',
    )
    .helpCommand(false);
  retention
    .command('show')
    .description('Shows how long each kind of things is kept.')
    .option('--json', 'print what the server answered')
    .action((options: JsonOption) => context.perform(options, () => show(options, context)));
  retention
    .command('set')
    .description('Sets how long one kind is kept; the others stay as they are.')
    .argument('<kind>', KINDS)
    .argument('<days>', 'a number of days, or forever', parseDays)
    .option('--no-archive', 'remove it without archiving it first')
    .option('--reason <text>', 'why; kept in the audit log')
    .option('--json', 'print what the server answered')
    .action((kind: string, days: number | undefined, options: SetOptions) =>
      context.perform(options, () => set({ kind, days }, options, context)),
    );
  retention
    .command('dry-run')
    .description('Counts what a pass would remove now, and removes nothing.')
    .addOption(repeatable('--keep <kind=days>', 'as if this were set'))
    .option('--json', 'print one JSON object: kinds')
    .action((options: DryRunOptions) => context.perform(options, () => dryRun(options, context)));
  retention
    .command('run')
    .description('Archives and removes what is too old, now.')
    .option('--detach', 'do not wait for its end')
    .option('--reason <text>', 'why; kept in the audit log')
    .option('--json', 'print what the server answered')
    .action((options: RunOptions) => context.perform(options, () => run(options, context)));
  addLooks(retention, context);
}

function addLooks(retention: Command, context: CommandContext): void {
  retention
    .command('passes')
    .description('Lists the times that it was done, the newest first.')
    .option('--json', 'print one JSON object: items')
    .action((options: JsonOption) => context.perform(options, () => passes(options, context)));
  retention
    .command('statistics')
    .description('Shows what is stored, how it grows, and what to change.')
    .option('--json', 'print what the server answered')
    .action((options: JsonOption) => context.perform(options, () => statistics(options, context)));
}

/** Undefined: for ever. */
function parseDays(text: string): number | undefined {
  if (text === 'forever') return undefined;
  const days = Number(text.replace(/d$/, ''));
  if (Number.isInteger(days) && days >= 1 && days <= 36_500) return days;
  throw new InvalidArgumentError('It is neither forever nor a number of days from 1 to 36500.');
}

async function show({ json }: JsonOption, context: CommandContext): Promise<ExitCode> {
  return tell(await context.api().getRetention(), json, context, renderPeriods);
}

async function set(
  { kind, days }: { readonly kind: string; readonly days: number | undefined },
  { archive, reason, json }: SetOptions,
  context: CommandContext,
): Promise<ExitCode> {
  requireKind(kind);
  const api = context.api();
  const { periods } = await api.getRetention();
  const others: readonly RetentionPeriod[] = periods
    .filter((period) => period.kind !== kind)
    .map((period) => ({ kind: period.kind, days: period.days, archive: period.archive }));
  const own = days === undefined ? [] : [{ kind, days, archive }];
  const body = { periods: [...others, ...own], ...(reason !== undefined && { reason }) };
  return tell(await api.setRetention(body), json, context, renderPeriods);
}

function requireKind(kind: string): asserts kind is keyof typeof RETENTION_KINDS {
  if (!isRetentionKind(kind)) throw usageError(`${kind} is nothing that is kept.`, `Write one of ${KINDS}.`);
}

async function dryRun({ keep, json }: DryRunOptions, context: CommandContext): Promise<ExitCode> {
  const kinds = await context.api().forecastRetention(keep?.map(parsePeriod));
  return tell({ kinds }, json, context, (_, style) => renderForecast(kinds, style));
}

function parsePeriod(text: string): RetentionPeriod {
  const [kind = '', days] = text.split('=');
  requireKind(kind);
  const number = Number(days);
  if (Number.isInteger(number) && number >= 1) return { kind, days: number };
  throw usageError(`${text} names no number of days.`, 'Write for example runs=90.');
}

async function run({ detach, reason, json }: RunOptions, context: CommandContext): Promise<ExitCode> {
  const api = context.api();
  let pass = await api.runRetention(reason);
  while (detach !== true && pass.status === 'running') {
    await new Promise((resolve) => setTimeout(resolve, context.pace.poll));
    pass = await api.getRetentionPass(pass.id);
  }
  await tell(pass, json, context, renderPass);
  return pass.status === 'succeeded' || detach === true ? EXIT.ok : EXIT.failed;
}

async function passes({ json }: JsonOption, context: CommandContext): Promise<ExitCode> {
  const items = await context.api().listRetentionPasses();
  return tell({ items }, json, context, (_, style) => renderPasses(items, style));
}

async function statistics({ json }: JsonOption, context: CommandContext): Promise<ExitCode> {
  return tell(await context.api().getRetentionStatistics(), json, context, renderStatistics);
}

async function tell<T extends object>(
  answer: T,
  json: boolean | undefined,
  { console }: CommandContext,
  render: (answer: T, style: Style) => string[],
): Promise<ExitCode> {
  const { out } = console;
  writeLines(out, json === true ? [toSafeJson(answer, 2)] : render(answer, styleOf(out)));
  return EXIT.ok;
}

function renderPeriods({ periods, nightly }: RetentionView, style: Style): string[] {
  const byKind = new Map(periods.map((period) => [period.kind, period]));
  const rows = (Object.keys(RETENTION_KINDS) as (keyof typeof RETENTION_KINDS)[]).map((kind) => {
    const period = byKind.get(kind);
    const how = period === undefined ? '' : period.archive ? 'archived, then removed' : 'removed';
    return [kind, period === undefined ? 'for ever' : `${period.days} days`, how, RETENTION_KINDS[kind]];
  });
  return [
    ...renderTable(['KIND', 'KEPT', 'THEN', 'WHAT IT IS'], rows, style),
    toPlainText(`each night at ${nightly} UTC`),
  ];
}

function renderForecast(kinds: readonly RetentionForecastView[], style: Style): string[] {
  if (kinds.length === 0) return ['all is kept for ever'];
  const rows = kinds.map(({ kind, days, items, held, oldest = '' }) =>
    [kind, `${days} days`, String(items), String(held), oldest].map(toPlainText),
  );
  return renderTable(['KIND', 'KEPT', 'WOULD GO', 'NEEDED', 'OLDEST'], rows, style);
}

function renderPass({ id, status, results, error }: RetentionPassView, style: Style): string[] {
  return [
    toPlainText(`pass ${id}: ${status}`),
    ...(error === undefined ? [] : [style.bad(toPlainText(error))]),
    ...results.flatMap(({ kind, removed, held, files }) => [
      toPlainText(`  ${kind}: ${removed} removed${held === 0 ? '' : `, ${held} still needed`}`),
      ...files.map((file) => toPlainText(`    ${file}`)),
    ]),
  ];
}

function renderPasses(items: readonly RetentionPassView[], style: Style): string[] {
  if (items.length === 0) return ['nothing was removed yet'];
  const rows = items.map(({ id, startedAt, trigger, startedBy, status, results }) =>
    [
      id,
      startedAt,
      trigger === 'nightly' ? 'nightly' : startedBy,
      status,
      results.map(({ kind, removed }) => `${kind} ${removed}`).join(', '),
    ].map(toPlainText),
  );
  return renderTable(['PASS', 'AT', 'BY', 'STATUS', 'REMOVED'], rows, style);
}

function renderStatistics({ kinds, recommendations }: RetentionStatisticsView, style: Style): string[] {
  const rows = kinds.map(({ kind, items, bytes, bytesPerDay, oldest = '' }) => [
    kind,
    String(items),
    formatBytes(bytes),
    formatBytes(bytesPerDay),
    toPlainText(oldest),
  ]);
  return [
    ...renderTable(['KIND', 'ITEMS', 'SIZE', 'A DAY', 'OLDEST'], rows, style),
    ...recommendations.map(({ text }) => toPlainText(`- ${text}`)),
  ];
}
