/** Ways out of a sandbox, as published for platforms like this one or made of their parts; none is an expression of ours. */
export const ESCAPES: Readonly<Record<string, readonly string[]>> = {
  // n8n: the function's `this` was the process.
  'CVE-2025-68613': [
    "(function(){ return this.process.mainModule.require('child_process').execSync('id').toString() })()",
    "this.process.mainModule.require('child_process').execSync('id')",
    "this.constructor.constructor('return process')().env",
    "[].constructor.constructor('return process')()",
    '(function(){ return globalThis.process.env })()',
  ],
  // n8n: names that the sanitizer did not see (destructuring, templates, computed members, arrows).
  'CVE-2026-25049': [
    "(() => { const {constructor} = () => {}; return constructor('return process')() })()",
    "(({constructor:{constructor:f}}) => f('return process.env')())({})",
    "(()=>{})['const' + 'ructor']('return process')()",
    "inputs['const' + 'ructor']['const' + 'ructor']('return process')()",
    "inputs[['constructor']]",
    "inputs[['constructor']][['constructor']]('return process')()",
    'inputs[`constructor`][`constructor`]`return process```',
    'inputs.\\u0063onstructor',
    "new (class extends (()=>{}).constructor{})('return process')()",
    "Reflect.get(inputs, 'constructor')",
    "Object.getOwnPropertyDescriptor(Object.getPrototypeOf(inputs), 'constructor').value",
  ],
  // n8n: `with` makes a plain identifier a member.
  'CVE-2026-1470': [
    "(function(){ var constructor = 'x'; with(function(){}){ return constructor(\"return process.mainModule.require('child_process').execSync('id')\")() } })()",
    "with(inputs){ constructor.constructor('return process')() }",
    'constructor',
    "constructor('return process')()",
    'var constructor = 1',
  ],
  // Conductor: the engine of inline tasks could reach the JVM.
  'CVE-2025-26074': [
    "Java.type('java.lang.Runtime').getRuntime().exec('id')",
    "java.lang.Runtime.getRuntime().exec('id')",
    'this.engine.factory.scriptEngine.eval(\'java.lang.Runtime.getRuntime().exec("id")\')',
    "load('http://127.0.0.1/x.js')",
    'Packages.java.lang.System.exit(1)',
    "$.getClass().forName('java.lang.Runtime').getMethod('exec')",
  ],
  // Conductor: other languages, and reflection on what the engine handed in.
  'CVE-2026-58138': [
    "__import__('os').popen('id').read()",
    '().__class__.__bases__[0].__subclasses__()',
    'inputs.__class__.__mro__',
    "inputs.getClass().getClassLoader().loadClass('java.lang.ProcessBuilder')",
    "inputs.class.forName('java.lang.Runtime')",
    "T(java.lang.Runtime).getRuntime().exec('id')",
    "#{T(java.lang.Runtime).getRuntime().exec('id')}",
  ],
  // expr-eval: functions and members of the context were called whatever they were.
  'CVE-2025-12735': [
    "toString.constructor('return process')()",
    "inputs.toString.call.call(inputs.exec, 'id')",
    'f(x) = x.constructor; f(inputs)',
    'inputs.__proto__.polluted = 1',
    'x = inputs.constructor',
    "__defineGetter__('a', inputs)",
    "inputs.__lookupGetter__('__proto__')",
    "inputs.hasOwnProperty.constructor('return 1')()",
    'valueOf().constructor',
    "import('fs')",
    "eval('1')",
    'process.exit(1)',
  ],
};

/** Names that mean something to JavaScript, or look like others. */
export const NAMES: readonly string[] = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__'],
  ...['then', 'toJSON', 'length', 'name', 'call', 'apply', 'arguments', 'caller', 'isPrototypeOf'],
  ...['@failed', '@list', '@tick 1', '@result', '@in', '@it'],
  ...['\u0430pple', '\u0455ervice', '\uff41', 'ﬁ', 'İ', 'ß'], // homoglyphs, wide, ligature, folding
  ...['a\u202eb', '\u2066a\u2069', '\u200ba', 'a\u200d', '\ufeffa', 'a\u00ad'], // direction, zero width
  ...['e\u0301', '\u0301', `a${'\u0300'.repeat(1000)}`, '\u1100\u1161'], // combining
  ...['a\u0000b', '\u0001', '\u007f', '\u0085', '\u2028', '\ufffe', '\u{10ffff}', '😀'],
  ...['\ud800', 'a\udc00', '\udfff\ud800'], // halves of pairs
  ...[
    '',
    ' ',
    '.',
    '..',
    '/',
    '\\',
    '-',
    '_',
    '0',
    '-1',
    '1e3',
    'null',
    'true',
    '~',
    '<<',
    '*',
    '&a',
    '!!x',
    '?',
  ],
  ...[
    'a.b',
    'a/b',
    '../../etc/passwd',
    'a[0]',
    'a:compensate',
    "a'b",
    'a"b',
    'a`b',
    '${{ a }}',
    '%00',
    'a\nb',
    'a\tb',
  ],
  ...["'; DROP TABLE runs; --", '$(id)', '`id`', '<script>alert(1)</script>', 'CON', 'nul'],
  'a'.repeat(10_000),
];

const nest = (open: string, inner: string, close: string, times: number): string =>
  open.repeat(times) + inner + close.repeat(times);

