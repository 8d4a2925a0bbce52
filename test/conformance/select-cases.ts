import type { Value } from '@bufbuild/cel-spec/cel/expr/value_pb.js';
import { getConformanceSuite, type IncrementalTest } from '@bufbuild/cel-spec/testdata/tests.js';
import type { Json } from '#domain/json.js';

/** A case of the published suite that asks for what Sluice's expressions promise. */
export interface Case {
  /** `logic/AND/all_true`. */
  readonly name: string;
  readonly source: string;
  readonly roots: ReadonlyMap<string, Json>;
  /** The value, or undefined where evaluating must fail. */
  readonly expected: Value | undefined;
}

export interface SuiteFile {
  readonly name: string;
  readonly cases: readonly Case[];
  /** How many cases each rule leaves out. */
  readonly leftOut: ReadonlyMap<string, number>;
}

type SimpleTest = IncrementalTest['original'];

const MESSAGES = 'messages of protocol buffers';
const EXTENSION = 'an extension that Sluice does not have';

/** Whole files about what the language does not have. */
const FILES_LEFT_OUT: Readonly<Record<string, string>> = {
  bindings_ext: EXTENSION,
  block_ext: EXTENSION,
  dynamic: MESSAGES,
  encoders_ext: EXTENSION,
  enums: MESSAGES,
  macros2: EXTENSION,
  math_ext: EXTENSION,
  optionals: EXTENSION,
  proto2: MESSAGES,
  proto2_ext: MESSAGES,
  proto3: MESSAGES,
  type_deductions: 'types told without evaluating',
  wrappers: MESSAGES,
};

/** What a case may need beyond its file's subject, in the order in which it is asked. */
const RULES: readonly (readonly [reason: string, applies: (test: SimpleTest) => boolean])[] = [
  [
    MESSAGES,
    ({ expr, container }) =>
      /TestAllTypes|google\.protobuf\.(?!(Timestamp|Duration)\b)/.test(expr) ||
      /^(cel|google)\./.test(container),
  ],
  ['names resolved within a container', ({ container }) => container !== ''],
  [
    'functions declared by the case',
    ({ typeEnv }) => typeEnv.some(({ declKind }) => declKind.case === 'function'),
  ],
  ['types told without evaluating', ({ checkOnly }) => checkOnly],
  ['macros turned off', ({ disableMacros }) => disableMacros],
  [
    '`strings.quote()`, `format()`, `reverse()`',
    ({ expr }) => /\b(strings\.quote|format|reverse)\s*\(/.test(expr),
  ],
  [
    'variables whose names hold dots',
    ({ bindings }) => Object.keys(bindings).some((name) => name.includes('.')),
  ],
  [
    'variables that JSON has no value for',
    ({ bindings }) => Object.values(bindings).some((bound) => readBinding(bound) === undefined),
  ],
];

/** Every file of the suite, with its cases as far as they are about what Sluice's expressions promise. */
export function selectCases(): readonly SuiteFile[] {
  return getConformanceSuite().suites.map((file) => {
    const leftOut = new Map<string, number>();
    const cases = file.suites.flatMap((section) =>
      section.tests.flatMap(({ original, name }) => {
        const reason = FILES_LEFT_OUT[file.name] ?? RULES.find(([, applies]) => applies(original))?.[0];
        if (reason === undefined) return [readCase(`${file.name}/${section.name}/${name}`, original)];
        leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
        return [];
      }),
    );
    return { name: file.name, cases, leftOut };
  });
}

function readCase(name: string, { expr, bindings, resultMatcher }: SimpleTest): Case {
  const roots = new Map(Object.entries(bindings).map(([root, bound]) => [root, readBinding(bound)!]));
  const common = { name, source: expr, roots };
  switch (resultMatcher.case) {
    case undefined:
      return {
        ...common,
        expected: { $typeName: 'cel.expr.Value', kind: { case: 'boolValue', value: true } },
      };
    case 'value':
      return { ...common, expected: resultMatcher.value };
    case 'evalError':
      return { ...common, expected: undefined };
    default:
      throw new Error(`${name} expects ${resultMatcher.case}`);
  }
}

function readBinding({ kind }: SimpleTest['bindings'][string]): Json | undefined {
  return kind.case === 'value' ? toScope(kind.value) : undefined;
}

/** The JSON that our scope would hand out for it, if there is one that CEL sees as the same value. */
function toScope({ kind }: Value): Json | undefined {
  switch (kind.case) {
    case 'nullValue':
      return null;
    case 'boolValue':
    case 'stringValue':
      return kind.value;
    case 'int64Value':
      return Number.isSafeInteger(Number(kind.value)) ? Number(kind.value) : undefined;
    case 'doubleValue':
      return Number.isFinite(kind.value) && !Number.isSafeInteger(kind.value) ? kind.value : undefined;
    case 'listValue': {
      const items = kind.value.values.map(toScope);
      return items.includes(undefined) ? undefined : (items as Json[]);
    }
    case 'mapValue': {
      const members = kind.value.entries.map(({ key, value }) => [
        key?.kind.case === 'stringValue' ? key.kind.value : undefined,
        value && toScope(value),
      ]);
      return members.flat().includes(undefined) ? undefined : (Object.fromEntries(members) as Json);
    }
    default:
      return undefined;
  }
}
