import type { JsonObject } from '../../json.js';

/** How one kind of step is written. */
export interface KindSchema {
  /** What stands under the kind's own name. */
  readonly value: JsonObject;
  /** What may stand beside it, apart from the keys that all steps have. */
  readonly beside?: Readonly<Record<string, JsonObject>>;
  /** Which of those must. */
  readonly required?: readonly string[];
}
