import type {
  BypassMark,
  GateDecisionView,
  GateResultSummary,
  GateVersionView,
  GateView,
} from '#contracts/rest/gates.js';
import { renderGateResult } from './gate.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';
import { formatTable, renderTable } from './table.js';

/** Characters of an id of git, for people. */
const SHOWN_COMMIT = 12;

export function renderGates(items: readonly GateView[], style: Style): string[] {
  if (items.length === 0) return ['no gate yet; keep one: sluice gates apply GATE.yaml'];
  const rows = items.map((gate) =>
    [
      gate.name,
      gate.type ?? '',
      `v${gate.version}`,
      String(gate.criteria),
      gate.updatedAt,
      gate.bypass === undefined ? '' : `by ${gate.bypass.by} until ${gate.bypass.until}`,
    ].map(toPlainText),
  );
  return renderTable(['NAME', 'TYPE', 'VERSION', 'CRITERIA', 'CHANGED', 'BYPASSED'], rows, style);
}

export function renderGate(gate: GateView, { source }: GateVersionView, style: Style): string[] {
  const { type, bypass } = gate;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['type', type],
    ['version', `${gate.version}, ${gate.updatedAt}`],
    ['digest', gate.digest],
    ['bypassed', bypass && describeBypass(bypass)],
  ];
  return [
    style.strong(toPlainText(gate.name)),
    ...formatTable(
      facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, toPlainText(value)]])),
    ),
    '',
    ...source.trimEnd().split('\n').map(toPlainText),
  ];
}

export function renderGateResults(items: readonly GateResultSummary[], style: Style): string[] {
  if (items.length === 0) return ['no result'];
  const rows = items.map((each) =>
    [
      each.at,
      each.outcome,
      String(each.score),
      each.allowed ? (each.bypass === undefined ? 'yes' : `bypassed by ${each.bypass.by}`) : 'no',
      each.commit?.slice(0, SHOWN_COMMIT) ?? '',
      each.afterwards ?? '',
      each.by,
      each.id,
    ].map(toPlainText),
  );
  return renderTable(
    ['AT', 'OUTCOME', 'SCORE', 'ALLOWED', 'COMMIT', 'AFTERWARDS', 'BY', 'RESULT'],
    rows,
    style,
  );
}

/** What a gate of the project says, and whether it lets the change through. */
export function renderDecision(decision: GateDecisionView, style: Style): string[] {
  const { result, bypass, allowed, id } = decision;
  return [
    ...renderGateResult(result, style),
    ...(bypass === undefined
      ? []
      : [
          style.warn(
            toPlainText(
              `${allowed ? 'It is let through' : 'It was let through'}: ${describeBypass(bypass)}.`,
            ),
          ),
        ]),
    ...(id === undefined ? [] : [style.faint(toPlainText(`result ${id}`))]),
  ];
}

function describeBypass({ by, reason, until }: BypassMark): string {
  return `bypassed by ${by} until ${until}: ${reason}`;
}
