import { describeMisplaced, gateEvaluate, listMisplaced } from '#contracts/catalogue/gate-evaluate.js';
import type { Path } from '#domain/definition/path.js';
import {
  entriesOf,
  entryOf,
  isList,
  isMap,
  isScalar,
  itemsOf,
  type Spot,
  type TreeMap,
  type TreeNode,
  toJson,
} from '#domain/definition/tree.js';
import type { JsonObject } from '#domain/json.js';
import type { PlanActions } from '#domain/plan/action.js';
import type { FindingCode } from '#domain/validation/codes.js';
import type { Position } from '#domain/validation/finding.js';
import { atKey, FindingReport, type Hint, type Where } from '#domain/validation/report.js';
import { readGateAt } from './read-gate.js';

/** The catalogue, with gates that are written out in steps being read where definitions are. */
export function withGateChecks(actions: PlanActions): PlanActions {
  const action = actions.get(gateEvaluate.name);
  if (action === undefined) return actions;
  return new Map([...actions, [action.name, { ...action, check }]]);
}

function check(input: Spot<TreeMap>, report: FindingReport): void {
  const gate = entryOf(input, 'gate');
  if (gate === undefined || isTemplate(gate.node)) return;
  const isKept = isScalar(gate);
  for (const name of listMisplaced(toJson(input.node) as JsonObject)) {
    const where = atKey(entryOf(input, name)!);
    const hint = 'Leave it out, or name the gate the other way.';
    report.add('action-input-invalid', where, `\`${name}\` ${describeMisplaced(isKept)}.`, hint);
  }
  if (isMap(gate)) readGateAt(gate, new DecidedFindings(gate, report));
}

/** Whatever the values turn out to be, the keys stay. */
const ABOUT_KEYS: ReadonlySet<FindingCode> = new Set([
  'criterion-kind-ambiguous',
  'criterion-kind-missing',
  'key-missing',
  'key-unknown',
  'type-mismatch',
]);

/** Told of all criteria together. */
const ABOUT_THE_WHOLE: ReadonlySet<FindingCode> = new Set(['weights-zero']);

/** Passes on what stands whatever the templates of a gate turn out to be. */
class DecidedFindings extends FindingReport {
  private readonly templates = new Set<string>();
  /** Parts of the gate that have some. */
  private readonly parts = new Set<string>();

  constructor(
    private readonly gate: Spot,
    private readonly report: FindingReport,
  ) {
    super();
    this.collect(gate);
  }

  override add(code: FindingCode, where: Where, message: string, hint: Hint): void {
    // Those who read ask whether they have found anything.
    super.add(code, where, message, hint);
    if (this.isDecided(code, where)) this.report.add(code, where, message, hint);
  }

  private isDecided(code: FindingCode, { path, position }: Where): boolean {
    if (ABOUT_KEYS.has(code)) return !this.templates.has(placeOf(position));
    if (ABOUT_THE_WHOLE.has(code)) return this.templates.size === 0;
    return !this.parts.has(partOf(path, this.gate.path));
  }

  private collect(spot: Spot): void {
    if (isTemplate(spot.node)) {
      this.templates.add(placeOf(spot.node.position));
      this.parts.add(partOf(spot.path, this.gate.path));
    }
    if (isList(spot)) for (const item of itemsOf(spot)) this.collect(item);
    if (isMap(spot)) for (const [, entry] of entriesOf(spot)) this.collect(entry);
  }
}

/** Lists and maps whose members are judged one by one. */
const OF_MANY: ReadonlySet<unknown> = new Set(['criteria', 'metrics', 'objectives']);

/** A criterion, a source, or what else stands at the top of the gate. */
function partOf(path: Path | undefined, gate: Path | undefined): string {
  const keys: (string | number)[] = [];
  for (let at = path; at !== undefined && at !== gate; at = at.parent) keys.unshift(at.key);
  return JSON.stringify(keys.slice(0, OF_MANY.has(keys[0]) ? 2 : 1));
}

function placeOf({ line, column }: Position): string {
  return `${line}:${column}`;
}

function isTemplate(node: TreeNode): boolean {
  return node.kind === 'scalar' && typeof node.value === 'string' && node.value.includes('${{');
}
