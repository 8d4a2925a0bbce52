import type { Spot } from '../../../definition/tree.js';
import type { Conversion } from '../conversion.js';
import type { Names } from '../names.js';
import type { StepSource, Uses } from '../step-source.js';
import type { Cel } from './cel.js';

/** Parameters of the step itself, by name. */
interface LocalNames {
  has(name: string): boolean;
  use(name: string): Spot | undefined;
}

/** What the names in an expression may mean where it stands. */
export interface Scope {
  readonly conversion: Conversion;
  readonly names: Names;
  /** Where the expression stands. */
  readonly spot: Spot;
  /** Variables of the loops around, as CEL. */
  readonly variables: ReadonlyMap<string, string>;
  /** Parameters of the step itself. */
  readonly locals: LocalNames;
  /** The step that `previous`, or a bare `status`, asks about. */
  readonly previous: StepSource | undefined;
  readonly uses: Uses;
  /** A text in which expressions stand, as one value. Throws ExpressionError. */
  readonly translateText: (text: string, scope: Scope) => Cel;
  /** Variables whose texts are being put in. */
  readonly open?: readonly string[];
}
