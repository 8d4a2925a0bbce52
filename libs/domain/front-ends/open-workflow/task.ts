import type { Spot, TreeMap } from '../../definition/tree.js';
import type { JsonObject } from '../../json.js';

export const TASK_KINDS = [
  'call',
  'fork',
  'emit',
  'for',
  'listen',
  'raise',
  'run',
  'set',
  'switch',
  'try',
  'wait',
  'do',
] as const;

export type TaskKind = (typeof TASK_KINDS)[number];

/** One task of a list, checked by the standard's schema. */
export interface Task {
  readonly name: string;
  readonly kind: TaskKind;
  readonly spot: Spot<TreeMap>;
  readonly value: JsonObject;
  /** JSON Pointer. */
  readonly reference: string;
  /** Names of functions whose bodies it stands in. */
  readonly functions: readonly string[];
}

/** Which kind of task its keys say; undefined where they say none. `for` and `try` hold a `do` or `catch` beside them. */
export function kindOf(value: JsonObject): TaskKind | undefined {
  return TASK_KINDS.find((kind) => Object.hasOwn(value, kind));
}

export function pointer(base: string, ...keys: readonly (string | number)[]): string {
  return base + keys.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

export interface BlockContext {
  /** Blocks around. */
  readonly depth: number;
  /** Position of the list's first task, where the list is a part of another. */
  readonly first?: number;
  readonly functions: readonly string[];
}

export interface Pending {
  readonly spot: Spot;
  readonly then: string;
}

/** The part of the standard's schema that the task must fit. */
export function partOf(kind: Task['kind'], value: JsonObject): string {
  if (kind !== 'call') return `${kind}Task`;
  const call = String(value['call']);
  return ['asyncapi', 'grpc', 'http', 'openapi', 'a2a', 'mcp'].includes(call)
    ? `call:${call}`
    : 'call:function';
}
