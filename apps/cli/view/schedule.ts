import type { NextTimesView, ScheduleView, TickView } from '#contracts/rest/schedules.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';
import { formatTable, renderTable } from './table.js';

export function renderSchedules(items: readonly ScheduleView[], style: Style): string[] {
  if (items.length === 0) return ['no schedule yet; make one: sluice schedules create NAME --workflow …'];
  const rows = items.map((schedule) =>
    [
      schedule.name,
      schedule.workflow,
      describeTiming(schedule),
      schedule.timeZone,
      schedule.state,
      schedule.next ?? '',
      schedule.lastError?.code ?? '',
    ].map(toPlainText),
  );
  return renderTable(['NAME', 'WORKFLOW', 'WHEN', 'TIME ZONE', 'STATE', 'NEXT', 'LAST ERROR'], rows, style);
}

export function renderSchedule(schedule: ScheduleView, ticks: readonly TickView[], style: Style): string[] {
  const { version, pause, lastError, trouble } = schedule;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['workflow', version === undefined ? schedule.workflow : `${schedule.workflow} (${version})`],
    ['when', `${describeTiming(schedule)}, ${schedule.timeZone}`],
    ['from', schedule.startsAt],
    ['until', schedule.endsAt],
    ['jitter', schedule.jitter],
    ['overlap', schedule.overlap],
    ['state', schedule.state],
    [
      'paused by',
      pause && `${pause.by} at ${pause.at}${pause.reason === undefined ? '' : `: ${pause.reason}`}`,
    ],
    ['next', schedule.next],
    ['last error', lastError && `${lastError.code}, ${lastError.at}: ${lastError.message}`],
    ['trouble', trouble],
    ['left out', `${schedule.skipped} for an overlap, ${schedule.missed} too late`],
  ];
  return [
    style.strong(toPlainText(schedule.name)),
    ...formatTable(
      facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, toPlainText(value)]])),
    ),
    ...renderTicks(ticks, style),
  ];
}

function renderTicks(ticks: readonly TickView[], style: Style): string[] {
  if (ticks.length === 0) return [];
  const rows = ticks.map(({ at, state, run, error }) =>
    [at, run?.status ?? state, run?.id ?? error?.message ?? ''].map(toPlainText),
  );
  return ['', ...renderTable(['TICK', 'STATUS', 'RUN'], rows, style)];
}

/** How people say it: `Mon 23 Nov 2026, 03:00`. */
const WORDS = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

export function renderNextTimes({ timeZone, items }: NextTimesView, style: Style): string[] {
  if (items.length === 0) return ['it does not tick any more'];
  // The clocks of the zone, read as if they were those of UTC.
  const rows = items.map(({ at, local }) => [
    WORDS.format(new Date(`${local.slice(0, 19)}Z`)),
    local.slice(19),
    at,
  ]);
  return renderTable(
    [toPlainText(timeZone), 'OFFSET', 'UTC'],
    rows.map((row) => row.map(toPlainText)),
    style,
  );
}

function describeTiming({ crons, every, offset }: ScheduleView): string {
  const interval =
    every === undefined ? [] : [`every ${every}${offset === undefined ? '' : ` after ${offset}`}`];
  return [...crons, ...interval].join(' | ');
}
