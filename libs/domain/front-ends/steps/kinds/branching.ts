import { entriesOf, isList, isMap, isScalar, itemsOf, type Spot } from '../../../definition/tree.js';
import type { Json, JsonObject } from '../../../json.js';
import type { Conversion } from '../conversion.js';
import { allOf, type Cel } from '../expressions/cel.js';
import { convertCondition } from '../expressions/convert.js';
import { Keys, keyOf, numberOf, textOf } from '../keys.js';
import { toId } from '../names.js';
import type { Block, KindInput, ReadKind } from './kind.js';

export const CONDITION_KEYS = [
  'condition',
  'conditions',
  'if',
  'when',
  'expression',
  'expr',
  'test',
  'check',
  'predicate',
  'rule',
  'rules',
];
const THEN = [
  'then',
  'ontrue',
  'iftrue',
  'truesteps',
  'truebranch',
  'thensteps',
  'true',
  'whentrue',
  'steps',
];
const ELSE = [
  'else',
  'onfalse',
  'iffalse',
  'falsesteps',
  'falsebranch',
  'elsesteps',
  'otherwise',
  'false',
  'whenfalse',
];

/** Whether a value holds steps themselves, not their names. */
export function holdsSteps(spot: Spot | undefined): boolean {
  if (spot === undefined) return false;
  if (isList(spot)) return itemsOf(spot).some(isMap);
  return (
    isMap(spot) &&
    (spot.node.entries.has('type') ||
      spot.node.entries.has('command') ||
      spot.node.entries.has('steps') ||
      [...spot.node.entries.values()].some(({ value }) => value.kind === 'map'))
  );
}

/** Chooses by a condition: between steps that stand in it, or, by its edges, between steps beside it. */
export const readCondition: ReadKind = (input) => {
  const { keys, source, document, scope } = input;
  const cases = keys.peek('cases', 'branches', 'choices', 'switch');
  if (cases !== undefined && (isList(cases) || isMap(cases)) && !isScalar(cases)) return readSwitch(input);
  const conditions = keys.takeAll(...CONDITION_KEYS);
  const subject = conditions.length > 0 ? undefined : readInlineComparison(keys);
  const then = holdsSteps(keys.peek(...THEN)) ? input.readSteps(keys.take(...THEN)!) : undefined;
  const otherwise = holdsSteps(keys.peek(...ELSE)) ? input.readSteps(keys.take(...ELSE)!) : undefined;
  if (conditions.length === 0 && subject === undefined) {
    document.conversion.refuse(
      'steps-kind-unknown',
      source.spot,
      'The step chooses and does not say by what.',
      'Write `condition: "${branch} == \'main\'"`.',
    );
    return undefined;
  }
  if (then === undefined && otherwise === undefined) source.output = 'condition';
  return () => {
    const parts = (subject === undefined ? conditions : [subject]).map((spot) =>
      convertCondition(spot, scope(spot)),
    );
    if (parts.includes(undefined)) return undefined;
    const condition = allOf(parts as Cel[])!;
    if (then === undefined && otherwise === undefined)
      return { set: { result: `\${{ ${condition.text} }}` } };
    const first = then?.emit() ?? nothing(source.id);
    return {
      switch: [
        { if: condition.text, steps: first },
        ...(otherwise === undefined ? [] : [{ steps: otherwise.emit() }]),
      ],
    };
  };
};

function nothing(id: string): JsonObject {
  return { [`${id.slice(0, 80)}-nothing`]: { set: { done: true } } };
}

/** `{ field, operator, value }` as keys of the step itself. */
function readInlineComparison(keys: Keys): Spot | undefined {
  const parts = ['field', 'left', 'variable', 'operator', 'op', 'value', 'right', 'expected'].flatMap(
    (name) => keys.take(name) ?? [],
  );
  if (parts.length === 0) return undefined;
  const entries = new Map(
    parts.map((spot) => [
      keyOf(spot),
      { keyPosition: spot.keyPosition ?? spot.node.position, value: spot.node },
    ]),
  );
  return { node: { kind: 'map', entries, position: parts[0]!.node.position }, path: parts[0]!.path };
}

interface Case {
  readonly when: Spot | undefined;
  readonly value: Json | undefined;
  readonly block: Block | undefined;
  readonly spot: Spot;
}

function readCases(cases: Spot, readSteps: KindInput['readSteps'], conversion: Conversion): readonly Case[] {
  const read: Case[] = [];
  const items = isList(cases)
    ? itemsOf(cases).map((spot) => [undefined, spot] as const)
    : isMap(cases)
      ? entriesOf(cases)
      : [];
  for (const [name, spot] of items) {
    if (!isMap(spot) || (name !== undefined && holdsSteps(spot) && !spot.node.entries.has('steps'))) {
      read.push({ when: undefined, value: name, block: readSteps(spot), spot });
      continue;
    }
    const own = new Keys(spot, conversion);
    const when = own.take('if', 'when', 'condition', 'expression');
    const value = own.take('value', 'case', 'equals', 'match', 'is');
    const steps = own.take('steps', 'then', 'do', 'actions', 'tasks', 'step');
    own.take('name', 'id');
    own.finish('a case');
    read.push({
      when,
      value: value && isScalar(value) ? value.node.value : name,
      block: steps && readSteps(steps),
      spot,
    });
  }
  return read;
}

