import type { Definition } from '../definition/definition.js';
import { parseInto } from '../definition/parse.js';
import { type DefinitionReading, readTree } from '../definition/read.js';
import type { ParsedTree } from '../definition/tree.js';
import type { PlanActions } from '../plan/action.js';
import { checkActions } from './actions.js';
import { checkClaims } from './claims.js';
import type { Finding } from './finding.js';
import { checkIds } from './ids.js';
import { checkNeeds } from './needs.js';
import { checkReferences } from './references.js';
import { FindingReport } from './report.js';
import { checkInputSchemas, checkStepSchemas } from './schemas.js';
import type { WorkflowCalls } from './workflows.js';

export interface ValidationResult {
  /** Present where nothing is wrong. */
  readonly definition?: Definition;
  /** As written, where it could be read. */
  readonly name?: string;
  /** Calls of other workflows, which only who knows them can check (`checkWorkflowCalls`). */
  readonly calls: WorkflowCalls;
  /** In the order of the text. */
  readonly findings: readonly Finding[];
}

/**
 * Everything that is wrong with a definition, at once, before anything of it runs. Never throws, whatever the tree.
 * The time taken grows with the size of the tree, not with its square.
 */
export function validate(tree: ParsedTree, actions: PlanActions): ValidationResult {
  const report = new FindingReport();
  return conclude(validateInto(tree, actions, report), report);
}

/** `parse` and `validate` in one: what a text means, or everything that is wrong with it. */
export function readDefinition(text: string, actions: PlanActions): ValidationResult {
  const report = new FindingReport();
  const tree = parseInto(text, report);
  return conclude(tree && validateInto(tree, actions, report), report);
}

function validateInto(
  tree: ParsedTree,
  actions: PlanActions,
  report: FindingReport,
): DefinitionReading | undefined {
  const reading = readTree(tree, report);
  if (reading === undefined) return undefined;
  const { outline } = reading;
  checkIds(outline, report);
  checkInputSchemas(outline.inputs, report);
  checkStepSchemas(outline.schemas, report);
  checkActions(outline.actions, actions, report);
  checkClaims(outline, report);
  checkReferences(outline, checkNeeds(outline, report), report);
  return reading;
}

function conclude(reading: DefinitionReading | undefined, report: FindingReport): ValidationResult {
  const complete = report.isEmpty && reading !== undefined;
  return {
    ...(complete ? { definition: reading.definition } : {}),
    ...(reading === undefined ? {} : { name: reading.definition.name }),
    calls: reading?.outline.workflows ?? [],
    findings: report.list(),
  };
}
