import type { Json } from '../../../json.js';
import type { Closure } from './environment.js';
import { functionKey } from './environment.js';
import { DEFINITIONS } from './library/definitions.js';
import { filters } from './library/filters.js';
import { lists } from './library/lists.js';
import { numbers } from './library/numbers.js';
import { patterns } from './library/patterns.js';
import { texts } from './library/texts.js';
import { times } from './library/times.js';
import type { Machine } from './machine.js';
import type { Meter } from './meter.js';
import { parseDefinitions } from './parser.js';
import type { Emit, Path } from './place.js';
import type { Definition } from './syntax.js';

export type Builtin =
  /** Of the input and one value of each argument. */
  | { readonly kind: 'value'; readonly compute: Compute }
  /** Runs its arguments itself. */
  | { readonly kind: 'filter'; readonly run: RunFilter }
  | { readonly kind: 'defined'; readonly definition: Definition };

type Compute = (meter: Meter, input: Json, ...args: Json[]) => Json;

type RunFilter = (machine: Machine, args: readonly Closure[], input: Json, path: Path, emit: Emit) => void;

/** By name and number of arguments: `length/0`. */
export type Computes = Readonly<Record<string, Compute>>;
export type Filters = Readonly<Record<string, RunFilter>>;

/** Every function that a program may call, by name and number of arguments. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ...parseDefinitions(DEFINITIONS).map(
    (definition) =>
      [functionKey(definition.name, definition.params.length), { kind: 'defined', definition }] as const,
  ),
  ...[lists, numbers, patterns, texts, times].flatMap((table) =>
    Object.entries(table).map(([key, compute]) => [key, { kind: 'value', compute }] as const),
  ),
  ...Object.entries(filters).map(([key, run]) => [key, { kind: 'filter', run }] as const),
]);

/** Functions of jq that this language leaves out, and why: what they answer is not the same at every replay, or no value. */
export const REFUSED: Readonly<Record<string, string>> = {
  now: 'the clock would answer otherwise at every replay; use `$workflow.startedAt` or `$task.startedAt`',
  env: 'the environment of a worker is none of the run; take it as input',
  input: 'there is one input only; use `.`',
  inputs: 'there is one input only; use `.`',
  input_filename: 'there is no file',
  input_line_number: 'there is no file',
  localtime: 'times are UTC; use `gmtime`',
  mktime_local: 'times are UTC',
  strflocaltime: 'times are UTC; use `strftime`',
  halt: 'a run ends by `then: end`',
  halt_error: 'a run fails by a `raise` task',
  get_search_list: 'there are no modules',
  modulemeta: 'there are no modules',
  import: 'there are no modules',
  include: 'there are no modules',
};
