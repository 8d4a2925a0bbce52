/** Periods, in days, that are thought of. */
export const CANDIDATE_DAYS = [30, 90, 180, 365] as const;

export interface TableStatistics {
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
  readonly bytesPerDay: number;
}

/** What a project holds of one kind. */
export interface KindStatistics {
  readonly kind: string;
  readonly items: number;
  readonly bytes: number;
  /** As over the last week. */
  readonly bytesPerDay: number;
  readonly oldest?: string;
  /** Items by how many days they are over for longer. */
  readonly olderThan: Readonly<Record<string, number>>;
  readonly tables: readonly TableStatistics[];
}

interface KindPeriod {
  readonly kind: string;
  readonly days: number;
  readonly archive: boolean;
}

export interface Recommendation {
  readonly code: 'set-period' | 'shorten-period' | 'keep-audit-longer' | 'archive-first' | 'remove-backlog';
  readonly kind: string;
  /** What to set. */
  readonly days?: number;
  readonly text: string;
  /** What it would free, about. */
  readonly frees?: { readonly items: number; readonly bytes: number };
}

/** Less is not worth a word. */
const LEAST_SHARE = 0.1;
/** A kind that holds so much of all is worth being shortened. */
const LARGE_SHARE = 0.5;
const LEAST_AUDIT_DAYS = 365;
const MIB = 1 << 20;

/** What the numbers speak for; the kinds `logs`, `events` and `objects` are also part of `runs`. */
export function recommend(
  statistics: readonly KindStatistics[],
  periods: readonly KindPeriod[],
): readonly Recommendation[] {
  const byKind = new Map(periods.map((period) => [period.kind, period]));
  const whole = statistics.find(({ kind }) => kind === 'runs')?.bytes ?? 0;
  return statistics.flatMap((kind) => {
    const period = byKind.get(kind.kind);
    if (period === undefined)
      return kind.kind === 'audit' ? [] : thinkOfPeriod(kind, whole, byKind.get('runs'));
    return [...judgePeriod(kind, period), ...shorten(kind, period, whole)];
  });
}

/** The longest period that frees enough; parts of runs only where they are most of them. */
function thinkOfPeriod(
  kind: KindStatistics,
  whole: number,
  runs: KindPeriod | undefined,
): readonly Recommendation[] {
  const part = kind.kind !== 'runs';
  if (part && (whole < MIB || kind.bytes < whole * LARGE_SHARE)) return [];
  const longest = CANDIDATE_DAYS.toReversed().find(
    (days) => (runs === undefined || !part || days < runs.days) && isWorthIt(kind, days),
  );
  if (longest === undefined) return [];
  const frees = freedBy(kind, longest);
  const share = part ? `They are ${percent(kind.bytes / whole)} of what runs take. ` : '';
  return [
    {
      code: 'set-period',
      kind: kind.kind,
      days: longest,
      text: `${share}Kept for ${longest} days instead of for ever, ${kind.kind} would free ${describe(frees)} of ${describe(kind)}.${growthOf(kind, longest)}`,
      frees,
    },
  ];
}

function judgePeriod(kind: KindStatistics, { days, archive }: KindPeriod): readonly Recommendation[] {
  const found: Recommendation[] = [];
  if (kind.kind === 'audit' && days < LEAST_AUDIT_DAYS) {
    const text = `The audit log is kept for ${days} days; who looks into what happened often asks for a year: ${LEAST_AUDIT_DAYS} days.`;
    found.push({ code: 'keep-audit-longer', kind: kind.kind, days: LEAST_AUDIT_DAYS, text });
  }
  if (!archive && (kind.kind === 'runs' || kind.kind === 'audit')) {
    const text = `What is removed of ${kind.kind} is gone: nothing is archived first.`;
    found.push({ code: 'archive-first', kind: kind.kind, text });
  }
  const backlog = CANDIDATE_DAYS.find((each) => each > days && (kind.olderThan[each] ?? 0) > 0);
  if (backlog !== undefined) {
    const frees = freedBy(kind, backlog);
    const text = `${describe(frees)} of ${kind.kind} are older than ${backlog} days, though ${days} days are the period: passes do not run, or other things need them.`;
    found.push({ code: 'remove-backlog', kind: kind.kind, text, frees });
  }
  return found;
}

function shorten(kind: KindStatistics, { days }: KindPeriod, whole: number): readonly Recommendation[] {
  if (kind.kind === 'audit' || kind.bytes < Math.max(whole * LARGE_SHARE, MIB)) return [];
  const shorter = CANDIDATE_DAYS.toReversed().find((each) => each < days && isWorthIt(kind, each));
  if (shorter === undefined) return [];
  const frees = freedBy(kind, shorter);
  const text = `Kept for ${shorter} days instead of ${days}, ${kind.kind} would free ${describe(frees)} of ${describe(kind)}.${growthOf(kind, shorter)}`;
  return [{ code: 'shorten-period', kind: kind.kind, days: shorter, text, frees }];
}

function isWorthIt(kind: KindStatistics, days: number): boolean {
  return kind.items > 0 && (kind.olderThan[days] ?? 0) >= kind.items * LEAST_SHARE;
}

function freedBy(kind: KindStatistics, days: number): { readonly items: number; readonly bytes: number } {
  const items = kind.olderThan[days] ?? 0;
  return { items, bytes: kind.items === 0 ? 0 : Math.round((kind.bytes * items) / kind.items) };
}

function growthOf({ bytesPerDay }: KindStatistics, days: number): string {
  if (bytesPerDay < MIB) return '';
  return ` They grow by ${mebibytes(bytesPerDay)} a day: at that rate ${days} days hold ${mebibytes(bytesPerDay * days)}.`;
}

function describe({ items, bytes }: { readonly items: number; readonly bytes: number }): string {
  return `${items} (${mebibytes(bytes)})`;
}

function mebibytes(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

function percent(share: number): string {
  return `${Math.round(Math.min(share, 1) * 100)} %`;
}
