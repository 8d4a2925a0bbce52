import type { Figures } from './measure.js';
import { type Outcome, type Summary, summarise } from './outcome.js';

interface Column {
  readonly title: string;
  readonly figure: keyof Figures;
  readonly digits: number;
  /** It is an amount, not a figure to compare. */
  readonly amount?: true;
}

/** Where a table was measured, and how many runs at once its rate is of. */
interface Setting {
  readonly machine: string;
  readonly atOnce: number;
}

const columnsOf = ({ atOnce }: Setting): readonly Column[] => [
  { title: 'ten steps p50 (ms)', figure: 'tenStepsP50', digits: 1 },
  { title: 'p95 (ms)', figure: 'tenStepsP95', digits: 1 },
  { title: `${atOnce} at once (runs/s)`, figure: 'rate', digits: 1 },
  { title: 'processor s per 1,000 steps', figure: 'processorSeconds', digits: 2 },
  { title: '400 in sequence (ms)', figure: 'inSequence', digits: 0 },
  { title: 'fan-out of 100 (ms)', figure: 'fanOut', digits: 0 },
  { title: 'all at once: runs', figure: 'allAtOnce', digits: 0, amount: true },
  { title: 'runs/s', figure: 'allRate', digits: 1 },
  { title: 'p50 (ms)', figure: 'allP50', digits: 0 },
  { title: 'p95 (ms)', figure: 'allP95', digits: 0 },
  { title: 'stored per run (KiB)', figure: 'storedKib', digits: 1 },
  { title: 'memory at most (MiB)', figure: 'peakMib', digits: 0 },
];
const RATIO_DIGITS = 2;

/** For people, as tables of Markdown. */
export function formatOutcomes(outcomes: readonly Outcome[], setting: Setting): string {
  const columns = columnsOf(setting);
  const summaries = summarise(outcomes);
  const parts = [`${setting.machine}; medians of ${countRounds(outcomes)}`];
  if (summaries.length > 0) {
    parts.push(
      formatTable(summaries, columns, ({ medians }, { figure, digits }) => medians[figure].toFixed(digits)),
      `Ratios to ${summaries[0]!.name}:`,
      formatTable(
        summaries,
        columns.filter(({ amount }) => amount !== true),
        ({ ratios }, { figure }) => ratios[figure].toFixed(RATIO_DIGITS),
      ),
    );
  }
  parts.push(outcomes.map(describeOutcome).join('\n'));
  return `${parts.join('\n\n')}\n`;
}

function countRounds(outcomes: readonly Outcome[]): string {
  const rounds = Math.max(0, ...outcomes.map((outcome) => outcome.rounds.length));
  return rounds === 1 ? '1 round' : `${rounds} rounds`;
}

function formatTable(
  summaries: readonly Summary[],
  columns: readonly Column[],
  cellOf: (summary: Summary, column: Column) => string,
): string {
  const rows = [
    ['Peer', ...columns.map(({ title }) => title)],
    ['---', ...columns.map(() => '---:')],
    ...summaries.map((summary) => [summary.name, ...columns.map((column) => cellOf(summary, column))]),
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function describeOutcome({ name, about, versions, failure }: Outcome): string {
  const numbers = Object.entries(versions).map(([of, version]) => `${of} ${version}`);
  const told = `- ${name}: ${about}${numbers.length > 0 ? ` (${numbers.join(', ')})` : ''}.`;
  return failure === undefined ? told : `${told} FAILED: ${failure}`;
}
