import { type Command, InvalidArgumentError, Option } from 'commander';
import type { ScheduleOrderView, ScheduleRequest, ScheduleView } from '#contracts/rest/schedules.js';
import type { VersionName } from '#contracts/rest/workflows.js';
import { OVERLAPS, type Overlap } from '#contracts/schedules.js';
import { type CommandContext, writeLines } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { inputOption, repeatable } from '../input/options.js';
import { readRunInputs } from '../input/run-inputs.js';
import { toPlainText, toSafeJson } from '../view/plain-text.js';
import { renderNextTimes, renderSchedule, renderSchedules } from '../view/schedule.js';
import { styleOf } from '../view/style.js';

interface Options {
  readonly json?: boolean;
  readonly reason?: string;
  readonly overlap?: Overlap;
  readonly count?: number;
  readonly from?: string;
  readonly to?: string;
}

interface CreateOptions extends Options {
  readonly workflow: string;
  readonly version?: string;
  readonly input?: readonly string[];
  readonly cron?: readonly string[];
  readonly every?: string;
  readonly offset?: string;
  readonly timeZone?: string;
  readonly until?: string;
  readonly jitter?: string;
  readonly catchUp?: string;
  readonly description?: string;
  readonly pauseOnFailure?: boolean;
}

const SHOWN_TICKS = 10;

export function addSchedulesCommand(program: Command, context: CommandContext): void {
  const schedules = program
    .command('schedules')
    .description(
      'Workflows that are started by time: list, create, show, next, pause, resume, trigger, backfill, delete.',
    )
    .helpCommand(false);
  schedules
    .command('list')
    .description('Lists the schedules of the project.')
    .option('--json', 'print one JSON object: items')
    .action((options: Options) => context.perform(options, () => list(options, context)));
  addCreateCommand(schedules, context);
  const add = (
    name: string,
    description: string,
    perform: (schedule: string, options: Options, context: CommandContext) => Promise<ExitCode>,
  ): Command =>
    schedules
      .command(name)
      .description(description)
      .argument('<name>', 'name or id of the schedule')
      .option('--json', 'print what the server answered')
      .action((schedule: string, options: Options) =>
        context.perform(options, () => perform(schedule, options, context)),
      );
  add('show', 'Shows a schedule, and what came of its latest ticks.', show);
  add('next', 'Says when a schedule ticks next, in its own time zone.', next).option(
    '--count <number>',
    'how many moments',
    parseWhole,
    10,
  );
  add('pause', 'Lets no further tick start a run.', pause).option('--reason <text>', 'why');
  add('resume', 'Lets a schedule tick again.', resume).option('--reason <text>', 'why');
  add('trigger', 'Has a schedule tick now, also one that is paused.', trigger)
    .addOption(overlapOption())
    .option('--reason <text>', 'why');
  add('backfill', 'Has a schedule make up for a time gone by: each moment that had no run.', backfill)
    .requiredOption('--from <moment>', 'the first moment: 2026-11-01T00:00:00Z')
    .requiredOption('--to <moment>', 'the last moment')
    .addOption(overlapOption())
    .option('--reason <text>', 'why');
  add('delete', 'Deletes a schedule. Runs that it has started go on.', remove);
}

function addCreateCommand(schedules: Command, context: CommandContext): void {
  schedules
    .command('create')
    .description('Starts a workflow by time.')
    .argument('<name>', 'name of the schedule')
    .requiredOption('--workflow <name>', 'the workflow')
    .option('--version <version>', 'number, semantic version or alias; the newest at each tick where absent')
    .addOption(inputOption('one input of its runs'))
    .addOption(repeatable('--cron <fields>', 'minute, hour, day of the month, month, day of the week'))
    .option('--every <duration>', 'a distance in time, as 15m')
    .option('--offset <duration>', 'shorter than --every')
    .option('--time-zone <zone>', 'of the IANA, as Europe/Berlin; UTC where absent')
    .option('--from <moment>', 'its first moment: 2030-01-31T08:00:00Z')
    .option('--until <moment>', 'its last moment')
    .option('--jitter <duration>', 'each tick comes up to so much later')
    .addOption(overlapOption())
    .option('--catch-up <duration>', 'how late a tick may still begin, after Temporal was away')
    .option('--pause-on-failure', 'pause it when a run fails')
    .option('--description <text>', 'for people')
    .option('--reason <text>', 'why; kept in the audit log')
    .option('--json', 'print what the server answered')
    .action((name: string, options: CreateOptions) =>
      context.perform(options, () => create(name, options, context)),
    );
}

function overlapOption(): Option {
  return new Option('--overlap <policy>', 'what becomes of it while an earlier run goes on').choices(
    OVERLAPS,
  );
}

