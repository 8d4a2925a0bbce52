import { normalizeKey } from '../keys.js';
import { type Cel, LEVEL, literal, primary, wrap } from './cel.js';
import { resolvePath } from './resolve-path.js';
import type { Scope } from './scope.js';
import { type Ast, ExpressionError } from './syntax.js';

/** How engines say that a step ended well, ill, or never began. */
const STATUSES: Readonly<Record<string, 'succeeded' | 'failed' | 'skipped'>> = {
  success: 'succeeded',
  succeeded: 'succeeded',
  successful: 'succeeded',
  completed: 'succeeded',
  complete: 'succeeded',
  done: 'succeeded',
  ok: 'succeeded',
  passed: 'succeeded',
  pass: 'succeeded',
  finished: 'succeeded',
  failed: 'failed',
  failure: 'failed',
  fail: 'failed',
  error: 'failed',
  errored: 'failed',
  skipped: 'skipped',
  skip: 'skipped',
};

const RELATIONS: Readonly<Record<string, string>> = {
  '==': '==',
  '!=': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** The same in CEL. Throws ExpressionError for what has no meaning there. */
export function translate(ast: Ast, scope: Scope): Cel {
  switch (ast.kind) {
    case 'literal':
      return literal(ast.value);
    case 'path':
      return readPath(ast.members, scope);
    case 'list': {
      const items = ast.items.map((item) => translate(item, scope).text);
      return primary(`[${items.join(', ')}]`);
    }
    case 'text':
      return translateParts(ast.parts, scope);
    case 'not':
      return {
        text: `!${wrap(asCondition(translate(ast.operand, scope)), LEVEL.unary)}`,
        level: LEVEL.unary,
        type: 'boolean',
      };
    case 'negative':
      return {
        text: `-${wrap(translate(ast.operand, scope), LEVEL.primary)}`,
        level: LEVEL.unary,
        type: 'number',
      };
    case 'choice': {
      const [test, then, otherwise] = [
        asCondition(translate(ast.test, scope)),
        translate(ast.then, scope),
        translate(ast.otherwise, scope),
      ];
      const text = `${wrap(test, LEVEL.or)} ? ${wrap(then, LEVEL.or)} : ${wrap(otherwise, LEVEL.or)}`;
      return { text, level: LEVEL.choice, type: then.type === otherwise.type ? then.type : 'unknown' };
    }
    case 'call':
      return translateCall(ast, scope);
    case 'binary':
      return translateBinary(ast, scope);
  }
}

function readPath(members: readonly (string | number)[], scope: Scope): Cel {
  const last = members.at(-1);
  const isSize = members.length > 1 && (last === 'length' || last === 'size' || last === 'count');
  if (!isSize) return resolvePath(members, scope);
  const of = resolvePath(members.slice(0, -1), scope);
  return primary(`size(${of.text})`, 'number');
}

/** Texts in which expressions stand, as one value. */
export function translateParts(parts: readonly (string | Ast)[], scope: Scope): Cel {
  const [only] = parts;
  if (parts.length === 1) return typeof only === 'string' ? literal(only) : translate(only!, scope);
  const pieces = parts.map((part) =>
    typeof part === 'string' ? literal(part) : asText(translate(part, scope)),
  );
  return { text: pieces.map((piece) => wrap(piece, LEVEL.sum)).join(' + '), level: LEVEL.sum, type: 'text' };
}

function asText(cel: Cel): Cel {
  return cel.type === 'text' || cel.type === 'status' ? cel : primary(`string(${cel.text})`, 'text');
}

/** True or false, as engines take values for it: nothing, zero, `""` and `"false"` are false. */
export function asCondition(cel: Cel): Cel {
  if (cel.type === 'boolean') return cel;
  if (cel.type === 'status')
    return { text: `${cel.text} == "succeeded"`, level: LEVEL.relation, type: 'boolean' };
  const nothing =
    cel.type === 'number' ? '[0]' : cel.type === 'text' ? '["", "false"]' : '[null, false, 0, "", "false"]';
  return { text: `!(${wrap(cel, LEVEL.sum)} in ${nothing})`, level: LEVEL.unary, type: 'boolean' };
}

function translateBinary({ operator, left, right }: Ast & { kind: 'binary' }, scope: Scope): Cel {
  if (operator === '&&' || operator === '||') {
    const level = operator === '&&' ? LEVEL.and : LEVEL.or;
    const sides = [left, right].map((side) => wrap(asCondition(translate(side, scope)), level));
    return { text: sides.join(` ${operator} `), level, type: 'boolean' };
  }
  if (operator === '??') {
    const [value, otherwise] = [translate(left, scope), translate(right, scope)];
    return {
      text: `${wrap(value, LEVEL.sum)} == null ? ${wrap(otherwise, LEVEL.or)} : ${wrap(value, LEVEL.or)}`,
      level: LEVEL.choice,
      type: 'unknown',
    };
  }
  const [a, b] = translateSides(left, right, scope);
  if (operator === 'in') return relation(`${wrap(a, LEVEL.sum)} in ${wrap(b, LEVEL.sum)}`);
  if (Object.hasOwn(RELATIONS, operator))
    return relation(`${wrap(a, LEVEL.sum)} ${operator} ${wrap(b, LEVEL.sum)}`);
  if (operator === 'contains') return contains(a, b);
  if (/^(startsWith|endsWith|matches)$/.test(operator)) return callOf(a, operator, [b]);
  const level = /^[+-]$/.test(operator) ? LEVEL.sum : LEVEL.product;
  const [x, y] =
    operator === '+' && (a.type === 'text') !== (b.type === 'text') ? [asText(a), asText(b)] : [a, b];
  const type = x.type === 'text' ? 'text' : 'number';
  return { text: `${wrap(x, level)} ${operator} ${wrap(y, level + 1)}`, level, type };
}

function relation(text: string): Cel {
  return { text, level: LEVEL.relation, type: 'boolean' };
}

/** Both sides, where one word alone beside a name may be meant as text, and words for how a step ended become ours. */
function translateSides(left: Ast, right: Ast, scope: Scope): readonly [Cel, Cel] {
  const [a, b] = [translateSide(left, right, scope), translateSide(right, left, scope)];
  return [matchTypes(a, b, right, scope), matchTypes(b, a, left, scope)];
}

function translateSide(side: Ast, other: Ast, scope: Scope): Cel {
  return (isBareWord(side, scope) && !isBareWord(other, scope) && other.kind !== 'literal') ||
    isStatusWord(side, other)
    ? literal(String((side as { members: readonly string[] }).members[0]))
    : translate(side, scope);
}

/** `steps.build.status == success`: the word, not how the step before ended. */
function isStatusWord(side: Ast, other: Ast): boolean {
  return (
    side.kind === 'path' &&
    side.bare === true &&
    side.members.length === 1 &&
    Object.hasOwn(STATUSES, String(side.members[0]).toLowerCase()) &&
    other.kind === 'path' &&
    other.members.length > 1 &&
    other.members.at(-1) === 'status'
  );
}

/** `${branch} == main`: a word that names nothing. */
function isBareWord(ast: Ast, { names, variables, locals, previous }: Scope): boolean {
  if (ast.kind !== 'path' || ast.bare !== true || ast.members.length !== 1) return false;
  const word = String(ast.members[0]);
  if (
    previous !== undefined &&
    /^(status|exitcode|success|stdout|output|result)$/i.test(word.replaceAll('_', ''))
  )
    return false;
  return (
    names.variable(word) === undefined &&
    names.outputOf(word) === undefined &&
    !variables.has(word) &&
    !locals.has(word)
  );
}

/** `cel` as it must be to be compared with `other`. */
function matchTypes(cel: Cel, other: Cel, otherAst: Ast, scope: Scope): Cel {
  if (cel.numeric !== undefined && other.type === 'number') return primary(cel.numeric, 'number');
  if (other.type === 'status') return toStatus(cel);
  if (
    other.type === 'text' &&
    otherAst.kind === 'literal' &&
    (cel.type === 'number' || cel.type === 'boolean') &&
    cel.level === LEVEL.primary &&
    scope !== undefined
  )
    return primary(`string(${cel.text})`, 'text');
  return cel;
}

function toStatus(cel: Cel): Cel {
  if (cel.type !== 'text') {
    const items = /^\[("[^"\\]*"(, )?)*\]$/.test(cel.text) ? (JSON.parse(cel.text) as string[]) : undefined;
    if (items === undefined) return cel;
    return primary(`[${[...new Set(items.map(statusWord))].map((word) => JSON.stringify(word)).join(', ')}]`);
  }
  if (!/^"[^"\\]*"$/.test(cel.text)) return cel;
  return literal(statusWord(JSON.parse(cel.text) as string));
}

function statusWord(word: string): string {
  const key = word.toLowerCase();
  const status = Object.hasOwn(STATUSES, key) ? STATUSES[key] : undefined;
  if (status === undefined) throw new ExpressionError(`no step ends as \`${word}\``);
  return status;
}

function contains(a: Cel, b: Cel): Cel {
  if (a.type === 'text') return callOf(a, 'contains', [b]);
  if (a.text.startsWith('[')) return relation(`${wrap(b, LEVEL.sum)} in ${a.text}`);
  return {
    text: `(type(${a.text}) == list ? ${wrap(b, LEVEL.sum)} in ${a.text} : ${wrap(a, LEVEL.primary)}.contains(${b.text}))`,
    level: LEVEL.primary,
    type: 'boolean',
  };
}

function callOf(target: Cel, name: string, args: readonly Cel[], type: Cel['type'] = 'boolean'): Cel {
  return primary(`${wrap(target, LEVEL.primary)}.${name}(${args.map(({ text }) => text).join(', ')})`, type);
}

function translateCall({ name, target, args }: Ast & { kind: 'call' }, scope: Scope): Cel {
  const key = normalizeKey(name);
  if (target === undefined && args.length === 0 && Object.hasOwn(NEEDS, key)) {
    scope.uses.asksNeeds = true;
    return primary(NEEDS[key]!, 'boolean');
  }
  if (key === 'default' && target?.kind === 'path' && args.length === 1)
    return withDefault(target, args[0]!, scope);
  const values = [...(target === undefined ? [] : [target]), ...args].map((each) => translate(each, scope));
  const [a, b] = values;
  if (Object.hasOwn(COMPARISONS, key) && args.length + (target === undefined ? 0 : 1) === 2) {
    const [left, right] = [...(target === undefined ? [] : [target]), ...args] as [Ast, Ast];
    return translateBinary({ kind: 'binary', operator: COMPARISONS[key]!, left, right }, scope);
  }
  if (a !== undefined && b === undefined) {
    const single = SINGLE[key];
    if (single !== undefined && Object.hasOwn(SINGLE, key)) return single(a);
  }
  if (
    (key === 'contains' || key === 'includes' || key === 'has') &&
    a !== undefined &&
    b !== undefined &&
    values.length === 2
  )
    return contains(a, b);
  const method = METHODS[key];
  if (method !== undefined && Object.hasOwn(METHODS, key) && a !== undefined)
    return callOf(a, method.name, values.slice(1), method.type);
  throw new ExpressionError(`there is no function \`${name}\``);
}

/** `{{ name | default("x") }}` of a name that nothing else declares. */
function withDefault(target: Ast & { kind: 'path' }, otherwise: Ast, scope: Scope): Cel {
  const value = translate(target, scope);
  const other = translate(otherwise, scope);
  return {
    text: `${wrap(value, LEVEL.sum)} in [null, ""] ? ${wrap(other, LEVEL.or)} : ${wrap(value, LEVEL.or)}`,
    level: LEVEL.choice,
    type: 'unknown',
  };
}

/** What asks how the steps before ended. */
const NEEDS: Readonly<Record<string, string>> = {
  success: 'succeeded()',
  succeeded: 'succeeded()',
  failure: 'failed()',
  failed: 'failed()',
  always: 'always()',
};

const COMPARISONS: Readonly<Record<string, string>> = {
  eq: '==',
  equals: '==',
  equal: '==',
  ne: '!=',
  neq: '!=',
  notequals: '!=',
  gt: '>',
  gte: '>=',
  ge: '>=',
  lt: '<',
  lte: '<=',
  le: '<=',
  and: '&&',
  or: '||',
};

const isEmpty = (a: Cel): Cel => relation(`${wrap(a, LEVEL.sum)} in [null, "", [], {}]`);

const SINGLE: Readonly<Record<string, (a: Cel) => Cel>> = {
  exists: (a) => relation(`${wrap(a, LEVEL.sum)} != null`),
  defined: (a) => relation(`${wrap(a, LEVEL.sum)} != null`),
  isdefined: (a) => relation(`${wrap(a, LEVEL.sum)} != null`),
  empty: isEmpty,
  isempty: isEmpty,
  length: (a) => primary(`size(${a.text})`, 'number'),
  len: (a) => primary(`size(${a.text})`, 'number'),
  size: (a) => primary(`size(${a.text})`, 'number'),
  count: (a) => primary(`size(${a.text})`, 'number'),
  boolean: asCondition,
  number: (a) => primary(`double(${a.text})`, 'number'),
  parseint: (a) => primary(`int(${a.text})`, 'number'),
  int: (a) => primary(`int(${a.text})`, 'number'),
  parsefloat: (a) => primary(`double(${a.text})`, 'number'),
  float: (a) => primary(`double(${a.text})`, 'number'),
  string: asText,
  str: asText,
  tostring: asText,
  tolowercase: (a) => callOf(a, 'lowerAscii', [], 'text'),
  lower: (a) => callOf(a, 'lowerAscii', [], 'text'),
  lowercase: (a) => callOf(a, 'lowerAscii', [], 'text'),
  touppercase: (a) => callOf(a, 'upperAscii', [], 'text'),
  upper: (a) => callOf(a, 'upperAscii', [], 'text'),
  uppercase: (a) => callOf(a, 'upperAscii', [], 'text'),
  trim: (a) => callOf(a, 'trim', [], 'text'),
};

const METHODS: Readonly<Record<string, { readonly name: string; readonly type: Cel['type'] }>> = {
  startswith: { name: 'startsWith', type: 'boolean' },
  endswith: { name: 'endsWith', type: 'boolean' },
  matches: { name: 'matches', type: 'boolean' },
  match: { name: 'matches', type: 'boolean' },
  indexof: { name: 'indexOf', type: 'number' },
  replace: { name: 'replace', type: 'text' },
  split: { name: 'split', type: 'unknown' },
  substring: { name: 'substring', type: 'text' },
  join: { name: 'join', type: 'text' },
};
