import { quote } from '../definition/path.js';
import { parseStepKey } from '../execution/instance.js';
import type { JsonObject } from '../json.js';
import type { PlanActions } from '../plan/action.js';
import type { Plan, PlanNode } from '../plan/plan.js';
import { findNode } from '../plan/plan-index.js';
import type { FindingCode } from '../validation/codes.js';
import { suggest } from '../validation/nearest.js';
import type { FindingReport, Where } from '../validation/report.js';

const KEY = /^[^[\]]+((\[\d+\])*)$/;

/** The definition that tests are about. */
export class Subject {
  /** @param found what is wrong with it; then it has neither plan nor inputs */
  constructor(
    readonly actions: PlanActions,
    readonly plan: Plan | undefined,
    readonly inputs: Readonly<Record<string, JsonObject>> | undefined,
    readonly found: readonly FindingCode[],
  ) {}

  /** The node that a key (`deploy[2]`) or id (`deploy`, `deploy:compensate`) names; that there is none is reported. */
  require(
    key: string,
    where: Where,
    report: FindingReport,
    code: FindingCode = 'reference-unknown-step',
  ): PlanNode | undefined {
    const { plan } = this;
    if (plan === undefined) return undefined;
    const node = KEY.test(key) ? findNode(plan, parseStepKey(key).id) : undefined;
    if (node === undefined) {
      report.add(code, where, `There is no step ${quote(key)}.`, () =>
        suggest(
          key,
          plan.nodes.map(({ id }) => id),
          'Name a step of the definition; one turn of a loop as `deploy[2]`.',
        ),
      );
      return undefined;
    }
    const { iterations } = parseStepKey(key);
    if (iterations.length <= node.loops.length) return node;
    const message = `${quote(key)} has ${iterations.length} numbers, and stands in ${node.loops.length} loops.`;
    report.add(code, where, message, `Write \`${node.id}\`, or a number for each loop, outermost first.`);
    return undefined;
  }
}
