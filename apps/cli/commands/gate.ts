import { type Command, InvalidArgumentError, Option } from 'commander';
import { GATE_TYPES, type Gate, type GateType } from '#contracts/judgement/gate.js';
import type { Afterwards, GateResult } from '#contracts/judgement/gate-result.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import { parseMoment } from '#domain/definition/moment.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { addChangeOptions, assessNamedChange, type ChangeOptions, measurementsOf } from '../input/change.js';
import { type Read, readGateFile, readMetricsFile } from '../input/gate-file.js';
import { markResult, readHistoryFiles, recordResult } from '../input/gate-history.js';
import { usageError } from '../input/usage-error.js';
import { countFindings, renderFindings } from '../view/findings.js';
import { renderGateResult } from '../view/gate.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';

interface GateOptions extends ChangeOptions {
  readonly file?: string;
  readonly type?: GateType;
  readonly metrics?: string;
  readonly folder: string;
  readonly collect?: boolean;
  readonly history?: string;
  readonly risk?: number;
  readonly at?: string;
  readonly format: 'text' | 'json';
  readonly record?: boolean;
  readonly afterwards?: Afterwards;
  readonly warnExit: '0' | '1' | '2';
}

export function addGateCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('gate')
    .description('Judges measurements by a quality gate, and says why; asks no server.')
    .option('--file <gate>', 'a gate, or service level objectives of Keptn, in YAML or JSON')
    .addOption(
      new Option('--type <type>', 'of the gate; without --file it is .sluice/gates/TYPE.yaml').choices(
        GATE_TYPES,
      ),
    )
    .option('--metrics <file>', 'metrics by name, in JSON or YAML: numbers, or lists of samples')
    .option('--folder <folder>', 'where the reports lie that the gate names', '.')
    .option('--collect', 'ask the services that the gate names, too, with secrets of the environment')
    .option('--history <path>', 'folder of earlier results, or a .jsonl file of them')
    .option('--record', 'add the result to the history')
    .option('--risk <score>', 'how risky the change is, from 0 to 100', readRisk)
    .option('--at <time>', 'when this is, as 2030-01-31T08:00:00Z (default: now)', readAt)
    .addOption(
      new Option(
        '--afterwards <how>',
        'judges nothing: says of the last recorded result, or of that of --at, what happened after it',
      ).choices(['good', 'bad']),
    )
    .addOption(warnExitOption())
    .addOption(
      new Option('--format <format>', 'how the result is printed').choices(['text', 'json']).default('text'),
    );
  addChangeOptions(command).action((options: GateOptions) =>
    context.perform({ json: options.format === 'json' }, () => run(options, context)),
  );
}

export function warnExitOption(): Option {
  return new Option('--warn-exit <code>', 'what the process answers to a warning')
    .choices(['0', '1', '2'])
    .default('0');
}

async function run(options: GateOptions, context: CommandContext): Promise<ExitCode> {
  const read = await readGateFile(options.file, options.type);
  if (!('value' in read)) return refuse('gate-invalid', read, options, context);
  if (options.afterwards !== undefined) return mark(read.value, options.afterwards, options, context);
  const metrics = options.metrics === undefined ? { value: [] } : await readMetricsFile(options.metrics);
  if (!('value' in metrics)) return refuse('metrics-invalid', metrics, options, context);
  const change = await measureChange(options, context);
  const given = withoutKnown(metrics.value, change?.measurements ?? []);
  const collected = await collect(read.value, given, options, context);
  const { risk = change?.score } = options;
  return judge(
    read.value,
    [...given, ...collected],
    { ...options, ...(risk !== undefined && { risk }) },
    context,
  );
}

/** What the change itself is like, where one is named. */
async function measureChange(
  options: GateOptions,
  { console }: CommandContext,
): Promise<{ readonly score: number; readonly measurements: readonly Measurement[] } | undefined> {
  if (options.base === undefined && options.head === undefined && options.staged !== true) return undefined;
  const report = await assessNamedChange(options, console.env);
  return { score: report.score, measurements: measurementsOf(report) };
}

/** The first of a name goes before the others. */
function withoutKnown(first: readonly Measurement[], others: readonly Measurement[]): readonly Measurement[] {
  const known = new Set(first.map(({ metric }) => metric));
  return [...first, ...others.filter(({ metric }) => !known.has(metric))];
}