/** Expressions made to take for ever, over `big` (100,000 numbers), `some` (1,000), `text` (1 MiB of `a`). */
export const ENDLESS: Readonly<Record<string, string>> = {
  'map in map': 'some.map(a, some.map(b, some.map(c, a * b * c)))',
  'filter in filter': 'big.filter(a, big.filter(b, b > a).size() > 0)',
  'all in all': 'big.all(a, big.all(b, big.all(c, a + b + c >= 0)))',
  'exists over nothing': 'big.exists(a, big.exists(b, a + b < 0))',
  exists_one: 'big.exists_one(a, big.exists_one(b, a == b))',
  'errors that are swallowed': 'big.exists(a, big.exists(b, b.none) || a.none)',
  'ends that are swallowed': 'some.all(a, some.all(b, some.all(c, true) || true) || true) || true',
  'ends behind conditions': '(some.all(a, some.all(b, some.all(c, true))) ? 1 : 2) == 1 || true',
  'ranges made anew': 'some.map(a, big + big + big)',
  'map literals': 'some.map(a, some.map(b, {"a": a, "b": b, "c": [a, b]}))',
  'texts doubled': `["aaaaaaaaaaaaaaaa"]${'.map(s, s + s)'.repeat(60)}`,
  'lists doubled': `[[1, 1, 1, 1]]${'.map(s, s + s)'.repeat(60)}`,
  'trees doubled': `[1]${'.map(s, [s, s])'.repeat(60)}`,
  'trees of maps doubled': `[1]${'.map(s, {"a": s, "b": s})'.repeat(60)}`,
  'replace that grows': `text${'.replace("a", "aaaaaaaaaa")'.repeat(20)}`,
  'replace of nothing': 'text.replace("", text)',
  'join that grows': 'some.map(a, text).join(text)',
  'split into characters': 'some.map(a, text.split(""))',
  trimming: 'some.map(a, spaces.trim())',
  search: 'some.map(a, text.contains(text + "b"))',
  'last of a text': 'some.map(a, text.lastIndexOf("b"))',
  positions: 'some.map(a, text.charAt(1000000))',
  conversion: 'some.map(a, string(bytes(text)))',
  'equal trees': `[1]${'.map(s, [s, s])'.repeat(40)}.map(a, a == [a[0], a[1]])`,
  membership: 'big.map(a, -1 in big)',
  'evil pattern': 'some.all(a, !text.matches("^(a+)+$b"))',
  'evil pattern of alternatives': 'some.all(a, !text.matches("(a|a|aa)+b$"))',
  'evil pattern of counts': 'some.all(a, !text.matches("((a{1,30}){1,30}){1}b"))',
  'patterns made anew': 'big.all(a, !"x".matches("y{0,50}" + string(a)))',
};

/** Patterns that hang an engine which backtracks, with a text for each; each comes to an answer, which is no. */
export const EVIL_PATTERNS: readonly (readonly [pattern: string, text: string])[] = [
  ['^(a+)+$', `${'a'.repeat(50_000)}!`],
  ['^([a-zA-Z]+)*$', `${'a'.repeat(50_000)}!`],
  ['^(a|aa)+$', `${'a'.repeat(50_000)}!`],
  ['^(a|a?)+$', `${'a'.repeat(50_000)}!`],
  ['^(.*a){12}$', `${'a'.repeat(20_000)}!`],
  ['^(\\w+\\s?)*$', `${'a '.repeat(25_000)}!`],
  ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(50_000)],
  ['^\\s+|\\s+$x', `${' '.repeat(50_000)}!`.slice(1).concat('x').trimStart()],
  ['(x+x+)+y', 'x'.repeat(50_000)],
  ['(.*)(.*)(.*)(.*)(.*)[!?]$', 'a'.repeat(50_000)],
];

/** Expressions nested far too deeply: each is refused, or read without a recursion of its depth. */
export const DEEP: Readonly<Record<string, string>> = {
  parentheses: nest('(', '1', ')', 2_000),
  lists: nest('[', '1', ']', 2_000),
  maps: nest('{1:', '1', '}', 1_000),
  indexes: `a${nest('[a', '', ']', 1_300)}`,
  calls: nest('size(', '1', ')', 600),
  macros: nest('[1].map(x,', '1', ')', 300),
  'macros in a row': `[1]${'.map(x,x)'.repeat(400)}`,
  not: `${'!'.repeat(4_000)}true`,
  minus: `${'-'.repeat(4_000)}1`,
  'minus, spaced': `${'- '.repeat(2_000)}1`,
  conditions: `${'true?1:'.repeat(500)}1`,
  'conditions in conditions': `${'true?'.repeat(600)}1${':1'.repeat(600)}`,
  sums: `1${'+1'.repeat(2_000)}`,
  ands: `true${'&&true'.repeat(650)}`,
  comparisons: `1${'==1'.repeat(1_300)}`,
  members: `a${'.b'.repeat(2_000)}`,
  'only opened': '('.repeat(4_000),
  'only closed': ')'.repeat(4_000),
  escapes: `"${'\\u0061'.repeat(680)}"`,
  backslashes: `"${'\\\\'.repeat(2_000)}"`,
  'backslashes without an end': `"${'\\'.repeat(4_001)}"`,
  quotes: '"'.repeat(4_001),
  'triple quotes': "'''".repeat(1_333),
  'a long number': '9'.repeat(4_000),
  'a long fraction': `0.${'1'.repeat(4_000)}`,
  'a long exponent': `1e${'9'.repeat(4_000)}`,
  comments: '//\n'.repeat(1_300),
  'a long name': 'a'.repeat(4_096),
};
