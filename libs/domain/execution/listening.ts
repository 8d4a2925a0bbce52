import { evaluateTemplate } from '../expressions/evaluate.js';
import { isJsonObject, type Json, type JsonObject } from '../json.js';
import type { EventFilter, Expression, NodeOf, Template } from '../plan/plan.js';
import { engineError } from './failures.js';
import { type InstanceOf, instanceOf, parseStepKey } from './instance.js';
import { exceedsValueLimit } from './limits.js';
import type { Heard, ReceivedEvent } from './state.js';
import type { Turn } from './turn.js';

/** Outputs of `each` that are kept; one that listens for ever must not grow for ever. */
const MAX_OUTPUTS = 1_000;

/** Steps that take events now. */
export function listening({ plan, state }: Pick<Turn, 'plan' | 'state'>): InstanceOf<'listen'>[] {
  return Object.entries(state.steps).flatMap(([key, step]) => {
    const node = plan.nodes[step.node];
    const listens = step.status === 'running' && step.heard !== undefined && step.heard.over !== true;
    if (!listens || node?.kind !== 'listen') return [];
    return [instanceOf(node, parseStepKey(key).iterations)];
  });
}

/** Whether an event of that name might be for it. */
export function mayHear({ filters, takes, untilEvents }: NodeOf<'listen'>, name: string): boolean {
  if (takes === 'any' && filters.length === 0) return true;
  return [...filters, ...(untilEvents?.filters ?? [])].some((filter) => {
    const type = filter.with.find(([attribute]) => attribute === 'type')?.[1];
    return type === undefined || !('value' in type) || type.value === name;
  });
}

/** Offers an event to the step; whether it took it. */
export function hear(turn: Turn, instance: InstanceOf<'listen'>, event: ReceivedEvent): boolean {
  const { node } = instance;
  const { heard } = turn.requireState(instance);
  if (heard === undefined || heard.over === true || !mayHear(node, event.name)) return false;
  const envelope = toEnvelope(event);
  if (node.untilEvents !== undefined) {
    const { takes, filters } = node.untilEvents;
    const ended = findFilter(turn, instance, { takes, filters, matched: heard.untilMatched }, envelope);
    if (ended !== undefined) {
      heard.untilMatched.push(ended);
      if (takes !== 'all' || heard.untilMatched.length === filters.length) heard.over = true;
      progress(turn, instance, heard);
      return true;
    }
  }
  const { takes, filters } = node;
  const found = findFilter(turn, instance, { takes, filters, matched: heard.matched }, envelope);
  if (found === undefined) return false;
  heard.matched.push(found);
  heard.events.push(node.read === 'data' ? (envelope['data'] ?? null) : envelope);
  if (exceedsValueLimit(heard.events)) {
    turn.fail(instance, engineError('output-too-large', 'Together, the events are.'));
    return true;
  }
  if (isOver(turn, instance, heard)) heard.over = true;
  if (turn.isRunning(instance)) progress(turn, instance, heard);
  return true;
}

/** Goes on with the next event, or settles the step. */
export function progress(turn: Turn, instance: InstanceOf<'listen'>, heard: Heard): void {
  const step = turn.requireState(instance);
  const { each } = instance.node;
  if (heard.open === true) return;
  if (each !== undefined && heard.next < heard.events.length && !turn.isEnding(instance)) {
    heard.open = true;
    delete step.waiting;
    return turn.openBlock(instance, heard.next, each.block);
  }
  if (heard.over === true) {
    delete step.waiting;
    return turn.settleContainer(instance, undefined, each === undefined ? heard.events : heard.outputs);
  }
  if (step.waiting === 'event') return;
  step.waiting = 'event';
  turn.recording.step(instance, step);
}

/** The turn of one event is over. */
export function closeTurn(turn: Turn, instance: InstanceOf<'listen'>, heard: Heard, output: Json): void {
  delete heard.open;
  heard.events[heard.next] = null;
  heard.next++;
  heard.outputs = [...heard.outputs, output].slice(-MAX_OUTPUTS);
  if (exceedsValueLimit(heard.outputs)) heard.outputs = heard.outputs.slice(1);
  progress(turn, instance, heard);
}

function isOver(turn: Turn, instance: InstanceOf<'listen'>, heard: Heard): boolean {
  const { takes, filters, untilCondition, untilEvents } = instance.node;
  if (takes === 'one') return true;
  if (takes === 'all') return heard.matched.length >= filters.length;
  if (untilEvents !== undefined) return false;
  if (untilCondition === undefined) return true;
  return turn.decideCondition(instance, untilCondition, { value: heard.events }) === true;
}

interface Sought {
  readonly takes: 'one' | 'all' | 'any';
  readonly filters: readonly EventFilter[];
  readonly matched: readonly number[];
}

function findFilter(
  turn: Turn,
  instance: InstanceOf<'listen'>,
  { takes, filters, matched }: Sought,
  envelope: JsonObject,
): number | undefined {
  if (takes === 'any' && filters.length === 0) return 0;
  for (const [number, filter] of filters.entries()) {
    if (takes === 'all' && matched.includes(number)) continue;
    if (fits(turn, instance, filter, envelope)) return number;
  }
  return undefined;
}

/** An expression that fails about an event is not true of it. */
function fits(
  turn: Turn,
  instance: InstanceOf<'listen'>,
  filter: EventFilter,
  envelope: JsonObject,
): boolean {
  const ask = (expression: Expression, value: Json) => turn.evaluate(instance, expression, { value });
  for (const [attribute, wanted] of filter.with) {
    const actual = Object.hasOwn(envelope, attribute) ? envelope[attribute]! : null;
    if ('value' in wanted) {
      if (!equal(wanted.value, actual)) return false;
      continue;
    }
    const answer = ask(wanted.expression, actual);
    if (
      !answer.ok ||
      !(answer.value === true || (typeof answer.value !== 'boolean' && equal(answer.value, actual)))
    )
      return false;
  }
  return correlates(turn, instance, filter, envelope);
}

function correlates(
  turn: Turn,
  instance: InstanceOf<'listen'>,
  { correlate = [] }: EventFilter,
  envelope: JsonObject,
): boolean {
  const { heard } = turn.requireState(instance);
  const values: (readonly [string, Json])[] = [];
  for (const { key, from, expect } of correlate) {
    const answer = turn.evaluate(instance, from, { value: envelope });
    if (!answer.ok || answer.value === null) return false;
    const expected = expect === undefined ? heard!.correlation[key] : evaluate(turn, instance, expect);
    if (expected !== undefined && !equal(expected, answer.value)) return false;
    values.push([key, answer.value]);
  }
  for (const [key, value] of values) heard!.correlation[key] = value;
  return true;
}

function evaluate(turn: Turn, instance: InstanceOf<'listen'>, template: Template): Json | undefined {
  const result = evaluateTemplate(template, turn.scopeAt(instance));
  return result.ok ? result.value : undefined;
}

function equal(a: Json, b: Json): boolean {
  if (typeof a !== 'object' || a === null) return a === b;
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The event as a CloudEvent (1.0), which it may be already. */
function toEnvelope({ name, data, by, at }: ReceivedEvent): JsonObject {
  if (isJsonObject(data) && typeof data['specversion'] === 'string' && data['type'] === name) return data;
  return { specversion: '1.0', id: `${by} ${at}`, source: by, type: name, time: at, data };
}