/** Of what was not given, what reports in the folder say, and, where they are to be asked, services. */
async function collect(
  gate: Gate,
  given: readonly Measurement[],
  { folder, collect: everything }: Pick<GateOptions, 'folder' | 'collect'>,
  { console }: CommandContext,
): Promise<readonly Measurement[]> {
  const known = new Set(given.map(({ metric }) => metric));
  const sources = Object.entries(gate.metrics).filter(([metric]) => !known.has(metric));
  if (sources.length === 0) return [];
  if (everything === true) {
    const { collectMetrics } = await import('../local/collect-metrics.js');
    return collectMetrics(Object.fromEntries(sources), folder, console.env);
  }
  const { collectFromFiles } = await import('#gates/sources/collect-from-files.js');
  return collectFromFiles(Object.fromEntries(sources), folder, new AbortController().signal);
}

async function judge(
  gate: Gate,
  measurements: readonly Measurement[],
  options: GateOptions,
  { console }: CommandContext,
): Promise<ExitCode> {
  const [{ evaluateGate }, { readHistory }] = await Promise.all([
    import('#gates/evaluate/evaluate-gate.js'),
    import('#gates/gate/read-history.js'),
  ]);
  const at = options.at ?? new Date().toISOString();
  const { files, notes } =
    options.history === undefined
      ? { files: [], notes: [] }
      : await readHistoryFiles(options.history, options.record);
  const history = readHistory(files, gate.name, Date.parse(at));
  const result = evaluateGate(gate, {
    measurements,
    history: { ...history, notes: [...notes, ...history.notes] },
    ...(options.risk === undefined ? {} : { risk: options.risk }),
    at,
  });
  const recorded = options.record === true ? await recordResult(requireHistory(options), result) : undefined;
  if (options.format === 'json') writeLines(console.out, [toSafeJson(result, 2)]);
  else {
    writeLines(console.out, renderGateResult(result, styleOf(console.out)));
    if (recorded !== undefined) writeLines(console.err, [`recorded in ${toPlainText(recorded)}`]);
  }
  return exitCodeOf(result, options.warnExit);
}

export function exitCodeOf(
  { outcome }: Pick<GateResult, 'outcome'>,
  warnExit: GateOptions['warnExit'],
): ExitCode {
  const warned = { '0': EXIT.ok, '1': EXIT.failed, '2': EXIT.usage } as const;
  switch (outcome) {
    case 'pass':
      return EXIT.ok;
    case 'warn':
      return warned[warnExit];
    case 'fail':
      return EXIT.failed;
    case 'inconclusive':
      return EXIT.inconclusive;
  }
}

async function mark(
  gate: Gate,
  afterwards: Afterwards,
  options: GateOptions,
  { console }: CommandContext,
): Promise<ExitCode> {
  const { at } = options;
  const file = await markResult(
    requireHistory(options),
    { gate: gate.name, ...(at === undefined ? {} : { at }) },
    afterwards,
  );
  writeLines(console.out, [
    options.format === 'json'
      ? toSafeJson({ file, afterwards }, 2)
      : `${toPlainText(file)} ended ${afterwards}`,
  ]);
  return EXIT.ok;
}

function requireHistory({ history }: GateOptions): string {
  if (history !== undefined) return history;
  throw usageError('It is not said where results are kept.', 'Write --history FOLDER.');
}

/** The file that cannot be used, with all that is wrong with it. */
export function refuse(
  code: 'gate-invalid' | 'metrics-invalid',
  { file, findings }: Exclude<Read<unknown>, { readonly value: unknown }>,
  { format }: Pick<GateOptions, 'format'>,
  { console }: CommandContext,
): ExitCode {
  if (format === 'json') {
    writeLines(console.out, [toSafeJson({ code, file: file.path, findings }, 2)]);
  } else {
    const summary = `${toPlainText(file.path)}: not valid, ${countFindings(findings)}`;
    writeLines(console.err, [...renderFindings(file, findings, styleOf(console.err)), summary]);
  }
  return EXIT.usage;
}

export function readRisk(text: string): number {
  const risk = /^\d{1,3}(?:\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (risk >= 0 && risk <= 100) return risk;
  throw new InvalidArgumentError('Write a number from 0 to 100.');
}

function readAt(text: string): string {
  const moment = parseMoment(text);
  if (moment !== undefined) return new Date(moment).toISOString();
  throw new InvalidArgumentError('Write a moment as 2030-01-31T08:00:00Z.');
}
