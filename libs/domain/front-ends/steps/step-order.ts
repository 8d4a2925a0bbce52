import { isList, isScalar, itemsOf, type Spot } from '../../definition/tree.js';
import type { Conversion } from './conversion.js';
import type { Cel } from './expressions/cel.js';
import { convertCondition } from './expressions/convert.js';
import type { Scope } from './expressions/scope.js';
import { asMap, DEPENDENCY_KEYS, flagOf, Keys, textOf } from './keys.js';
import { holdsSteps } from './kinds/branching.js';
import { readReaction } from './reactions.js';
import type { Outcome, ReadStep } from './read-step.js';

const CONTINUE = [
  'continueonerror',
  'continueonfailure',
  'ignoreerrors',
  'ignoreerror',
  'ignorefailure',
  'allowfailure',
  'optional',
  'softfail',
  'nonblocking',
  'allowfail',
];
const STOP = [
  'failonerror',
  'stoponerror',
  'stoponfailure',
  'critical',
  'required',
  'blocking',
  'abortonfailure',
  'failworkflowonerror',
  'mandatory',
  'failfast',
];
const SUCCESS = [
  'onsuccess',
  'next',
  'nextstep',
  'nextsteps',
  'onsuccesssteps',
  'successstep',
  'success',
  'goto',
  'transition',
  'oncomplete_success',
];
const FAILURE = [
  'onfailure',
  'onerror',
  'onfail',
  'failurestep',
  'errorstep',
  'onfailuresteps',
  'onexception',
  'catch',
  'failure',
  'errorhandler',
  'fallback',
  'fallbackstep',
  'errorhandling',
];
const COMPLETE = ['oncomplete', 'oncompletion', 'onfinish', 'always', 'onalways', 'onfinally'];
export const TRUE = [
  'ontrue',
  'iftrue',
  'then',
  'truestep',
  'truesteps',
  'thensteps',
  'truebranch',
  'whentrue',
  'trueid',
];
export const FALSE = [
  'onfalse',
  'iffalse',
  'else',
  'falsestep',
  'falsesteps',
  'elsesteps',
  'falsebranch',
  'otherwise',
  'whenfalse',
];

export function readOrdering(keys: Keys, conversion: Conversion): Pick<ReadStep, 'dependencies'> {
  const spots = keys.takeAll(...DEPENDENCY_KEYS);
  if (spots.length === 0) return { dependencies: undefined };
  const dependencies = spots
    .flatMap((spot) => (isList(spot) ? itemsOf(spot) : [spot]))
    .flatMap((item) => {
      if (isScalar(item))
        return (textOf(item) ?? '')
          .split(',')
          .map((name) => ({ name: name.trim(), spot: item, on: 'pass' as const }))
          .filter(({ name }) => name !== '');
      const map = asMap(item);
      const own = map && new Keys(map, conversion);
      const name = textOf(own?.take('step', 'id', 'stepid', 'name', 'task', 'ref'));
      const status = textOf(
        own?.take('status', 'condition', 'on', 'when', 'state', 'outcome', 'result', 'type'),
      );
      own?.take('required');
      own?.finish('a dependency');
      if (name === undefined) {
        conversion.refuse(
          'steps-value-unknown',
          item,
          'A dependency names a step.',
          'Write `dependencies: [build]`.',
        );
        return [];
      }
      return [{ name, spot: item, on: outcomeOf(status) }];
    });
  return { dependencies };
}

function outcomeOf(word: string | undefined): Outcome | 'pass' {
  const key = (word ?? '').toLowerCase();
  if (/fail|error/.test(key)) return 'failure';
  return /always|complet|finish|done|any|all_?done/.test(key) ? 'complete' : 'pass';
}

export function readReactions(
  keys: Keys,
  isCondition: boolean,
  conversion: Conversion,
): ReadStep['reactions'] {
  const read = (names: readonly string[], on: Outcome) =>
    keys
      .takeAll(...names.filter((name) => !isCondition || !holdsSteps(keys.peek(name))))
      .map((spot) => ({ on, reaction: readReaction(spot, conversion) }));
  return [
    ...read(SUCCESS, isCondition ? 'true' : 'success'),
    ...read(FAILURE, isCondition ? 'false' : 'failure'),
    ...read(COMPLETE, 'complete'),
    ...(isCondition ? [...read(TRUE, 'true'), ...read(FALSE, 'false')] : []),
  ];
}

interface ConditionSpot {
  readonly spot: Spot;
  readonly negated: boolean;
}

export function readConditions(keys: Keys): ConditionSpot[] {
  const plain = [
    ...keys.takeAll(
      'condition',
      'conditions',
      'if',
      'when',
      'runif',
      'onlyif',
      'executeif',
      'precondition',
      'preconditions',
      'guard',
      'runon',
      'triggerrule',
      'runwhen',
      'enabled',
      'active',
    ),
  ];
  const negated = keys.takeAll('unless', 'skipif', 'skipwhen', 'disabled', 'skip', 'skipcondition');
  return [
    ...plain.map((spot) => ({ spot, negated: false })),
    ...negated.map((spot) => ({ spot, negated: true })),
  ];
}

export function negate(cel: Cel | undefined, negated: boolean): Cel[] {
  if (cel === undefined) return [];
  if (!negated) return cel.text === 'true' ? [] : [cel];
  if (cel.text === 'false') return [];
  return [
    cel.text === 'true' ? { ...cel, text: 'false' } : { text: `!(${cel.text})`, level: 6, type: 'boolean' },
  ];
}

/** `always`, `on_failure`: words for how the steps before ended. */
export function convertOrWord(spot: Spot, scope: Scope): Cel | undefined {
  const word = (textOf(spot) ?? '').toLowerCase().replace(/[^a-z]/g, '');
  const asked = /^(always|alldone|oncomplete|oncompletion)$/.test(word)
    ? 'always()'
    : /^(onfailure|failure|onfail|failed|onerror|onefailed|anyfailed)$/.test(word)
      ? 'failed()'
      : undefined;
  if (asked !== undefined) {
    scope.uses.asksNeeds = true;
    return { text: asked, level: 7, type: 'boolean' };
  }
  if (/^(onsuccess|success|succeeded|allsuccess|true)$/.test(word))
    return { text: 'true', level: 7, type: 'boolean' };
  if (word === 'never') return { text: 'false', level: 7, type: 'boolean' };
  return convertCondition(spot, scope);
}

export function readContinues(keys: Keys, isContainer: boolean): boolean {
  const goes = keys.takeAll(...CONTINUE).some((spot) => flagOf(spot) === true);
  const stops = keys
    .takeAll(...STOP.filter((key) => !isContainer || !/^(failfast|stopon)/.test(key)))
    .map(flagOf);
  return goes || stops.includes(false);
}
