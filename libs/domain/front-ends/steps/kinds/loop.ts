import { isScalar, type Spot } from '../../../definition/tree.js';
import type { Json, JsonObject } from '../../../json.js';
import { writeDuration } from '../durations.js';
import { convertCondition, convertText, convertValue } from '../expressions/convert.js';
import { keyOf, numberOf, textOf } from '../keys.js';
import { CONDITION_KEYS } from './branching.js';
import type { KindInput, ReadKind } from './kind.js';

const ITEMS = [
  'items',
  'in',
  'list',
  'over',
  'collection',
  'foreach',
  'loop',
  'withitems',
  'array',
  'values',
  'iterator',
  'each',
  'itemspath',
  'source',
  'iterate',
  'iterateover',
  'data',
];
const BODY = [
  'steps',
  'do',
  'body',
  'tasks',
  'step',
  'task',
  'actions',
  'substeps',
  'iteratorsteps',
  'template',
  'children',
];
const VARIABLE = [
  'as',
  'item',
  'itemvariable',
  'itemname',
  'variable',
  'itemvar',
  'loopvar',
  'loopvariable',
  'var',
  'iteratorname',
];

/** Once for each item of a list, for a number of turns, or while a condition holds. */
export const readLoop: ReadKind = (input) => {
  const { keys, source, document } = input;
  const loop = takeLoop(input);
  const { items, asked, until, turns, body } = loop;
  const isForEach = items !== undefined;
  const variable = textOf(keys.take(...VARIABLE)) ?? 'item';
  const index = textOf(keys.take('indexvariable', 'indexname', 'indexas', 'index')) ?? 'index';
  const cel = input.nameVariable(isForEach ? variable.replace(/[^A-Za-z0-9_]/g, '_') : 'turn');
  const counters = [index, 'iteration', 'i'].map((name) => [name, `${cel}.index`] as const);
  const names = isForEach ? new Map([[variable, cel]]) : new Map(counters);
  const block = body && input.readSteps(body, names);
  if (block === undefined || [items, asked, until, turns].every((each) => each === undefined)) {
    document.conversion.refuse(
      'steps-kind-unknown',
      source.spot,
      'The loop lacks its steps, or what it runs over.',
      'Write `items: […]` and `steps: [{ … }]`.',
    );
    return undefined;
  }
  return () => {
    const steps = block.emit();
    const written = isForEach ? writeForEach(items, cel, loop, input) : writeLoop(cel, loop, input);
    return written && { ...written, steps };
  };
};

interface Loop {
  readonly items: Spot | undefined;
  readonly asked: Spot | undefined;
  readonly until: Spot | undefined;
  readonly turns: Spot | undefined;
  readonly most: number | undefined;
  /** Milliseconds. */
  readonly delay: number | undefined;
  readonly atOnce: Spot | undefined;
  readonly failFast: string | undefined;
  readonly body: Spot | undefined;
}

function takeLoop({ keys, document }: KindInput): Loop {
  const before = keys.take('while', 'whilecondition', 'repeatwhile');
  const until = keys.take(
    'until',
    'repeatuntil',
    'exitcondition',
    'breakcondition',
    'exitwhen',
    'untilcondition',
    'breakif',
  );
  const turns = keys.take('count', 'times', 'iterations', 'repeat', 'repeatcount');
  const isPlain = before === undefined && until === undefined && turns === undefined;
  const items = isPlain ? keys.take(...ITEMS) : undefined;
  const asked = before ?? (isPlain && items === undefined ? keys.take(...CONDITION_KEYS) : undefined);
  const most = numberOf(
    keys.take(
      'maxiterations',
      'max',
      'maxturns',
      'maxloops',
      'maxattempts',
      'limit',
      'maxrepeats',
      'iterationlimit',
    ),
  );
  const pause = keys.take(
    'delay',
    'interval',
    'pause',
    'delaybetween',
    'intervalms',
    'delayms',
    'delayseconds',
    'intervalseconds',
    'pollinterval',
    'sleep',
    'waitbetween',
  );
  return {
    items,
    asked,
    until,
    turns,
    most,
    delay: pause && document.durations.read(pause, true),
    atOnce: keys.take(
      'maxconcurrency',
      'concurrency',
      'parallelism',
      'maxparallel',
      'batchsize',
      'concurrencylimit',
      'parallel',
      'mode',
      'execution',
      'sequential',
    ),
    failFast: textOf(keys.take('failfast', 'stoponfailure', 'stoponerror', 'breakonerror')),
    body: keys.take(...BODY),
  };
}

function writeForEach(
  items: Spot,
  cel: string,
  { atOnce, failFast }: Loop,
  input: KindInput,
): JsonObject | undefined {
  const list = convertItems(items, input);
  if (list === undefined) return undefined;
  return {
    forEach: { in: list, as: cel, ...limitOf(atOnce), ...(failFast === 'false' ? { failFast: false } : {}) },
  };
}

function writeLoop(
  cel: string,
  { asked, until, turns, most, delay }: Loop,
  input: KindInput,
): JsonObject | undefined {
  const before = asked && convertCondition(asked, input.scope(asked));
  const after = until && convertCondition(until, input.scope(until));
  const count = turns && convertCount(turns, input);
  if ((asked !== undefined && before === undefined) || (until !== undefined && after === undefined))
    return undefined;
  const condition = before?.text ?? (count === undefined ? undefined : `${cel}.index < ${count}`);
  const max = most ?? (typeof count === 'number' && count > 0 ? Math.min(count, 100_000) : undefined);
  return {
    loop: {
      ...(cel === 'turn' ? {} : { as: cel }),
      ...(condition === undefined ? {} : { while: condition }),
      ...(after === undefined ? {} : { until: after.text }),
      ...(max === undefined ? {} : { max }),
      ...(delay === undefined ? {} : { delay: writeDuration(delay) }),
    },
  };
}

function convertItems(spot: Spot, { scope }: KindInput): Json | undefined {
  if (!isScalar(spot)) return convertValue(spot, scope(spot));
  const text = textOf(spot) ?? '';
  if (/\$|\{\{/.test(text)) return convertText(text, scope(spot));
  return convertText(`{{ ${text} }}`, scope(spot));
}

function convertCount(spot: Spot, { scope }: KindInput): number | string | undefined {
  const number = numberOf(spot);
  if (number !== undefined) return number;
  const text = convertText(textOf(spot) ?? '', scope(spot));
  return /^\$\{\{ (.*) \}\}$/.exec(text ?? '')?.[1];
}

/** One after the other where nothing is said, as such engines loop. */
function limitOf(spot: Spot | undefined): JsonObject {
  if (spot === undefined) return { limit: 1 };
  const number = numberOf(spot);
  if (number !== undefined && number >= 1) return { limit: number };
  const word = (textOf(spot) ?? '').toLowerCase();
  const inTurn = /^sequential$/i.test(keyOf(spot))
    ? word !== 'false'
    : !/^(true|parallel|concurrent|all)$/.test(word);
  return inTurn ? { limit: 1 } : {};
}