/** Cases by a condition each, or by the value of one expression. */
const readSwitch = ({ keys, document, scope, readSteps }: KindInput) => {
  const { conversion } = document;
  const cases = keys.take('cases', 'branches', 'choices', 'switch')!;
  const subject = keys.take('expression', 'value', 'variable', 'on', 'field', 'switch', 'input');
  const fallback = keys.take('default', 'else', 'otherwise', 'defaultcase', 'fallback', 'defaultsteps');
  const read = readCases(cases, readSteps, conversion);
  const last =
    fallback &&
    readSteps(
      isMap(fallback) && fallback.node.entries.has('steps')
        ? { ...fallback, node: fallback.node.entries.get('steps')!.value }
        : fallback,
    );
  if (read.some(({ block }) => block === undefined) || read.length === 0) {
    conversion.refuse(
      'steps-not-kept',
      cases,
      'A case without steps of its own cannot be kept.',
      'Write the steps into the case: `{ when: …, steps: […] }`.',
    );
    return undefined;
  }
  return () => {
    const written: JsonObject[] = [];
    let isDefault: JsonObject | undefined = last === undefined ? undefined : { steps: last.emit() };
    for (const { when, value, block, spot } of read) {
      const steps = block!.emit();
      if (value === 'default' || (when === undefined && value === undefined)) {
        isDefault = { steps };
        continue;
      }
      const condition =
        when === undefined ? caseCondition(subject, value!, spot) : convertCondition(when, scope(when))?.text;
      if (condition === undefined) return undefined;
      written.push({ if: condition, steps });
    }
    return { switch: [...written, ...(isDefault === undefined ? [] : [isDefault])] };
  };

  function caseCondition(by: Spot | undefined, value: Json, spot: Spot): string | undefined {
    if (by === undefined) {
      conversion.refuse(
        'steps-kind-unknown',
        spot,
        'This case does not say when it applies.',
        'Write `when: …` into it, or `value` beside `cases`.',
      );
      return undefined;
    }
    const entries = new Map([
      ['field', { keyPosition: by.node.position, value: by.node }],
      [
        'operator',
        {
          keyPosition: by.node.position,
          value: { kind: 'scalar', value: '==', position: by.node.position } as const,
        },
      ],
      [
        'value',
        {
          keyPosition: spot.node.position,
          value: { kind: 'scalar', value: value as string, position: spot.node.position } as const,
        },
      ],
    ]);
    return convertCondition(
      { node: { kind: 'map', entries, position: by.node.position }, path: by.path },
      scope(by),
    )?.text;
  }
};

/** Steps side by side. */
export const readParallel: ReadKind = ({ keys, source, document, readSteps, readBlock }) => {
  const { conversion } = document;
  const branches = keys.take(
    'branches',
    'steps',
    'tasks',
    'parallel',
    'parallelsteps',
    'children',
    'actions',
    'jobs',
    'substeps',
  );
  const limit = numberOf(
    keys.take(
      'limit',
      'maxconcurrency',
      'maxparallel',
      'concurrency',
      'maxconcurrent',
      'parallelism',
      'concurrencylimit',
    ),
  );
  const failFast = textOf(keys.take('failfast', 'stoponfailure', 'stoponerror', 'abortonfailure'));
  const waits = keys.take(
    'waitfor',
    'waitforall',
    'waitall',
    'join',
    'joinstrategy',
    'completion',
    'completionstrategy',
    'strategy',
  );
  const any = waits !== undefined && /^(any|first|race|false|one|waitany)$/i.test(textOf(waits) ?? '');
  if (branches === undefined || !holdsSteps(branches)) {
    conversion.refuse(
      'steps-not-kept',
      source.spot,
      'The step runs others side by side, and they do not stand in it.',
      'Write the steps into it: `steps: [{ … }, { … }]`.',
    );
    return undefined;
  }
  const items = isList(branches)
    ? itemsOf(branches).map((spot, index) => [nameOf(spot) ?? `branch-${index + 1}`, spot] as const)
    : isMap(branches)
      ? entriesOf(branches)
      : [];
  const names = new Set<string>();
  const read = items.map(([name, spot]) => {
    let id = toId(name) ?? 'branch';
    for (let count = 2; names.has(id); count++) id = `${toId(name) ?? 'branch'}-${count}`;
    names.add(id);
    return [id, readBranch(spot)] as const;
  });
  if (read.some(([, block]) => block === undefined)) return undefined;
  return () => ({
    parallel: {
      ...(limit === undefined || limit >= read.length ? {} : { limit }),
      ...(any ? { quorum: 1 } : failFast === 'true' ? {} : { failFast: false }),
      branches: Object.fromEntries(read.map(([name, block]) => [name, { steps: block!.emit() }])),
    },
  });

  function readBranch(spot: Spot): Block | undefined {
    if (isList(spot)) return readSteps(spot);
    const inner =
      isMap(spot) && !spot.node.entries.has('type')
        ? (spot.node.entries.get('steps') ?? spot.node.entries.get('tasks'))
        : undefined;
    if (inner === undefined || !isMap(spot)) return readBlock([spot]);
    const own = new Keys(spot, conversion);
    const steps = own.take('steps', 'tasks')!;
    own.take('id', 'name');
    own.finish('a branch');
    return readSteps(steps);
  }
};

function nameOf(spot: Spot): string | undefined {
  if (!isMap(spot)) return undefined;
  return textOf(
    [...entriesOf(spot)].find(([key]) => key === 'id')?.[1] ??
      [...entriesOf(spot)].find(([key]) => key === 'name')?.[1],
  );
}

/** Steps one after the other. */
export const readSequence: ReadKind = ({ keys, source, document, readSteps }) => {
  const steps = keys.take('steps', 'tasks', 'sequence', 'children', 'actions', 'do', 'substeps');
  const block = steps && readSteps(steps);
  if (block === undefined) {
    document.conversion.refuse(
      'steps-kind-unknown',
      source.spot,
      'The step holds others, and there are none.',
      'Write `steps: [{ … }]`.',
    );
    return undefined;
  }
  return () => ({ parallel: { branches: { all: { steps: block.emit() } } } });
};
