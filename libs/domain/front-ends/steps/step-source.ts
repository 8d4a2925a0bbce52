import type { Spot, TreeMap } from '../../definition/tree.js';
import type { JsonObject } from '../../json.js';

/** What the output of a step is read as. */
type OutputKind = 'command' | 'http' | 'set' | 'condition' | 'approval' | 'event' | 'other';

/** One step of the source, known by all its names before any expression is looked at. */
export interface StepSource {
  readonly id: string;
  /** As the document may name it, the surest first. */
  readonly sourceIds: readonly string[];
  readonly spot: Spot<TreeMap>;
  /** What holds it. */
  readonly parent: StepSource | undefined;
  output: OutputKind;
  /** Somebody reads a member of what a command prints. */
  printsJson: boolean;
  /** Names under which its values are set, for `set`. */
  readonly values: Set<string>;
}

/** What an expression, or all of a step, makes use of. */
export interface Uses {
  readonly steps: Set<StepSource>;
  /** Asked whether they failed, so that a failure of theirs must not keep the step from being asked. */
  readonly asked: Set<StepSource>;
  /** Calls `failed()`, `always()` or `succeeded()`. */
  asksNeeds: boolean;
  readonly secrets: Set<string>;
}

export function createUses(): Uses {
  return { steps: new Set(), asked: new Set(), asksNeeds: false, secrets: new Set() };
}

/** What a kind of step becomes: its own key and those beside it (`with`, `steps`). */
export type Emitted = JsonObject;

/** Called when all steps are known. */
export type Emit = () => Emitted | undefined;
