import type { Json } from '../json.js';
import type { Template } from '../plan/plan.js';
import type { FindingReport } from '../validation/report.js';
import type { StepKind, StepKinds, StepsDefinition } from './definition.js';
import type {
  OutlineAction,
  OutlineBlock,
  OutlineIndex,
  OutlineSchema,
  OutlineWorkflow,
  Sight,
} from './outline.js';
import type { Spot, TreeMap, TreeScalar } from './tree.js';

/** A stage or step while it is being read. */
export interface NodeSource {
  readonly map: Spot<TreeMap>;
  readonly node: OutlineIndex;
  /** Blocks around it. */
  readonly depth: number;
}

/**
 * What the kinds of step are given to read themselves with. Whatever goes through here is remembered for the checks
 * that need the whole definition: ids, order, actions and every expression.
 */
export interface Reading {
  readonly report: FindingReport;
  /** The block under `steps` of `holder`, inside `owner`. Absent, empty or no map: reported, and read as no steps. */
  readSteps(holder: Spot<TreeMap>, owner: NodeSource, block?: BlockTraits): StepsDefinition;
  /** Any value in which `${{ }}` may stand. */
  readTemplate(spot: Spot, owner: NodeSource, sight?: Sight): TemplateSource;
  /** Bare CEL. */
  readCondition(
    spot: Spot,
    owner: NodeSource,
    place: 'condition' | 'value',
    sight?: Sight,
  ): string | undefined;
  setNeeds(owner: NodeSource, needs: readonly Spot<TreeScalar>[]): void;
  setClaims(owner: NodeSource, spot: Spot): void;
  /** Variables of the blocks around the node, innermost first. */
  variablesAround(owner: NodeSource): readonly string[];
  addAction(use: OutlineAction): void;
  addWorkflow(call: OutlineWorkflow): void;
  addSchema(schema: OutlineSchema): void;
}

export type BlockTraits = Pick<OutlineBlock, 'variable' | 'rank'>;

export interface TemplateSource {
  /** As written. */
  readonly value: Json;
  /** `literal`: nothing in it depends on the run; `expression`: its value is what one expression yields. */
  readonly kind: Template['kind'];
}

/** One kind of step: its keys and how it is read. */
export interface StepSyntax<K extends StepKind> {
  /** Keys beside the kind's own name and the common ones. */
  readonly keys: readonly string[];
  /**
   * The typed form; `spot` is what stands under the kind's own name. Undefined where something needed is missing or
   * wrong, which was reported.
   */
  read(spot: Spot, step: NodeSource, reading: Reading): StepKinds[K] | undefined;
}