async function list({ json }: Options, context: CommandContext): Promise<ExitCode> {
  const items = await context.api().listSchedules();
  const { out } = context.console;
  writeLines(out, json === true ? [toSafeJson({ items }, 2)] : renderSchedules(items, styleOf(out)));
  return EXIT.ok;
}

async function create(name: string, options: CreateOptions, context: CommandContext): Promise<ExitCode> {
  const inputs = await readRunInputs({ pairs: options.input ?? [] }, context.console);
  const schedule = await context.api().createSchedule({ ...requestOf(options), name, inputs });
  return say(
    schedule,
    options,
    context,
    `schedule ${schedule.name} starts ${schedule.workflow}${nextOf(schedule)}`,
  );
}

function requestOf(options: CreateOptions): Omit<ScheduleRequest, 'name'> {
  const { workflow, version, cron, every, offset, timeZone, from, until, jitter, overlap } = options;
  const { catchUp, description, pauseOnFailure, reason } = options;
  return {
    workflow,
    ...(version !== undefined && { version: toVersion(version) }),
    ...(cron !== undefined && { crons: cron }),
    ...(every !== undefined && { every }),
    ...(offset !== undefined && { offset }),
    ...(timeZone !== undefined && { timeZone }),
    ...(from !== undefined && { startsAt: from }),
    ...(until !== undefined && { endsAt: until }),
    ...(jitter !== undefined && { jitter }),
    ...(overlap !== undefined && { overlap }),
    ...(catchUp !== undefined && { catchUp }),
    ...(description !== undefined && { description }),
    ...(pauseOnFailure !== undefined && { pauseOnFailure }),
    ...(reason !== undefined && { reason }),
  };
}

function toVersion(text: string): VersionName {
  return /^\d{1,9}$/.test(text) ? Number(text) : text;
}

async function show(name: string, { json }: Options, context: CommandContext): Promise<ExitCode> {
  const schedule = await context.api().getSchedule(name);
  const { out } = context.console;
  if (json === true) writeLines(out, [toSafeJson(schedule, 2)]);
  else {
    const ticks = await context.api().listTicks(name, SHOWN_TICKS);
    writeLines(out, renderSchedule(schedule, ticks, styleOf(out)));
  }
  return EXIT.ok;
}

async function next(name: string, { json, count = 10 }: Options, context: CommandContext): Promise<ExitCode> {
  const times = await context.api().nextTimes(name, count);
  const { out } = context.console;
  writeLines(out, json === true ? [toSafeJson(times, 2)] : renderNextTimes(times, styleOf(out)));
  return EXIT.ok;
}

async function pause(name: string, options: Options, context: CommandContext): Promise<ExitCode> {
  const schedule = await context.api().pauseSchedule(name, options.reason);
  return say(schedule, options, context, `schedule ${schedule.name} is paused`);
}

async function resume(name: string, options: Options, context: CommandContext): Promise<ExitCode> {
  const schedule = await context.api().resumeSchedule(name, options.reason);
  return say(schedule, options, context, `schedule ${schedule.name} ticks again${nextOf(schedule)}`);
}

async function trigger(name: string, options: Options, context: CommandContext): Promise<ExitCode> {
  const { overlap, reason } = options;
  const order = await context.api().triggerSchedule(name, {
    ...(overlap !== undefined && { overlap }),
    ...(reason !== undefined && { reason }),
  });
  return say(order, options, context, `schedule ${name} ticks now, as ${order.from}`);
}

async function backfill(name: string, options: Options, context: CommandContext): Promise<ExitCode> {
  const { from = '', to = '', overlap, reason } = options;
  const order = await context.api().backfillSchedule(name, {
    from,
    to,
    ...(overlap !== undefined && { overlap }),
    ...(reason !== undefined && { reason }),
  });
  return say(order, options, context, `schedule ${name} makes up for ${describeTicks(order)}`);
}

function describeTicks({ ticks, from, to }: ScheduleOrderView): string {
  return `${ticks} ${ticks === 1 ? 'moment' : 'moments'} from ${from} to ${to}`;
}

async function remove(name: string, options: Options, context: CommandContext): Promise<ExitCode> {
  await context.api().deleteSchedule(name);
  return say({ deleted: name }, options, context, `schedule ${name} is deleted`);
}

function nextOf({ next: at }: ScheduleView): string {
  return at === undefined ? '' : `, next at ${at}`;
}

function say(answer: object, { json }: Options, context: CommandContext, text: string): ExitCode {
  writeLines(context.console.out, [json === true ? toSafeJson(answer, 2) : toPlainText(text)]);
  return EXIT.ok;
}

function parseWhole(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It is not a whole number.');
  return Number(text);
}
