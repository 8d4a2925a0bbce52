import type { CriterionResult, GateResult } from '#contracts/judgement/gate-result.js';
import { formatAmount } from '#gates/gate/condition.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';
import { formatTable, truncate } from './table.js';

const HEADING = ['RESULT', 'CRITERION', 'WEIGHT', 'VALUE', 'ASKED FOR'] as const;
const MAX_NAME = 40;
const MAX_EXPECTED = 60;

/** A gate for a person: each criterion in a row, then in words what did not pass, then what it comes to. */
export function renderGateResult(result: GateResult, style: Style): string[] {
  const { criteria, adapted, notes } = result;
  const open = criteria.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'info');
  return [
    ...renderCriteria(criteria, style),
    ...renderSection('What did not pass', open.flatMap(renderWords), style),
    ...renderSection(
      'Limits that are not as written',
      adapted.map(
        ({ criterion, level, written, used, reason }) =>
          `${criterion}, ${level}: ${used} instead of ${written}: ${reason}.`,
      ),
      style,
    ),
    ...renderSection('Left out', notes, style),
    '',
    paint(result.outcome, style)(toPlainText(result.text)),
    toPlainText(result.wouldChange),
  ];
}

function renderCriteria(criteria: readonly CriterionResult[], style: Style): string[] {
  const rows = criteria.map((each) => [
    each.outcome,
    truncate(toPlainText(each.title ?? each.name), MAX_NAME) + (each.key ? ' (key)' : ''),
    each.counted ? String(each.weight) : '-',
    each.value === undefined ? '-' : toPlainText(formatAmount(each.value, each.unit)),
    truncate(toPlainText(each.expected), MAX_EXPECTED),
  ]);
  const [heading = '', ...lines] = formatTable([HEADING, ...rows]);
  return [
    style.faint(heading),
    ...lines.map((line, index) => {
      const { outcome } = criteria[index]!;
      return paint(outcome, style)(outcome) + line.slice(outcome.length);
    }),
  ];
}

function renderWords({ text, wouldChange }: CriterionResult): string[] {
  return [text, ...(wouldChange === undefined ? [] : [`  ${wouldChange}`])];
}

function renderSection(title: string, lines: readonly string[], style: Style): string[] {
  if (lines.length === 0) return [];
  return ['', style.strong(title), ...lines.map((line) => `  ${toPlainText(line)}`)];
}

function paint(outcome: CriterionResult['outcome'], style: Style): (text: string) => string {
  const paints = {
    pass: style.good,
    warn: style.warn,
    fail: style.bad,
    inconclusive: style.warn,
    info: style.faint,
  } as const;
  return paints[outcome];
}
