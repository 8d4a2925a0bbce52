import type { Spot } from '../../../definition/tree.js';
import type { Conversion } from '../conversion.js';
import type { Durations } from '../durations.js';
import type { Scope } from '../expressions/scope.js';
import { type Keys, refuseKey } from '../keys.js';
import type { Names } from '../names.js';
import type { Emit, Emitted, StepSource } from '../step-source.js';

/** The whole document, as every step sees it. */
export interface DocumentContext {
  readonly conversion: Conversion;
  readonly names: Names;
  readonly durations: Durations;
  /** Variables that every command of the document sees. */
  readonly environment: Spot | undefined;
}

/** Steps that stand in one another. */
export interface Block {
  /** The steps by id, in order, when all of the document is known. */
  emit(): Emitted;
}

export interface KindInput {
  readonly keys: Keys;
  readonly source: StepSource;
  readonly document: DocumentContext;
  /** Names in scope; call it when all steps are known only. */
  scope(spot?: Spot): Scope;
  /** Parameters of the step that stand for themselves. */
  readonly locals: Locals;
  /** Reads steps that stand in this one. `variables`: of a loop, by the names that the source has for them. */
  readBlock(steps: readonly Spot[], variables?: ReadonlyMap<string, string>): Block;
  /** The same for one list of steps, whatever its form; refused where it is none. */
  readSteps(spot: Spot, variables?: ReadonlyMap<string, string>): Block | undefined;
  /** CEL name for the variable of a loop that nothing around has. */
  nameVariable(wanted: string): string;
  /** Milliseconds, where the step has a time limit that its kind must know. */
  readonly timeout: number | undefined;
}

/** Takes the keys of one kind of step; what it becomes is said when all steps are known. Undefined: refused. */
export type ReadKind = (input: KindInput) => Emit | undefined;

/** Parameters of a step that its texts may name. */
export class Locals {
  private readonly spots = new Map<string, Spot>();
  private readonly used = new Set<string>();

  set(name: string, spot: Spot): void {
    this.spots.set(name, spot);
  }

  has(name: string): boolean {
    return this.spots.has(name);
  }

  keys(): Iterable<string> {
    return this.spots.keys();
  }

  use(name: string): Spot | undefined {
    this.used.add(name);
    return this.spots.get(name);
  }

  finish(conversion: Conversion): void {
    for (const [name, spot] of this.spots) {
      if (!this.used.has(name))
        refuseKey(spot, 'is no key of a step, and nothing in the step names it', conversion);
    }
  }
}
