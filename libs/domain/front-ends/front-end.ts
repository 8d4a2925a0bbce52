import type { ParsedTree } from '../definition/tree.js';
import type { JsonObject } from '../json.js';
import type { PlanActions } from '../plan/action.js';
import type { VersionOf } from '../plan/compile.js';
import type { Plan } from '../plan/plan.js';
import type { Finding } from '../validation/finding.js';
import type { WorkflowCalls } from '../validation/workflows.js';

/** How people name the languages in which a workflow may be written. */
export type Format = 'open-workflow' | 'steps' | 'sluice';

/**
 * One language in which a workflow may be written: a folder, and a row of the table. It ends in a Plan; nothing after
 * it knows where that came from.
 */
export interface FrontEnd {
  /** For people. */
  readonly title: string;
  /** Whether the text is meant to be in it, right or wrong: by the keys of its outermost map alone. */
  recognises(tree: ParsedTree): boolean;
  /** Never throws, whatever the tree; the time taken grows with its size, not with its square. */
  read(tree: ParsedTree, actions: PlanActions): Reading;
}

/** What a text means, or everything that is wrong with it. */
export interface Reading {
  /** As written, where it could be read. */
  readonly name?: string;
  /** Calls of other workflows, which only who knows them can check (`checkWorkflowCalls`). */
  readonly calls: WorkflowCalls;
  /** In the order of the text. */
  readonly findings: readonly Finding[];
  /** Present where nothing is wrong. */
  readonly workflow?: ReadWorkflow;
}

export interface ReadWorkflow {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema (2020-12) per input; one without `default` is required. `WHOLE_INPUT`: of any input as a whole. */
  readonly inputs: Readonly<Record<string, JsonObject>>;
  /** @param versionOf asked about each workflow that is called by other than a number */
  compile(versionOf?: VersionOf): Plan;
}
