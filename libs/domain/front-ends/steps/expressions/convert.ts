import { quote } from '../../../definition/path.js';
import { entriesOf, isList, isMap, isScalar, itemsOf, type Spot } from '../../../definition/tree.js';
import type { Json } from '../../../json.js';
import { keyOf, normalizeKey, textOf } from '../keys.js';
import { allOf, anyOf, type Cel, LEVEL, wrap } from './cel.js';
import { parseExpression, parseText } from './parse-expression.js';
import type { Scope } from './scope.js';
import { type Ast, ExpressionError } from './syntax.js';
import { Templates, templateAt } from './tokens.js';
import { asCondition, translate, translateParts } from './translate.js';

/** A text in which expressions stand, as one value. Throws ExpressionError. */
export function translateText(text: string, scope: Scope): Cel {
  return translateParts(parseText(text), scope);
}

/** Does `work`; what cannot be translated is refused at the scope's place, and undefined. */
function attempt<T>(scope: Scope, shown: string, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    scope.conversion.refuse(
      'steps-expression-unknown',
      scope.spot,
      `${quote(shown)} cannot be taken over: ${error.message}.`,
      'Compare variables and results of steps with `==`, `!=`, `<`, `>`, `&&`, `||`, `!`, `contains`, `startsWith`, `endsWith`, `in`.',
    );
    return undefined;
  }
}

/** A condition: an expression, a flag, `{ field, operator, value }`, or groups of those. */
export function convertCondition(spot: Spot, scope: Scope): Cel | undefined {
  const at: Scope = { ...scope, spot };
  if (isScalar(spot)) {
    const text = textOf(spot) ?? '';
    return attempt(at, text, () => asCondition(translate(parseCondition(text), at)));
  }
  if (isList(spot)) return groupOf(itemsOf(spot), at, 'all');
  return isMap(spot) ? convertConditionMap(spot, at) : undefined;
}

function parseCondition(text: string): Ast {
  const whole = templateAt(text.trim(), 0);
  return whole !== undefined && whole.end === text.trim().length
    ? parseExpression(whole.inner, 1, true)
    : parseExpression(text);
}

const GROUPS: Readonly<Record<string, 'all' | 'any' | 'none'>> = {
  and: 'all',
  all: 'all',
  allof: 'all',
  or: 'any',
  any: 'any',
  anyof: 'any',
  not: 'none',
  none: 'none',
};

const SUBJECTS = [
  'field',
  'left',
  'variable',
  'key',
  'path',
  'property',
  'subject',
  'lhs',
  'operand',
  'source',
  'name',
];
const OBJECTS = ['value', 'right', 'expected', 'target', 'rhs', 'equals', 'compareto', 'threshold'];
const TEXTS = ['expression', 'expr', 'if', 'when', 'condition', 'script', 'test', 'jsonpath'];

function convertConditionMap(spot: Spot, scope: Scope): Cel | undefined {
  const members = new Map(
    entriesOf(spot as Parameters<typeof entriesOf>[0]).map(([key, value]) => [normalizeKey(key), value]),
  );
  const left = SUBJECTS.find((key) => members.has(key));
  const whole = TEXTS.find((key) => members.has(key));
  const type = textOf(members.get('type') ?? members.get('logic'))?.toLowerCase();
  const rules = members.get('rules') ?? members.get('conditions');
  if (rules !== undefined && isList(rules)) {
    const combinator =
      textOf(
        members.get('operator') ?? members.get('combinator') ?? members.get('logic') ?? members.get('type'),
      )?.toLowerCase() ?? 'and';
    return checkMembers(
      members,
      [...['operator', 'combinator', 'logic', 'type', 'rules', 'conditions']],
      scope,
    )
      ? groupOf(itemsOf(rules), scope, GROUPS[combinator] ?? 'all')
      : undefined;
  }
  if (whole !== undefined && left === undefined) {
    if (!checkMembers(members, [whole, 'type', 'language', 'description'], scope)) return undefined;
    if (type !== undefined && !/^(expression|expr|simple|javascript|js|cel|script)$/.test(type))
      return refuseCondition(scope);
    return convertCondition(members.get(whole)!, scope);
  }
  if (left !== undefined) return convertComparison(members, left, scope);
  const groups = [...members].filter(([key]) => Object.hasOwn(GROUPS, key));
  if (groups.length > 0 && groups.length === members.size) {
    const parts = groups.map(([key, value]) =>
      groupOf(isList(value) ? itemsOf(value) : [value], scope, GROUPS[key]!),
    );
    return parts.includes(undefined) ? undefined : allOf(parts as Cel[]);
  }
  return refuseCondition(scope);
}

