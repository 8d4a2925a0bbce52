import { quote } from '../../definition/path.js';
import type { Spot, TreeMap } from '../../definition/tree.js';
import type { JsonObject } from '../../json.js';
import { suggest } from '../../validation/nearest.js';
import type { Cel } from './expressions/cel.js';
import type { Scope } from './expressions/scope.js';
import { Keys, normalizeKey, textOf } from './keys.js';
import { type DocumentContext, type KindInput, Locals } from './kinds/kind.js';
import { findType, type StepTypeKind, TYPE_NAMES } from './kinds/table.js';
import type { Reaction } from './reactions.js';
import { RETRY_KEYS, readRetry, takeRetry } from './retry.js';
import {
  convertOrWord,
  FALSE,
  negate,
  readConditions,
  readContinues,
  readOrdering,
  readReactions,
  TRUE,
} from './step-order.js';
import { addLayer, CONFIG, finishLocals, readCompensation, readEach } from './step-parts.js';
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

/** The type, or the name of an action, as written. */
function typeOf(keys: Keys): string | undefined {
  const spot = keys.peek('type', 'kind', 'steptype', 'tasktype', 'actiontype', 'action', 'uses');
  const key = spot === undefined ? '' : normalizeKey(String(spot.path?.key));
  if (key === 'uses') return undefined;
  // `action: deploy` beside a command is a word of its own.
  return textOf(spot);
}

const TYPE_KEYS = ['type', 'kind', 'steptype', 'tasktype', 'actiontype'];
const TIMEOUT_KEYS = [
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
];
const OUTPUT_KEYS = [
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
];
const UNDO_KEYS = [
  'rollback',
  'compensate',
  'compensation',
  'undo',
  'onrollback',
  'rollbackcommand',
  'rollbackstep',
  'compensationstep',
];

export function readStep(spot: Spot<TreeMap>, place: StepPlace): ReadStep | undefined {
  const { document } = place;
  const { conversion, durations } = document;
  const keys = new Keys(spot, conversion);
  const { source, title } = createSource(spot, keys, place);
  for (const layer of ALWAYS_CONFIG) addLayer(keys, layer);
  const ordering = readOrdering(keys, conversion);
  const written = typeOf(keys);
  const type = findType(written, { keys, document });
  if (type === undefined) return refuseKind(spot, written, document);
  const { kind } = type;
  keys.take(...TYPE_KEYS);
  if (written !== undefined && textOf(keys.peek('action')) === written) keys.take('action');
  if (needsConfig(kind, keys)) for (const layer of CONFIG) addLayer(keys, layer);
  const isLoop = kind === 'loop';
  const timeoutKey = keys.take(...TIMEOUT_KEYS);
  const timeout = timeoutKey === undefined ? undefined : durations.read(timeoutKey) || undefined;
  const retries = takeRetry(keys, isLoop ? RETRY_KEYS.filter((key) => key !== 'maxattempts') : RETRY_KEYS);
  const reactions = readReactions(keys, kind === 'condition', conversion);
  const group = textOf(keys.take('parallelgroup', 'parallelgroupid', 'group', 'paralleltag', 'batch'));
  const conditions = kind === 'condition' || isLoop ? [] : readConditions(keys);
  const continues = readContinues(keys, kind === 'parallel' || isLoop);
  readOutputName(keys, source, document);
  const undo = keys.take(...UNDO_KEYS);
  const input = createInput({ keys, source, timeout, spot }, place);
  const each =
    isLoop || kind === 'wait'
      ? undefined
      : keys.take('foreach', 'withitems', 'loop', 'loopover', 'iterate', 'matrix');
  const emit = each === undefined ? type.read(input) : readEach(each, type.read, input);
  const compensate = undo && readCompensation(undo, input);
  finishLocals(input);
  keys.finish(written === undefined ? 'this step' : `a step of the type ${quote(written)}`);
  const retry = retries ?? reactions.find(({ reaction }) => reaction.retry !== undefined)?.reaction.retry;
  return {
    source,
    title: title !== undefined && title !== source.id ? title : undefined,
    ...ordering,
    reactions,
    branches: kind === 'condition' && [...TRUE, ...FALSE].some((key) => hasKey(spot, key)),
    group,
    continues,
    timeout: kind === 'approval' || (kind === 'wait' && source.output !== 'event') ? undefined : timeout,
    retry: retry && readRetry(retry, { conversion, durations }),
    compensate,
    emit,
    finish: () => input.locals.finish(conversion),
    condition: (scope) =>
      conditions.flatMap(({ spot: at, negated }) => negate(convertOrWord(at, scope(at)), negated)),
  };
}

function createSource(spot: Spot<TreeMap>, keys: Keys, { document: { names }, parent, fallback }: StepPlace) {
  const own = keys.takeAll('id', 'stepid', 'taskid', 'jobid', 'nodeid', 'key', 'slug');
  // Beside one of those it is a branch, or another workflow.
  const ids = (own.length > 0 ? own : keys.takeAll('ref')).map(textOf);
  const title = textOf(keys.take('name', 'stepname', 'taskname', 'title', 'label', 'displayname'));
  const known = [...ids, title].filter((each): each is string => each !== undefined);
  const source: StepSource = {
    id: names.claimId(known[0] ?? '', spot, fallback),
    sourceIds: known,
    spot,
    parent,
    output: 'other',
    printsJson: false,
    values: new Set(),
  };
  names.addStep(source, [...new Set(known)]);
  return { source, title };
}

interface InputParts extends Pick<KindInput, 'keys' | 'source' | 'timeout'> {
  readonly spot: Spot;
}

function createInput({ keys, source, timeout, spot }: InputParts, place: StepPlace): KindInput {
  const locals = new Locals();
  return {
    keys,
    source,
    document: place.document,
    locals,
    timeout,
    scope: (at) => place.scope(source, locals, at ?? spot),
    ...place.input(source),
  };
}

/** A name under which later steps read what this one puts out. */
function readOutputName(keys: Keys, source: StepSource, { names, conversion }: DocumentContext): void {
  const output = keys.take(...OUTPUT_KEYS);
  const name = textOf(output);
  if (name !== undefined) return names.addOutput(name, source);
  if (output === undefined) return;
  conversion.refuse(
    'steps-not-kept',
    output,
    'What a step puts out cannot be renamed member by member.',
    'Read the members where they are used: `{{steps.<id>.output.<member>}}`.',
  );
}

function hasKey(spot: Spot<TreeMap>, key: string): boolean {
  return [...spot.node.entries.keys()].some((each) => normalizeKey(each) === key);
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
