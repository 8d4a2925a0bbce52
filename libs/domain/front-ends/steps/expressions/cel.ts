/** A piece of CEL and how tight it holds together. */
export interface Cel {
  readonly text: string;
  readonly level: number;
  readonly type: 'boolean' | 'number' | 'text' | 'status' | 'unknown';
  /** In place of `text` where a number is compared: `status` of an HTTP step. */
  readonly numeric?: string;
}

export const LEVEL = {
  choice: 0,
  or: 1,
  and: 2,
  relation: 3,
  sum: 4,
  product: 5,
  unary: 6,
  primary: 7,
} as const;

export function primary(text: string, type: Cel['type'] = 'unknown'): Cel {
  return { text, level: LEVEL.primary, type };
}

export function wrap(cel: Cel, level: number): string {
  return cel.level < level ? `(${cel.text})` : cel.text;
}

export function literal(value: null | boolean | number | string): Cel {
  const type =
    typeof value === 'string'
      ? 'text'
      : typeof value === 'object'
        ? 'unknown'
        : (typeof value as 'boolean' | 'number');
  return primary(typeof value === 'string' ? writeText(value) : String(value), type);
}

/** JSON's escapes are CEL's too. */
function writeText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll('\u007f', '\\u007f');
}

/** `.name`, or `["a-b"]` where it is none. */
export function member(of: string, name: string | number): string {
  if (typeof name === 'number') return `${of}[${name}]`;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !CEL_WORDS.has(name)
    ? `${of}.${name}`
    : `${of}[${writeText(name)}]`;
}

const CEL_WORDS = new Set(
  'as break const continue else false for function if import in let loop null package namespace return true var void while'.split(
    ' ',
  ),
);

/** All of the conditions, which may be none. */
export function allOf(conditions: readonly Cel[]): Cel | undefined {
  return join(conditions, '&&', LEVEL.and);
}

export function anyOf(conditions: readonly Cel[]): Cel | undefined {
  return join(conditions, '||', LEVEL.or);
}

function join(conditions: readonly Cel[], operator: string, level: number): Cel | undefined {
  const distinct = [...new Map(conditions.map((each) => [each.text, each])).values()];
  if (distinct.length <= 1) return distinct[0];
  return { text: distinct.map((each) => wrap(each, level)).join(` ${operator} `), level, type: 'boolean' };
}