function refuseCondition(scope: Scope): undefined {
  scope.conversion.refuse(
    'steps-expression-unknown',
    scope.spot,
    'This condition has a form that is not known.',
    'Write an expression, `{ field, operator, value }`, or `{ and: […] }` of those.',
  );
  return undefined;
}

function checkMembers(members: ReadonlyMap<string, Spot>, known: readonly string[], scope: Scope): boolean {
  const other = [...members].find(([key]) => !known.includes(key));
  if (other === undefined) return true;
  scope.conversion.refuse(
    'steps-key-unknown',
    other[1],
    `${quote(keyOf(other[1]))} has no meaning in a condition.`,
    'Say it in the expression, or remove it.',
  );
  return false;
}

function groupOf(items: readonly Spot[], scope: Scope, how: 'all' | 'any' | 'none'): Cel | undefined {
  const parts = items.map((item) => convertCondition(item, scope));
  if (parts.length === 0) return refuseCondition(scope);
  if (parts.includes(undefined)) return undefined;
  const cels = parts as Cel[];
  if (how === 'all') return allOf(cels);
  const any = anyOf(cels)!;
  return how === 'any' ? any : { text: `!${wrap(any, LEVEL.unary)}`, level: LEVEL.unary, type: 'boolean' };
}

const OPERATORS: Readonly<Record<string, string>> = {
  eq: '==',
  equals: '==',
  equal: '==',
  equalto: '==',
  is: '==',
  '==': '==',
  '===': '==',
  '=': '==',
  ne: '!=',
  neq: '!=',
  notequals: '!=',
  notequal: '!=',
  notequalto: '!=',
  isnot: '!=',
  '!=': '!=',
  '!==': '!=',
  '<>': '!=',
  gt: '>',
  greaterthan: '>',
  '>': '>',
  gte: '>=',
  ge: '>=',
  greaterthanorequal: '>=',
  greaterthanorequals: '>=',
  greaterorequal: '>=',
  '>=': '>=',
  lt: '<',
  lessthan: '<',
  '<': '<',
  lte: '<=',
  le: '<=',
  lessthanorequal: '<=',
  lessthanorequals: '<=',
  lessorequal: '<=',
  '<=': '<=',
  contains: 'contains',
  includes: 'contains',
  in: 'in',
  oneof: 'in',
  startswith: 'startsWith',
  endswith: 'endsWith',
  matches: 'matches',
  regex: 'matches',
  match: 'matches',
  notcontains: 'not contains',
  doesnotcontain: 'not contains',
  notin: 'not in',
  nin: 'not in',
};

function convertComparison(members: ReadonlyMap<string, Spot>, left: string, scope: Scope): Cel | undefined {
  const right = OBJECTS.find((key) => members.has(key));
  const written =
    members.get('operator') ?? members.get('op') ?? members.get('comparison') ?? members.get('comparator');
  const word = (textOf(written) ?? (right === undefined ? 'exists' : '==')).trim();
  const key = /^[a-z]/i.test(word) ? normalizeKey(word) : word;
  const known = [
    left,
    'operator',
    'op',
    'comparison',
    'comparator',
    'type',
    'description',
    ...(right === undefined ? [] : [right]),
  ];
  if (!checkMembers(members, known, scope)) return undefined;
  const subjectText = textOf(members.get(left)) ?? '';
  return attempt(scope, subjectText, () => {
    const subject = parseCondition(subjectText);
    if (/^(exists|isset|defined|notnull|isnotnull|present)$/.test(key))
      return translate({ kind: 'call', name: 'exists', args: [subject] }, scope);
    if (/^(notexists|isnull|null|undefined|absent)$/.test(key))
      return translate({ kind: 'not', operand: { kind: 'call', name: 'exists', args: [subject] } }, scope);
    if (/^(empty|isempty)$/.test(key))
      return translate({ kind: 'call', name: 'empty', args: [subject] }, scope);
    if (/^(notempty|isnotempty)$/.test(key))
      return translate({ kind: 'not', operand: { kind: 'call', name: 'empty', args: [subject] } }, scope);
    if (/^(true|istrue|truthy)$/.test(key)) return asCondition(translate(subject, scope));
    if (/^(false|isfalse|falsy)$/.test(key)) return translate({ kind: 'not', operand: subject }, scope);
    const operator = Object.hasOwn(OPERATORS, key) ? OPERATORS[key]! : undefined;
    if (operator === undefined || right === undefined)
      throw new ExpressionError(`the operator \`${word}\` is not known`);
    const object = astOf(members.get(right)!);
    const negative = operator.startsWith('not ');
    const ast: Ast = {
      kind: 'binary',
      operator: negative ? operator.slice(4) : operator,
      left: subject,
      right: object,
    };
    return translate(negative ? { kind: 'not', operand: ast } : ast, scope);
  });
}

