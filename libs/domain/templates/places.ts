/** Where a value of the definition stands, as far as it decides what a variable may do there. */
export interface Standing {
  /** Of the entry that holds it; undefined for the root. Items of a list have that of the list. */
  readonly key: string | undefined;
  readonly parentKey: string | undefined;
  /** Below a key that holds data, where a map is a value and no part of the language. */
  readonly data: boolean;
  /** Where `${{` is not read as the begin of an expression. */
  readonly raw: boolean;
}

export const ROOT_STANDING: Standing = { key: undefined, parentKey: undefined, data: false, raw: false };

/** Keys whose values are data of the author, maps included. */
const DATA_KEYS: ReadonlySet<string> = new Set([
  'with',
  'set',
  'data',
  'inputs',
  'output',
  'in',
  'matrix',
  'include',
  'exclude',
]);

const RAW_KEYS: ReadonlySet<string> = new Set(['inputs', 'name', 'description']);

export function descendTo(standing: Standing, key: string): Standing {
  const top = standing.key === undefined;
  return {
    key,
    parentKey: standing.key,
    data: standing.data || DATA_KEYS.has(key),
    raw: standing.raw || (top && RAW_KEYS.has(key)),
  };
}

/** Whether a text here is an expression without `${{ }}`. */
export function isCondition({ key, parentKey }: Standing): boolean {
  if (key === 'if' || key === 'while') return true;
  // `wait: { until: … }` holds a moment.
  return key === 'until' && parentKey !== 'wait';
}
