import { quote } from '../definition/path.js';
import { isScalar, positionInText, type Spot } from '../definition/tree.js';
import { readString } from '../definition/values.js';
import { analyse } from '../expressions/analyse.js';
import type { Expression } from '../plan/plan.js';
import { suggest } from '../validation/nearest.js';
import { atValue, type FindingReport } from '../validation/report.js';
import type { Subject } from './subject.js';

/** Bare CEL that sees these names, and the steps of the subject where there is one. */
export function readExpression(
  spot: Spot,
  names: readonly string[],
  report: FindingReport,
  subject?: Subject,
): Expression | undefined {
  const source = readString(spot, report, 'Write an expression in CEL, without `${{ }}`.');
  if (source === undefined || !isScalar(spot)) return undefined;
  const expression: Expression = { dialect: 'cel', source };
  const analysis = analyse(expression);
  if (!analysis.ok) {
    const where = { path: spot.path, position: positionInText(spot.node, analysis.offset) };
    report.add('expression-invalid', where, analysis.message, 'Correct the expression; it is CEL.');
    return undefined;
  }
  const known = subject === undefined ? names : [...names, 'steps'];
  for (const name of analysis.references.names) {
    if (known.includes(name)) continue;
    report.add('reference-unknown-name', atValue(spot), `${quote(name)} is no name here.`, () =>
      suggest(name, known, `There are: ${known.join(', ')}.`),
    );
  }
  if (subject !== undefined) {
    for (const step of analysis.references.steps) subject.require(step, atValue(spot), report);
  }
  return expression;
}
