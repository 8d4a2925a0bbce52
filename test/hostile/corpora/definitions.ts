import { ESCAPES, NAMES } from './expressions.js';

const MIB = 1024 * 1024;

/** Large enough for what grows with the square of it to take minutes. */
const LARGE = MIB / 4;

const HEAD = 'sluice: 1\nname: x\n';
const STAGES = 'stages: { s: { steps: { a: { wait: 1s } } } }\n';

/** A definition with these steps, each a line of flow or block YAML. */
function withSteps(...steps: readonly string[]): string {
  return `${HEAD}stages:\n  s:\n    steps:\n${steps.map((step) => `      ${step}\n`).join('')}`;
}

/** A definition as JSON, with one step changed. */
function json(step: object, more: object = {}): string {
  return JSON.stringify({ sluice: 1, name: 'x', stages: { s: { steps: { a: step } } }, ...more });
}

/** As much of `unit` as fits into `bytes`. */
function fill(unit: string, bytes: number = LARGE): string {
  return unit.repeat(Math.floor(bytes / Buffer.byteLength(unit)));
}

const count = (n: number, line: (n: number) => string): string =>
  Array.from({ length: n }, (_, at) => line(at)).join('');

/** Anchors that refer to anchors. */
const BOMBS: Readonly<Record<string, string>> = {
  'billion laughs': `${HEAD}a: &a [x,x,x,x,x,x,x,x,x]\n${count(9, (n) => `${'bcdefghij'[n]}: &${'bcdefghij'[n]} [${`*${'abcdefghi'[n]},`.repeat(9)}]\n`)}${STAGES}`,
  'billion laughs in a step': withSteps(
    'a: { set: &a { k: x } }',
    ...Array.from(
      { length: 30 },
      (_, n) => `a${n}: { set: &a${n} { l: *a${n === 0 ? '' : n - 1}, r: *a${n === 0 ? '' : n - 1} } }`,
    ),
  ),
  'billion laughs of maps': `${HEAD}inputs:\n  i0: &i0 { type: string }\n${count(40, (n) => `  i${n + 1}: &i${n + 1} { anyOf: [*i${n}, *i${n}] }\n`)}${STAGES}`,
  'a chain of aliases': `${HEAD}a0: &a0 x\n${count(5_000, (n) => `a${n + 1}: &a${n + 1} [*a${n}]\n`)}${STAGES}`,
  'one anchor, many aliases': `${HEAD}a: &a [x]\nb: [${fill('*a,', LARGE)}]\n${STAGES}`,
  'anchors of one name': `${HEAD}${count(12_000, (n) => `k${n}: &a x\n`)}${STAGES}`,
  'an alias within its anchor': `${HEAD}a: &a [*a]\n${STAGES}`,
  'an alias within its anchor, as a key': `${HEAD}&a a: { *a : 1 }\n${STAGES}`,
  'aliases of nothing': `${HEAD}a: [${fill('*z,', 100_000)}]\n${STAGES}`,
  'a merge chain': `${HEAD}a0: &a0 { k: v }\n${count(10_000, (n) => `a${n + 1}: &a${n + 1} { <<: *a${n}, k${n}: v }\n`)}${STAGES}`,
  'merges that double': `${HEAD}a0: &a0 { k: v }\n${count(40, (n) => `a${n + 1}: &a${n + 1} { <<: [*a${n}, *a${n}] }\n`)}${STAGES}`,
  'a merge into itself': `${HEAD}a: &a { <<: *a }\n${STAGES}`,
  'tags that make objects': withSteps(
    'a: { set: { x: !!js/function "return process", y: !!python/object/apply:os.system [id] } }',
  ),
  'many tags': `${HEAD}a: [${fill('!!x y,', 100_000)}]\n${STAGES}`,
  'many documents': fill('---\n'),
  'many directives': fill('%YAML 1.2\n'),
  'long directives': `%TAG ! ${fill('a')}`,
};

const nest = (open: string, inner: string, close: string, times: number): string =>
  open.repeat(times) + inner + close.repeat(times);

