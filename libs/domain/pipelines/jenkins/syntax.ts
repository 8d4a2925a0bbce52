import type { Place } from '../pipeline.js';

/** What is understood of Groovy: calls with their blocks, assignments, and control flow as blocks. */
export type Statement = CallStatement | Assignment | Control | Loose | FunctionStatement;

interface CallStatement {
  readonly kind: 'call';
  readonly call: Call;
}

interface Assignment {
  readonly kind: 'assignment';
  readonly name: string;
  /** Whether it is `builds["a"] = …`. */
  readonly isPart: boolean;
  /** Of a part; undefined where it is computed. */
  readonly key: string | undefined;
  readonly value: Expression;
  readonly place: Place;
}

/** `if`, `for`, `try` and the like. */
interface Control {
  readonly kind: 'control';
  readonly word: string;
  /** What is asked before the block. */
  readonly condition: readonly Expression[];
  readonly body: readonly Statement[];
  readonly place: Place;
}

interface FunctionStatement {
  readonly kind: 'function';
  readonly name: string;
  readonly body: readonly Statement[];
}

/** An expression that stands for itself. */
interface Loose {
  readonly kind: 'loose';
  readonly value: Expression;
}

export type Expression =
  | { readonly kind: 'text'; readonly text: string; readonly computed: boolean; readonly place: Place }
  | { readonly kind: 'number'; readonly text: string; readonly place: Place }
  | { readonly kind: 'name'; readonly name: string; readonly place: Place }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly place: Place }
  | { readonly kind: 'map'; readonly entries: readonly MapEntry[]; readonly place: Place }
  | { readonly kind: 'closure'; readonly body: readonly Statement[]; readonly place: Place }
  | { readonly kind: 'call'; readonly call: Call; readonly place: Place }
  /** Operators over operands. */
  | { readonly kind: 'other'; readonly parts: readonly Expression[]; readonly place: Place };

export interface MapEntry {
  /** Undefined where it is computed. */
  readonly key: string | undefined;
  readonly place: Place;
  readonly value: Expression;
}

/** `docker.image('a').inside('-u root') { … }` is the call `docker.image.inside` after the call `docker.image`. */
export interface Call {
  readonly name: string;
  readonly place: Place;
  readonly args: readonly Expression[];
  readonly named: readonly MapEntry[];
  readonly block?: readonly Statement[];
  /** The call whose answer it is called on. */
  readonly on?: Expression;
}
