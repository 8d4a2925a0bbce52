import { Argument, type Command, Option } from 'commander';
import { type Afterwards, OUTCOMES } from '#contracts/judgement/gate-result.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import type { EvaluateGateRequest } from '#contracts/rest/gates.js';
import type { Json, JsonObject } from '#domain/json.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readDefinitionFile } from '../input/definition-file.js';
import { nameAfter, readMetricsFile } from '../input/gate-file.js';
import { repeatable } from '../input/options.js';
import { usageError } from '../input/usage-error.js';
import { renderDecision, renderGate, renderGateResults, renderGates } from '../view/gates.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { styleOf } from '../view/style.js';
import { exitCodeOf, readRisk, refuse, warnExitOption } from './gate.js';

interface Options {
  readonly json?: boolean;
  readonly reason?: string;
}

interface EvaluateOptions extends Options {
  readonly metrics: string;
  readonly risk?: number;
  readonly commit?: string;
  readonly label?: readonly string[];
  readonly dryRun?: boolean;
  readonly warnExit: '0' | '1' | '2';
}

interface ResultsOptions extends Options {
  readonly outcome?: string;
  readonly commit?: string;
  readonly run?: string;
}

type Perform<O extends Options> = (gate: string, options: O, context: CommandContext) => Promise<ExitCode>;

export function addGatesCommand(program: Command, context: CommandContext): void {
  const gates = program
    .command('gates')
    .description(
      'Gates of the project, and what they said: list, get, apply, evaluate, results, result, afterwards, bypass, revoke, delete.',
    )
    .helpCommand(false);
  const add = <O extends Options>(name: string, description: string, perform: Perform<O>): Command =>
    gates
      .command(name)
      .description(description)
      .argument('<name>', 'name or id of the gate')
      .option('--json', 'print what the server answered')
      .action((gate: string, options: O) => context.perform(options, () => perform(gate, options, context)));
  gates
    .command('list')
    .description('Lists the gates of the project.')
    .option('--json', 'print one JSON object: items')
    .action((options: Options) => context.perform(options, () => list(options, context)));
  add('get', 'Shows a gate as it was written last.', get);
  gates
    .command('apply')
    .description('Keeps a gate in the project, as a new one or a new version.')
    .argument('<file>', 'a gate, or service level objectives of Keptn, in YAML or JSON')
    .option('--json', 'print what the server answered')
    .action((file: string, options: Options) =>
      context.perform(options, () => apply(file, options, context)),
    );
  add('evaluate', 'Judges a change by a gate of the project; answers as `sluice gate` does.', evaluate)
    .requiredOption('--metrics <file>', 'metrics by name, in JSON or YAML: numbers, or lists of samples')
    .option('--risk <score>', 'how risky the change is, from 0 to 100', readRisk)
    .option('--commit <id>', 'which change it is')
    .addOption(repeatable('--label <name=value>', 'what tells changes apart, as environment=staging'))
    .option('--dry-run', 'store nothing')
    .addOption(warnExitOption());
  add('results', 'Lists what a gate said, the newest first.', results)
    .addOption(new Option('--outcome <outcome>', 'only with this outcome').choices(OUTCOMES))
    .option('--commit <id>', 'only of this change')
    .option('--run <id>', 'only those that steps of this run asked for');
  addResultCommands(gates, context);
  add('bypass', 'Lets through for a time what a gate does not pass.', bypass)
    .requiredOption('--for <duration>', 'how long, seven days at most: 90m')
    .requiredOption('--reason <text>', 'why; shown with each result while it lasts');
  add('revoke', 'Ends the bypass of a gate that lasts.', revoke);
  add('delete', 'Deletes a gate; its name is free again.', remove);
}

function addResultCommands(gates: Command, context: CommandContext): void {
  gates
    .command('result')
    .description('Shows one result of a gate, with each criterion. Exit code 0, whatever it says.')
    .argument('<name>', 'name or id of the gate')
    .argument('<result>', 'id of the result')
    .option('--json', 'print what the server answered')
    .action((gate: string, result: string, options: Options) =>
      context.perform(options, async () => {
        const found = await context.api().getGateResult(gate, result);
        return show(found, renderDecision(found, styleOf(context.console.out)), options, context);
      }),
    );
  gates
    .command('afterwards')
    .description('Says what became of a change that was judged; limits are learnt from it.')
    .argument('<name>', 'name or id of the gate')
    .argument('<result>', 'id of the result')
    .addArgument(new Argument('<how>', 'what happened').choices(['good', 'bad', 'unknown']))
    .option('--reason <text>', 'why; kept in the audit log')
    .option('--json', 'print what the server answered')
    .action((gate: string, result: string, how: Afterwards | 'unknown', options: Options) =>
      context.perform(options, async () => {
        const { reason } = options;
        const said = { afterwards: how, ...(reason !== undefined && { reason }) };
        const answer = await context.api().noteAfterwards(gate, result, said);
        return say(answer, options, context, `result ${answer.id} of ${answer.gate} ended ${how}`);
      }),
    );
}