/** Maps, lists, steps and schemas in each other. */
const DEPTHS: Readonly<Record<string, string>> = {
  lists: withSteps(`a: { set: { x: ${nest('[', '1', ']', 100_000)} } }`),
  maps: withSteps(`a: { set: ${nest('{a: ', '1', '}', 100_000)} }`),
  'maps of JSON': json({ set: 'X' }).replace('"X"', nest('{"a":', '1', '}', 100_000)),
  'maps by indentation': `${HEAD}${count(1_400, (n) => `${' '.repeat(n)}a:\n`)}${STAGES}`,
  'lists in a row': `a: ${'- '.repeat(100_000)}x`,
  'keys of keys': '? '.repeat(100_000),
  'only opened': fill('['),
  'only opened maps': fill('{'),
  'opened by turns': fill('[{'),
  'only closed': fill(']'),
  'flow keys': fill('{a: ['),
  steps: withSteps(nest('a: { forEach: { in: [1] }, steps: { ', 'z: { wait: 1s }', ' } }', 200)),
  'parallel in parallel': withSteps(
    nest('a: { parallel: { branches: { b: { steps: { ', 'z: { wait: 1s }', ' } } } } }', 200),
  ),
  'switch in switch': withSteps(nest('a: { switch: [{ steps: { ', 'z: { wait: 1s }', ' } }] }', 200)),
  schemas: `${HEAD}inputs: { a: ${nest('{ items: ', '{}', '}', 3_000)} }\n${STAGES}`,
  'not of not': `${HEAD}inputs: { a: ${nest('{ not: ', '{}', '}', 60)} }\n${STAGES}`,
  'references that double': json(
    { wait: '1s' },
    {
      inputs: {
        a: {
          $ref: '#/$defs/d0',
          $defs: Object.fromEntries(
            Array.from({ length: 60 }, (_, n) => [
              `d${n}`,
              n === 59
                ? { type: 'string' }
                : { allOf: [{ $ref: `#/$defs/d${n + 1}` }, { $ref: `#/$defs/d${n + 1}` }] },
            ]),
          ),
          default: 1,
        },
      },
    },
  ),
  'a reference to itself': json({ wait: '1s' }, { inputs: { a: { $ref: '#', default: 1 } } }),
};

