import { quote } from '../../definition/path.js';
import { isList, isMap, isScalar, itemsOf, type Spot, type TreeMap } from '../../definition/tree.js';
import type { Json, JsonObject } from '../../json.js';
import { suggest } from '../../validation/nearest.js';
import { writeDuration } from './durations.js';
import type { Cel } from './expressions/cel.js';
import { convertCondition, convertText, convertValue } from './expressions/convert.js';
import type { Scope } from './expressions/scope.js';
import { asMap, DEPENDENCY_KEYS, flagOf, Keys, normalizeKey, numberOf, textOf } from './keys.js';
import { holdsSteps } from './kinds/branching.js';
import { type DocumentContext, type KindInput, Locals, type ReadKind } from './kinds/kind.js';
import { findType, type StepTypeKind, TYPE_NAMES } from './kinds/table.js';
import { type Reaction, readReaction } from './reactions.js';
import { RETRY_KEYS, readRetry } from './retry.js';
import type { Emit, StepSource } from './step-source.js';

export type Outcome = 'success' | 'failure' | 'complete' | 'true' | 'false';

/** One step as read: all that orders it, and what it becomes. */
export interface ReadStep {
  readonly source: StepSource;
  readonly title: string | undefined;
  /** Absent where nothing is said; each with how that step must have ended. */
  readonly dependencies:
    | readonly { readonly name: string; readonly spot: Spot; readonly on: Outcome | 'pass' }[]
    | undefined;
  readonly reactions: readonly { readonly on: Outcome; readonly reaction: Reaction }[];
  /** The condition falls through where it is false: an if-statement, not a gate. */
  readonly branches: boolean;
  readonly group: string | undefined;
  readonly continues: boolean;
  readonly timeout: number | undefined;
  readonly retry: JsonObject | undefined;
  readonly compensate: Emit | undefined;
  /** Undefined where something was refused. */
  readonly emit: Emit | undefined;
  /** Of the step itself, beside how others ended. */
  condition(scope: (spot: Spot) => Scope): readonly Cel[];
  /** After all was emitted: refuses what nobody made use of. */
  finish(): void;
  readonly hasCondition: boolean;
}

export interface StepPlace {
  readonly parent: StepSource | undefined;
  readonly document: DocumentContext;
  /** Set by the block when all is known. */
  readonly scope: (step: StepSource, locals: Locals, spot: Spot) => Scope;
  readonly input: (source: StepSource) => Pick<KindInput, 'readBlock' | 'readSteps' | 'nameVariable'>;
  /** From the document, where the step says nothing. */
  readonly fallback: string;
}