async function list(options: Options, context: CommandContext): Promise<ExitCode> {
  const items = await context.api().listGates();
  return show({ items }, renderGates(items, styleOf(context.console.out)), options, context);
}

async function get(name: string, options: Options, context: CommandContext): Promise<ExitCode> {
  const gate = await context.api().getGate(name);
  const version = await context.api().getGateVersion(gate.id, gate.version);
  const answer = { ...gate, source: version.source };
  return show(answer, renderGate(gate, version, styleOf(context.console.out)), options, context);
}

async function apply(path: string, options: Options, context: CommandContext): Promise<ExitCode> {
  const file = await readDefinitionFile(path);
  const { readGate } = await import('#gates/gate/read-gate.js');
  const { gate, findings } = readGate(file.text);
  if (gate === undefined) return refuse('gate-invalid', { file, findings }, formatOf(options), context);
  const name = gate.rules === 'keptn' ? nameAfter(path) : gate.name;
  const saved = await context.api().saveGate(name, file.text, file.format);
  return say(saved, options, context, `gate ${saved.name}, version ${saved.version}`);
}

async function evaluate(name: string, options: EvaluateOptions, context: CommandContext): Promise<ExitCode> {
  const metrics = await readMetricsFile(options.metrics);
  if (!('value' in metrics)) return refuse('metrics-invalid', metrics, formatOf(options), context);
  const { risk, commit, label, dryRun } = options;
  const order: EvaluateGateRequest = {
    metrics: toMetrics(metrics.value),
    ...(risk !== undefined && { risk }),
    ...(commit !== undefined && { commit }),
    ...(label !== undefined && { labels: readLabels(label) }),
    ...(dryRun === true && { dryRun }),
  };
  const decision = await context.api().evaluateGate(name, order);
  show(decision, renderDecision(decision, styleOf(context.console.out)), options, context);
  const isBypassed = decision.allowed && decision.bypass !== undefined;
  return isBypassed ? EXIT.ok : exitCodeOf(decision, options.warnExit);
}

async function results(name: string, options: ResultsOptions, context: CommandContext): Promise<ExitCode> {
  const { outcome, commit, run } = options;
  const query = {
    ...(outcome !== undefined && { outcome }),
    ...(commit !== undefined && { commit }),
    ...(run !== undefined && { run }),
  };
  const items = await context.api().listGateResults(name, query);
  return show({ items }, renderGateResults(items, styleOf(context.console.out)), options, context);
}

async function bypass(
  name: string,
  options: Options & { readonly for: string; readonly reason: string },
  context: CommandContext,
): Promise<ExitCode> {
  const { for: duration, reason } = options;
  const made = await context.api().bypassGate(name, { reason, for: duration });
  return say(made, options, context, `gate ${name} is bypassed until ${made.expiresAt}`);
}

async function revoke(name: string, options: Options, context: CommandContext): Promise<ExitCode> {
  const [active] = await context.api().listBypasses(name);
  if (active === undefined) {
    return say({ revoked: null }, options, context, `gate ${name} is not bypassed`);
  }
  await context.api().revokeBypass(name, active.id);
  return say({ revoked: active.id }, options, context, `gate ${name} is not bypassed any longer`);
}

async function remove(name: string, options: Options, context: CommandContext): Promise<ExitCode> {
  await context.api().deleteGate(name);
  return say({ deleted: name }, options, context, `gate ${name} is deleted`);
}

function toMetrics(measurements: readonly Measurement[]): JsonObject {
  return Object.fromEntries(
    measurements.map(({ metric, ...rest }) => [metric, rest as unknown as Json] as const),
  );
}

function readLabels(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)] as const;
      throw usageError(`${pair} is no label.`, 'Write --label environment=staging.');
    }),
  );
}

function formatOf({ json }: Options): { readonly format: 'text' | 'json' } {
  return { format: json === true ? 'json' : 'text' };
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