/** A mebibyte of one thing. */
const SHAPES: Readonly<Record<string, string>> = {
  'one line of items': fill('- ', MIB),
  'lines of items': fill('-\n', MIB),
  'one line of keys': fill('? '),
  'lines of keys': fill('?\n'),
  anchors: fill('&a '),
  'anchors in lines': fill('&a\n'),
  aliases: fill('*a '),
  tags: fill('! '),
  colons: fill(': '),
  'colons in lines': fill(':\n'),
  commas: `[${fill(',', LARGE)}]`,
  spaces: fill(' '),
  tabs: fill('\t'),
  lines: fill('\n'),
  'carriage returns': fill('\r'),
  'indentation that grows': count(1_400, (n) => `${' '.repeat(n)}a:\n`),
  'indentation that jumps': fill('a:\n     b:\n  c:\n'),
  comments: fill('#\n'),
  'one comment': `#${fill('a', MIB - 1)}`,
  quotes: fill('"', MIB),
  'single quotes': fill("'"),
  'a text that does not end': `a: "${fill('b', LARGE)}`,
  escapes: `a: "${fill('\\u0061', LARGE)}"`,
  backslashes: `a: "${fill('\\', LARGE)}`,
  'line continuations': `a: "${fill('\\\n', LARGE)}"`,
  'folded lines in quotes': `a: "${fill('b\n ', LARGE)}"`,
  'plain lines': `a: ${fill('b\n ', LARGE)}`,
  'a huge key': `${fill('k', LARGE)}: 1`,
  'a huge key in quotes': `"${fill('k', LARGE)}": 1`,
  'a huge key of a flow map': `{${fill('k', LARGE)}: 1}`,
  'a huge name': `sluice: 1\nname: ${fill('x', MIB - 200)}\n${STAGES}`,
  'duplicate keys': `${HEAD}${fill('k: 1\n', 100_000)}${STAGES}`,
  'duplicate keys of a flow map': `${HEAD}a: {${fill('k: 1,', 100_000)}}\n${STAGES}`,
  'duplicate keys of JSON': `{${'"k":1,'.repeat(100_000)}"sluice":1}`,
  'different keys': `${HEAD}${count(20_000, (n) => `k${n}: 1\n`)}${STAGES}`,
  'different inputs': `${HEAD}inputs:\n${count(12_000, (n) => `  k${n}: {}\n`)}${STAGES}`,
  digits: `sluice: ${'9'.repeat(100_000)}\nname: x\n${STAGES}`,
  'a fraction': `sluice: 0.${'1'.repeat(100_000)}\nname: x\n${STAGES}`,
  'an exponent': withSteps(`a: { set: { n: 1e${'9'.repeat(100_000)} } }`),
  'digits of a duration': withSteps(`a: { wait: ${'9'.repeat(100_000)}s }`),
  'hexadecimal digits': withSteps(`a: { set: { n: 0x${'f'.repeat(100_000)} } }`),
  'sexagesimal digits': withSteps(`a: { set: { n: 1${':59'.repeat(100_000)} } }`),
  'a block scalar': withSteps(`a:\n        set:\n          t: |\n${fill('            x\n', 200_000)}`),
  'a folded block scalar': withSteps(
    `a:\n        set:\n          t: >\n${fill('            x\n\n', 200_000)}`,
  ),
  'block scalars': `${HEAD}${count(10_000, (n) => `k${n}: |\n  x\n`)}${STAGES}`,
  'a block scalar of empty lines': `a: |\n${fill('\n', LARGE)}`,
  'block headers': fill('|9-\n'),
  'needs of everything': withSteps(
    ...Array.from(
      { length: 400 },
      (_, n) => `s${n}: { needs: [${Array.from({ length: n }, (__, m) => `s${m}`).join(',')}], wait: 1s }`,
    ),
  ),
  'needs of each other': withSteps(
    ...Array.from({ length: 9_000 }, (_, n) => `s${n}: { needs: [s${(n + 1) % 9_000}], wait: 1s }`),
  ),
  'needs of nothing known': withSteps(`a: { needs: [${fill('zz,', 100_000)}], wait: 1s }`),
  expressions: withSteps(`a: { set: { t: "${fill(`$\{{ inputs.x }}`, 200_000)}" } }`),
  'expressions that do not end': withSteps(`a: { set: { t: "${fill(`$\{{`, 200_000)}" } }`),
  'expressions in many texts': withSteps(`a: { set: { t: [${fill(`"$\{{ ( }}",`, 200_000)}] } }`),
  braces: withSteps(`a: { set: { t: "$\{{${fill('}{', 200_000)}" } }`),
  'unknown steps': withSteps(`a: { set: { t: [${count(5_000, (n) => `"$\{{ steps.q${n}.output }}",`)}] } }`),
  'unknown actions': withSteps(...Array.from({ length: 10_000 }, (_, n) => `s${n}: { uses: no/such${n} }`)),
  'unknown keys': withSteps(...Array.from({ length: 10_000 }, (_, n) => `s${n}: { wayt: 1s, kk: 2 }`)),
  'steps of one id': withSteps(...Array.from({ length: 12_000 }, () => 's: { wait: 1s }')),
  'too many steps': withSteps(...Array.from({ length: 40_000 }, (_, n) => `s${n}: { wait: 1s }`)),
  retries: withSteps(
    ...Array.from(
      { length: 9_000 },
      (_, n) => `s${n}: { wait: 1s, retry: { attempts: -1, delay: x, factor: "", maxDelay: [] } }`,
    ),
  ),
  'more than a mebibyte': fill('a', MIB + 1),
  'more than a mebibyte in UTF-8': 'é'.repeat(MIB / 2 + 1),
  nothing: '',
  'a byte order mark': '\ufeff',
  'a byte order mark before a definition': `\ufeff${HEAD}${STAGES}`,
};

/** Schemas that are costly to compile, or to check a value by. */
const SCHEMAS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries<object>({
    'many mistakes': {
      items: { allOf: Array.from({ length: 490 }, () => ({ type: 'string' })) },
      default: Array(20_000).fill(1),
    },
    'mistakes in alternatives': {
      contains: { anyOf: Array.from({ length: 400 }, () => ({ type: 'string' })) },
      default: Array(20_000).fill(1),
    },
    'an evil pattern': { type: 'string', pattern: '^(a+)+$', default: `${'a'.repeat(100_000)}!` },
    'an evil pattern of counts': {
      type: 'string',
      pattern: '([ab]?){300}[cd]',
      default: 'ab'.repeat(100_000),
    },
    'many patterns': {
      type: 'string',
      allOf: Array.from({ length: 400 }, (_, n) => ({ pattern: `(a|aa)+(a?){50}${n}$` })),
      default: 'a'.repeat(10_000),
    },
    'patterns of keys': {
      patternProperties: Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`^(a+)+${n}$`, {}])),
      default: { ['a'.repeat(10_000)]: 1 },
    },
    'a pattern too large': { type: 'string', pattern: 'a{1000}{1000}{1000}' },
    'a long pattern': { type: 'string', pattern: 'a'.repeat(100_000) },
    'a pattern with a look behind': { type: 'string', pattern: '(?<=a)b' },
    'equal items': { uniqueItems: true, default: Array.from({ length: 20_000 }, (_, n) => ({ n })) },
    'a large enumeration': { enum: Array.from({ length: 20_000 }, (_, n) => n), default: -1 },
    'many properties': {
      properties: Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`p${n}`, {}])),
    },
    'keywords of another draft': {
      $recursiveRef: '#',
      $dynamicRef: '#a',
      $anchor: 'a',
      $async: true,
      $id: 'http://127.0.0.1/x',
    },
    'a schema from elsewhere': { $ref: 'http://127.0.0.1:1/x' },
    'a file': { $ref: 'file:///etc/passwd' },
    'code in names': {
      properties: { 'x"];process.exit(1);//': { const: 1 }, '${process.exit(1)}': { const: 1 } },
      required: ['`+process.exit(1)+`'],
      default: {},
    },
    'code in formats': { type: 'string', format: 'date"+process.exit(1)+"' },
    'a length without end': { type: 'string', minLength: 1e308, maxLength: -1 },
    'a prototype': {
      properties: JSON.parse('{"__proto__":{"type":"string"},"constructor":{"type":"string"}}'),
      default: {},
    },
  }).map(([name, schema]) => [name, json({ wait: '1s' }, { inputs: { a: schema } })]),
);

