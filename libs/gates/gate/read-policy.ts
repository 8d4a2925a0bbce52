import type { PolicyCriterion } from '#contracts/judgement/gate.js';
import { quote } from '#domain/definition/path.js';
import { entryOf, positionInText, type Spot, type TreeMap } from '#domain/definition/tree.js';
import { readEntry, readText } from '#domain/definition/values.js';
import { analyse } from '#domain/expressions/analyse.js';
import { suggest } from '#domain/validation/nearest.js';
import type { FindingReport } from '#domain/validation/report.js';
import type { Frame } from './read-criteria.js';

/** Names that a policy may ask about. */
const POLICY_NAMES = ['metrics', 'risk', 'gate'] as const;

export function readPolicy(
  map: Spot<TreeMap>,
  frame: Frame,
  report: FindingReport,
): PolicyCriterion | undefined {
  const policy = readExpression(entryOf(map, 'policy')!, report);
  const warn = readEntry(map, 'warn', (spot) => readExpression(spot, report));
  return policy === undefined ? undefined : { ...frame, kind: 'policy', policy, ...warn };
}

function readExpression(spot: Spot, report: FindingReport): string | undefined {
  const text = readText(spot, report, 'Write a condition in CEL: `metrics.critical == 0`.');
  if (text === undefined) return undefined;
  const source = String(text.node.value);
  const at = (offset: number) => ({ path: spot.path, position: positionInText(text.node, offset) });
  const analysis = analyse({ dialect: 'cel', source });
  if (!analysis.ok) {
    report.add(
      'expression-invalid',
      at(analysis.offset),
      analysis.message,
      'Write a condition in CEL: `metrics.critical == 0`.',
    );
    return undefined;
  }
  for (const name of analysis.references.names) {
    if (POLICY_NAMES.some((known) => known === name)) continue;
    const otherwise =
      'In a policy there are `metrics.<name>`, `risk.score`, `risk.level`, `gate.name` and `gate.type`.';
    report.add('reference-unknown-name', at(0), `${quote(name)} is not known in a policy.`, () =>
      suggest(name, POLICY_NAMES, otherwise),
    );
  }
  return source;
}
