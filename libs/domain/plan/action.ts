import type { Spot, TreeMap } from '../definition/tree.js';
import type { JsonObject } from '../json.js';
import type { FindingReport } from '../validation/report.js';

/** What validation and compilation need to know of an action; the catalogue's entries are assignable to it. */
export interface PlanAction {
  readonly name: string;
  readonly queue: string;
  readonly workspace: boolean;
  readonly fillsWorkspace: 'always' | 'never' | 'on-request';
  readonly quick: boolean;
  readonly inline: boolean;
  readonly unattended?: true;
  readonly takesSecrets: boolean;
  /** JSON Schema 2020-12 of `with` after templates are resolved. */
  readonly input: JsonObject;
  /** Finds in `with`, as written, what no schema can tell; templates are left alone. */
  readonly check?: (input: Spot<TreeMap>, report: FindingReport) => void;
}

export type PlanActions = ReadonlyMap<string, PlanAction>;