/** Escapes and names at every place of a definition where a person may write a text. */
const PLACES: Readonly<Record<string, (text: string) => string>> = {
  'an expression': (text) => json({ if: text, set: { x: 1 } }),
  'a template': (text) => json({ set: { x: `a $\{{ ${text} }} b` } }),
  'a value': (text) => json({ set: { x: text } }),
  'a key': (text) => json({ set: Object.fromEntries([[text, 1]]) }),
  'the name': (text) => json({ set: { x: 1 } }, { name: text }),
  'a description': (text) => json({ set: { x: 1 } }, { description: text }),
  'a name of a step': (text) => json({ name: text, set: { x: 1 } }),
  'an id': (text) =>
    JSON.stringify({
      sluice: 1,
      name: 'x',
      stages: { s: { steps: Object.fromEntries([[text, { set: { x: 1 } }]]) } },
    }),
  'an id of a stage': (text) =>
    JSON.stringify({
      sluice: 1,
      name: 'x',
      stages: Object.fromEntries([[text, { steps: { a: { set: { x: 1 } } } }]]),
    }),
  'a need': (text) => json({ needs: [text], set: { x: 1 } }),
  'a step that is read': (text) => json({ set: { x: `$\{{ steps[${JSON.stringify(text)}].output }}` } }),
  'an input': (text) => json({ set: { x: 1 } }, { inputs: Object.fromEntries([[text, { type: 'string' }]]) }),
  'an input that is read': (text) => json({ set: { x: `$\{{ inputs[${JSON.stringify(text)}] }}` } }),
  'a default': (text) => json({ set: { x: 1 } }, { inputs: { a: { type: 'string', default: text } } }),
  'a pattern': (text) => json({ set: { x: 1 } }, { inputs: { a: { type: 'string', pattern: text } } }),
  'a loop variable': (text) =>
    json({ forEach: { in: [1], as: text }, steps: { b: { set: { x: `$\{{ ${text} }}` } } } }),
  'a list': (text) => json({ forEach: { in: `$\{{ ${text} }}` }, steps: { b: { set: { x: 1 } } } }),
  'a branch': (text) =>
    json({ parallel: { branches: Object.fromEntries([[text, { steps: { b: { set: { x: 1 } } } }]]) } }),
  'an action': (text) => json({ uses: text, with: {} }),
  'an input of an action': (text) =>
    json({
      uses: 'command/run',
      with: Object.fromEntries([
        ['run', [text]],
        [text, text],
      ]),
    }),
  'a duration': (text) => json({ wait: text }),
  'a time limit': (text) => json({ set: { x: 1 }, timeout: text }),
  'an error': (text) => json({ raise: { error: text, message: text } }),
  'a secret': (text) =>
    json({ uses: 'command/run', with: { run: ['x'] }, secrets: Object.fromEntries([[text, text]]) }),
  'a lock': (text) => json({ set: { x: 1 }, locks: [text] }),
  'a pool': (text) => json({ uses: 'command/run', with: { run: ['x'] }, pool: text }),
  'the output': (text) => json({ set: { x: 1 } }, { output: { [`a`]: `$\{{ ${text} }}` } }),
  'a key at the top': (text) => json({ set: { x: 1 } }, Object.fromEntries([[text, 1]])),
  'a key of a step': (text) =>
    json(
      Object.fromEntries<unknown>([
        ['set', { x: 1 }],
        [text, text],
      ]),
    ),
};

/** Texts for `PLACES`. */
export const TEXTS: readonly string[] = [...Object.values(ESCAPES).flat(), ...NAMES];

export const PLACE_NAMES: readonly string[] = Object.keys(PLACES);

/** A definition with the text at a place. */
export function writeAt(place: string, text: string): string {
  return PLACES[place]!(text);
}

/** Whole texts, by what they try. */
export const TEXT_CORPORA: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'anchors and aliases': BOMBS,
  depth: DEPTHS,
  shapes: SHAPES,
  schemas: SCHEMAS,
};
