import type {
  ComparedRun,
  ComparisonView,
  StepDifference,
  ValueDifference,
} from '#contracts/rest/comparison.js';
import type { Json } from '#domain/json.js';
import { formatDuration } from './duration.js';
import { toPlainText, toSafeJson } from './plain-text.js';
import { paintStatus, symbolOf } from './step-symbol.js';
import type { Style } from './style.js';
import { formatTable, truncate } from './table.js';

/** Two runs, and under them what differs, the first run's side before the arrow. */
export function renderComparison(comparison: ComparisonView, style: Style): string[] {
  const { runs, inputs, steps, output, more } = comparison;
  const parts = [
    ...renderPart('inputs:', renderValues(inputs, '  '), style),
    ...renderPart('steps:', renderSteps(steps), style),
    ...renderPart('output:', renderValues(output, '  '), style),
  ];
  return [
    ...runs.map((run) => renderRun(run, style)),
    ...(parts.length === 0 ? ['they differ in nothing but time'] : parts),
    ...(more === true ? [style.faint('… and more than is shown')] : []),
  ];
}

function renderRun({ id, workflow, version, status, durationMs }: ComparedRun, style: Style): string {
  const time = durationMs === undefined ? '' : ` in ${formatDuration(durationMs)}`;
  const text = toPlainText(`${symbolOf(status)} ${workflow} v${version} ${status}`);
  return `${paintStatus(status, text, style)}${time} ${style.faint(`(run ${toPlainText(id)})`)}`;
}

function renderPart(heading: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : [style.strong(heading), ...lines];
}

const SIGNS: Readonly<Record<StepDifference['change'], string>> = { added: '+', removed: '-', changed: '~' };

function renderSteps(steps: readonly StepDifference[]): string[] {
  const rows = formatTable(
    steps.map((step) => [`  ${SIGNS[step.change]} ${toPlainText(step.key)}`, ...describeStep(step)]),
  );
  return steps.flatMap((step, index) => [rows[index]!, ...renderValues(step.output ?? [], '      ')]);
}

/** Cells: what became of it, its time, and what else is not alike. */
function describeStep({ status, durationMs, attempts, error }: StepDifference): string[] {
  const times = durationMs?.map((ms) => (ms === null ? '–' : formatDuration(ms)));
  return [
    describeChange(status),
    describeChange(times),
    [
      attempts === undefined || attempts[0] === attempts[1] ? '' : `attempts ${describeChange(attempts)}`,
      error === undefined ? '' : `error ${describeChange(error.map((code) => code ?? '–'))}`,
    ]
      .filter((part) => part !== '')
      .join(' · '),
  ];
}

/** `succeeded → failed`, or once what is the same on both sides. */
function describeChange(sides: readonly (string | number)[] | undefined): string {
  return toPlainText([...new Set(sides ?? [])].join(' → '));
}

function renderValues(values: readonly ValueDifference[], indent: string): string[] {
  return formatTable(
    values.map(({ path, before, after }) => [
      indent + toPlainText(path === '' ? '(all of it)' : path),
      `${describeValue(before)} → ${describeValue(after)}`,
    ]),
  );
}

const VALUE_WIDTH = 50;

function describeValue(value: Json | undefined): string {
  return value === undefined ? '–' : truncate(toSafeJson(value), VALUE_WIDTH);
}