function astOf(spot: Spot): Ast {
  if (isScalar(spot)) {
    const { value } = spot.node;
    if (typeof value !== 'string') return { kind: 'literal', value };
    const parts = parseText(value);
    const [only] = parts;
    if (parts.length > 1) return { kind: 'text', parts };
    return typeof only === 'string' ? { kind: 'literal', value: only } : only!;
  }
  if (isList(spot)) return { kind: 'list', items: itemsOf(spot).map(astOf) };
  throw new ExpressionError('a map cannot be compared');
}

/** Any value in which expressions stand, in our own way of writing; undefined where one could not be taken over. */
export function convertValue(spot: Spot, scope: Scope): Json | undefined {
  if (isScalar(spot)) {
    const { value } = spot.node;
    return typeof value === 'string' ? convertText(value, { ...scope, spot }) : value;
  }
  if (isList(spot)) {
    const items = itemsOf(spot).map((item) => convertValue(item, scope));
    return items.includes(undefined) ? undefined : (items as Json[]);
  }
  const entries: [string, Json | undefined][] = isMap(spot)
    ? entriesOf(spot).map(([key, value]) => [key, convertValue(value, scope)])
    : [];
  return entries.some(([, value]) => value === undefined)
    ? undefined
    : Object.fromEntries(entries as [string, Json][]);
}

export interface TextTraits {
  /** A line of a shell: what is none of our names is the shell's own. */
  readonly shell?: boolean;
}

/** A text with its expressions in our own way of writing. */
export function convertText(
  text: string,
  scope: Scope,
  { shell = false }: TextTraits = {},
): string | undefined {
  return attempt(scope, text, () => {
    const templates = new Templates(text);
    let converted = '';
    for (let at = 0; at < text.length; ) {
      const place: Place = { text, at, template: templates.at(at) };
      const piece = shell && belongsToShell(place, scope) ? undefined : pieceAt(place, scope, shell);
      converted += piece?.text ?? text[at]!;
      at = piece?.end ?? at + 1;
    }
    return converted;
  });
}

interface Place {
  readonly text: string;
  readonly at: number;
  /** That begins there. */
  readonly template: ReturnType<Templates['at']>;
}

function pieceAt(
  { text, at, template }: Place,
  scope: Scope,
  shell: boolean,
): { readonly text: string; readonly end: number } | undefined {
  if (template !== undefined) {
    const secret = shell
      ? /^\s*(?:secrets?|vault)\.([A-Za-z_][A-Za-z0-9_]*)\s*$/.exec(template.inner)?.[1]
      : undefined;
    if (secret !== undefined) {
      scope.uses.secrets.add(secret);
      return { text: `\${${secret}}`, end: template.end };
    }
    const whole = template.inner.trim();
    const cel = translate(
      // `{{image-tag}}` is no difference where there is such a variable.
      scope.names.variable(whole) === undefined
        ? parseExpression(template.inner, 1, true)
        : { kind: 'path', members: [whole] },
      scope,
    );
    if (cel.type === 'text' && /^"[^"\\]*"$/.test(cel.text))
      return { text: cel.text.slice(1, -1), end: template.end };
    return { text: `\${{ ${cel.text} }}`, end: template.end };
  }
  if (text.startsWith('${{', at)) return { text: '$${{', end: at + 3 };
  if (text[at] !== '$' || shell) return undefined;
  const name = /\$([A-Za-z_][A-Za-z0-9_]*)/y;
  name.lastIndex = at;
  const [whole, variable] = name.exec(text) ?? [];
  if (
    whole === undefined ||
    (scope.names.variable(variable!) === undefined && !scope.variables.has(variable!))
  )
    return undefined;
  return {
    text: `\${{ ${translate({ kind: 'path', members: [variable!] }, scope).text} }}`,
    end: at + whole.length,
  };
}

/** `${NAME:-x}`, `${#x}` and names that the document does not declare; `{{.Field}}` of Go's templates. */
function belongsToShell({ text, at, template }: Place, { names, variables, locals }: Scope): boolean {
  if (text.startsWith('{{', at))
    return /^\{\{-?\s*(\.|json\s|range\s|printf\s|end\s)/.test(text.slice(at, at + 20));
  if (text.startsWith('${{', at) || !text.startsWith('${', at)) return false;
  const inner = template?.inner ?? '';
  if (names.variable(inner.trim()) !== undefined) return false;
  const name = /^[A-Za-z_][A-Za-z0-9_]*$/.exec(inner)?.[0];
  if (name !== undefined)
    return (
      names.variable(name) === undefined &&
      names.outputOf(name) === undefined &&
      !variables.has(name) &&
      !locals.has(name)
    );
  return !/^[A-Za-z_]\w*\s*[.[=!<>&|?+*]/.test(inner) || /^[A-Za-z_]\w*(:?[-+=?]|[#%/^,@*])/.test(inner);
}
