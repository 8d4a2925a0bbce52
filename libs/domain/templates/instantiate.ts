import { checkInputs, type InputError } from '../definition/check-inputs.js';
import type { Reading } from '../front-ends/front-end.js';
import { readWorkflow } from '../front-ends/read-workflow.js';
import type { Json, JsonObject } from '../json.js';
import type { PlanActions } from '../plan/action.js';
import type { Finding } from '../validation/finding.js';
import { FindingReport } from '../validation/report.js';
import { fillDefinition } from './fill-definition.js';
import type { Template } from './template.js';

/** Lists and maps within one another in a value. */
const MAX_DEPTH = 64;

export type Instantiated =
  | { readonly ok: true; readonly text: string; readonly reading: Reading }
  /** The values do not fit the variables. */
  | { readonly ok: false; readonly wrong: 'values'; readonly errors: readonly InputError[] }
  /** With these values the template makes no definition; places are those of the template. */
  | { readonly ok: false; readonly wrong: 'template'; readonly findings: readonly Finding[] }
  /** The definition that it makes is not valid; places are those of its text. */
  | {
      readonly ok: false;
      readonly wrong: 'definition';
      readonly text: string;
      readonly findings: readonly Finding[];
    };

/**
 * The definition that a template makes of these values: an ordinary one, which was validated. Values are data: no
 * text of theirs becomes an expression, a key of the language or YAML. Calls of other workflows are left to who knows
 * them (`checkWorkflowCalls`). Never throws, whatever the values.
 */
export function instantiate(template: Template, given: JsonObject, actions: PlanActions): Instantiated {
  const deep = Object.keys(given).find((name) => isDeeper(given[name]!, MAX_DEPTH));
  if (deep !== undefined) {
    const message = `nests lists and maps more than ${MAX_DEPTH} deep.`;
    return { ok: false, wrong: 'values', errors: [{ path: `variables.${deep}`, message }] };
  }
  const checked = checkInputs(template.variables, given, 'template');
  if (checked.errors !== undefined) return { ok: false, wrong: 'values', errors: checked.errors };
  const report = new FindingReport();
  const text = fillDefinition(template, checked.inputs, report);
  if (text === undefined || !report.isEmpty) {
    return { ok: false, wrong: 'template', findings: report.list() };
  }
  const reading = readWorkflow(text, actions);
  return reading.workflow === undefined
    ? { ok: false, wrong: 'definition', text, findings: reading.findings }
    : { ok: true, text, reading };
}

function isDeeper(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return depth === 0 || Object.values(value).some((member) => isDeeper(member as Json, depth - 1));
}