const CONFIG = [
  'config',
  'parameters',
  'params',
  'properties',
  'options',
  'settings',
  'spec',
  'configuration',
  'with',
  'inputs',
  'input',
  'args',
  'data',
  'payload',
];
const ALWAYS_CONFIG = [
  'config',
  'parameters',
  'properties',
  'options',
  'settings',
  'spec',
  'configuration',
  'params',
];
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
const TRUE = [
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
const FALSE = [
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

/** The type, or the name of an action, as written. */
function typeOf(keys: Keys): string | undefined {
  const spot = keys.peek('type', 'kind', 'steptype', 'tasktype', 'actiontype', 'action', 'uses');
  const key = spot === undefined ? '' : normalizeKey(String(spot.path?.key));
  if (key === 'uses') return undefined;
  // `action: deploy` beside a command is a word of its own.
  return textOf(spot);
}

export function readStep(
  spot: Spot<TreeMap>,
  name: string | undefined,
  place: StepPlace,
): ReadStep | undefined {
  const { document } = place;
  const { conversion, names, durations } = document;
  const keys = new Keys(spot, conversion);
  const ids = keys.takeAll('id', 'stepid', 'key', 'ref', 'slug').map(textOf);
  const title = textOf(keys.take('name', 'title', 'label', 'displayname'));
  const known = [...ids, name, title].filter((each): each is string => each !== undefined);
  const source: StepSource = {
    id: names.claimId(known[0] ?? '', spot, place.fallback),
    sourceIds: known,
    spot,
    parent: place.parent,
    output: 'other',
    printsJson: false,
    values: new Set(),
  };
  names.addStep(source, [...new Set(known)]);
  for (const layer of ALWAYS_CONFIG) addLayer(keys, layer);
  const ordering = readOrdering(keys, conversion);
  const written = typeOf(keys);
  const type = findType(written, { keys, document });
  if (type === undefined) return refuseKind(spot, written, document);
  const { kind } = type;
  if (keys.has('type', 'kind', 'steptype', 'tasktype', 'actiontype'))
    keys.take('type', 'kind', 'steptype', 'tasktype', 'actiontype');
  if (written !== undefined && textOf(keys.peek('action')) === written) keys.take('action');
  if (needsConfig(kind, keys)) for (const layer of CONFIG) addLayer(keys, layer);
  const isCondition = kind === 'condition';
  const isLoop = kind === 'loop';
  const timeoutKey = keys.take(
    'timeout',
    'timeoutms',
    'timeoutseconds',
    'timeoutsecs',
    'timeoutsec',
    'timeoutminutes',
    'timeoutmins',
    'timeoutmillis',
    'timeoutinseconds',
    'timeoutinms',
    'timeoutinminutes',
    'timelimit',
    'maxduration',
    'executiontimeout',
    'deadline',
    'timeouthours',
  );
  const timeout = timeoutKey === undefined ? undefined : durations.read(timeoutKey) || undefined;
  const retries = keys.takeAll(...(isLoop ? RETRY_KEYS.filter((key) => key !== 'maxattempts') : RETRY_KEYS));
  const reactions = readReactions(keys, isCondition, conversion);
  const group = textOf(keys.take('parallelgroup', 'parallelgroupid', 'group', 'paralleltag', 'batch'));
  const conditions = isCondition || isLoop ? [] : readConditions(keys);
  const output = keys.take(
    'register',
    'saveas',
    'outputvariable',
    'outputvar',
    'resultvariable',
    'storeas',
    'outputto',
    'outputname',
    'saveoutput',
    'resultvar',
    'output',
    'outputkey',
    'capture',
  );
  const continues = readContinues(keys);
  const undo = keys.take(
    'rollback',
    'compensate',
    'compensation',
    'undo',
    'onrollback',
    'rollbackcommand',
    'rollbackstep',
    'compensationstep',
  );
  const input: KindInput = {
    keys,
    source,
    document,
    locals: new Locals(),
    timeout,
    scope: (at) => place.scope(source, input.locals, at ?? spot),
    ...place.input(source),
  };
  const each =
    isLoop || kind === 'wait'
      ? undefined
      : keys.take('foreach', 'withitems', 'loop', 'loopover', 'iterate', 'matrix');
  const emit = each === undefined ? type.read(input) : readEach(each, type.read, input);
  if (output !== undefined && textOf(output) !== undefined) names.addOutput(textOf(output)!, source);
  else if (output !== undefined)
    conversion.refuse(
      'steps-not-kept',
      output,
      'What a step puts out cannot be renamed member by member.',
      'Read the members where they are used: `{{steps.<id>.output.<member>}}`.',
    );
  const compensate = undo && readCompensation(undo, input);
  finishLocals(input);
  keys.finish(written === undefined ? 'this step' : `a step of the type ${quote(written)}`);
  const retrySpot =
    retries[0] ?? reactions.find(({ reaction }) => reaction.retry !== undefined)?.reaction.retry;
  return {
    source,
    title: title !== undefined && title !== source.id ? title : undefined,
    ...ordering,
    reactions,
    branches:
      isCondition &&
      [...TRUE, ...FALSE].some(
        (key) =>
          reactions.some(({ on }) => on === 'true' || on === 'false') &&
          spot.node.entries.size > 0 &&
          hasKey(spot, key),
      ),
    group,
    continues,
    timeout: kind === 'approval' || (kind === 'wait' && source.output !== 'event') ? undefined : timeout,
    retry: retrySpot && readRetry(retrySpot, { conversion, durations }),
    compensate,
    emit,
    finish: () => input.locals.finish(conversion),
    hasCondition: conditions.length > 0,
    condition: (scope) =>
      conditions.flatMap(({ spot: at, negated }) => negate(convertOrWord(at, scope(at)), negated)),
  };
}

function hasKey(spot: Spot<TreeMap>, key: string): boolean {
  return [...spot.node.entries.keys()].some((each) => normalizeKey(each) === key);
}

/** Parameters that a command or a request may name, and what of them nobody named. */
function finishLocals({ keys, locals }: KindInput): void {
  for (const name of locals.keys()) keys.take(normalizeKey(name));
}

function addLayer(keys: Keys, name: string): void {
  const map = asMap(keys.peek(name));
  if (map === undefined) return;
  keys.take(name);
  keys.add(map);
}

/** Maps such as `with` may be the step's own keys, where those are not there. */
function needsConfig(kind: StepTypeKind, keys: Keys): boolean {
  return (
    /^(command|http|webhook|wait|log|approval|git)$/.test(kind) &&
    !keys.has('command', 'url', 'run', 'script', 'duration', 'message')
  );
}

function refuseKind(spot: Spot, written: string | undefined, document: DocumentContext): undefined {
  document.conversion.refuse(
    'steps-kind-unknown',
    spot,
    written === undefined
      ? 'The step does not say what it does.'
      : `${quote(written)} is no type of step that is known.`,
    written === undefined
      ? 'Add `type`, and `command` or `url`.'
      : suggest(
          normalizeKey(written),
          TYPE_NAMES,
          'Say it by a command or a request: `type: command`, `type: http`.',
        ),
  );
  return undefined;
}

function readOrdering(keys: Keys, conversion: DocumentContext['conversion']): Pick<ReadStep, 'dependencies'> {
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

function readReactions(
  keys: Keys,
  isCondition: boolean,
  conversion: DocumentContext['conversion'],
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

function readConditions(keys: Keys): ConditionSpot[] {
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

function negate(cel: Cel | undefined, negated: boolean): Cel[] {
  if (cel === undefined) return [];
  if (!negated) return cel.text === 'true' ? [] : [cel];
  if (cel.text === 'false') return [];
  return [
    cel.text === 'true' ? { ...cel, text: 'false' } : { text: `!(${cel.text})`, level: 6, type: 'boolean' },
  ];
}

/** `always`, `on_failure`: words for how the steps before ended. */
function convertOrWord(spot: Spot, scope: Scope): Cel | undefined {
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

function readContinues(keys: Keys): boolean {
  const goes = keys.takeAll(...CONTINUE).some((spot) => flagOf(spot) === true);
  const stops = keys.takeAll(...STOP).map(flagOf);
  return goes || stops.includes(false);
}

/** `forEach` as a key of a step: the step itself is what is repeated. */
function readEach(spot: Spot, kind: ReadKind, input: KindInput): Emit | undefined {
  const { keys, source, document } = input;
  const variable =
    textOf(keys.take('as', 'itemvariable', 'itemname', 'loopvar', 'loopvariable', 'itemvar')) ?? 'item';
  const limit = numberOf(keys.take('maxconcurrency', 'concurrency', 'parallelism', 'maxparallel', 'limit'));
  const cel = input.nameVariable(variable.replace(/[^A-Za-z0-9_]/g, '_'));
  const id = document.names.claimId('', source.spot, `${source.id.slice(0, 85)}-each`);
  const inner: StepSource = { ...source, id, parent: source, values: new Set() };
  const isMatrix = isMap(spot);
  const emit = kind({ ...input, source: inner, scope: (at) => withVariable(input.scope(at), variable, cel) });
  source.output = 'other';
  if (emit === undefined) return undefined;
  return () => {
    const step = emit();
    const items = isMatrix ? undefined : convertList(spot, input);
    if (step === undefined || (items === undefined && !isMatrix)) return undefined;
    if (isMatrix) {
      const matrix = Object.fromEntries(
        [...(spot as Spot<TreeMap>).node.entries].map(([key, { value }]) => [
          key,
          convertList({ node: value, path: { parent: spot.path, key } }, input) ?? [],
        ]),
      );
      return {
        forEach: { matrix, as: cel, ...(limit === undefined ? {} : { limit }) },
        steps: { [id]: step },
      };
    }
    return { forEach: { in: items!, as: cel, limit: limit ?? 1 }, steps: { [id]: step } };
  };
}

function withVariable(scope: Scope, variable: string, cel: string): Scope {
  return { ...scope, variables: new Map([...scope.variables, [variable, cel]]) };
}

function convertList(spot: Spot, { scope }: KindInput): Json | undefined {
  if (!isScalar(spot)) return convertValue(spot, scope(spot));
  const text = textOf(spot) ?? '';
  return convertText(/\$|\{\{/.test(text) ? text : `{{ ${text} }}`, scope(spot));
}

/** What undoes the step: a command, a request, an action. */
function readCompensation(spot: Spot, input: KindInput): Emit | undefined {
  const { document } = input;
  if (flagOf(spot) !== undefined && isScalar(spot) && typeof spot.node.value === 'boolean') return undefined;
  const entries = isScalar(spot)
    ? new Map([['command', { keyPosition: spot.node.position, value: spot.node }]])
    : asMap(spot)?.node.entries;
  if (entries === undefined) {
    document.conversion.refuse(
      'steps-not-kept',
      spot,
      'What undoes a step is one command or request.',
      'Write `rollback: { command: ./undo }`.',
    );
    return undefined;
  }
  const map: Spot<TreeMap> = {
    node: { kind: 'map', entries, position: spot.node.position },
    path: spot.path,
  };
  const keys = new Keys(map, document.conversion);
  keys.takeAll('id', 'name');
  for (const layer of CONFIG) addLayer(keys, layer);
  const type = textOf(keys.take('type'));
  const found = findType(type, { keys, document });
  if (found === undefined || !/^(command|http|webhook|action)$/.test(found.kind)) {
    document.conversion.refuse(
      'steps-not-kept',
      spot,
      'What undoes a step is one command or request.',
      'Write `rollback: { command: ./undo }`.',
    );
    return undefined;
  }
  const source: StepSource = { ...input.source, values: new Set() };
  const timeoutKey = keys.take('timeout', 'timeoutms', 'timeoutseconds');
  const timeout = timeoutKey && document.durations.read(timeoutKey);
  const retryKey = keys.take(...RETRY_KEYS);
  const emit = found.read({ ...input, keys, source, timeout });
  finishLocals({ ...input, keys });
  keys.finish('what undoes a step');
  const retry = retryKey && readRetry(retryKey, document);
  return (
    emit &&
    (() => {
      const action = emit();
      return (
        action && {
          ...action,
          ...(timeout === undefined ? {} : { timeout: writeDuration(timeout) }),
          ...(retry === undefined ? {} : { retry }),
        }
      );
    })
  );
}
