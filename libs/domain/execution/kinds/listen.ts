import type { Behaviour } from '../behaviour.js';
import type { InstanceOf } from '../instance.js';
import { closeTurn, hear, mayHear, progress } from '../listening.js';
import { keysWithin } from '../place.js';
import type { Turn } from '../turn.js';

/** Takes events that fit, those that came before anybody waited for them too. */
export const listen: Behaviour<'listen'> = {
  start(turn, instance) {
    const { takes, filters, untilEvents } = instance.node;
    const step = turn.requireState(instance);
    step.heard = { events: [], matched: [], untilMatched: [], correlation: {}, next: 0, outputs: [] };
    if (takes === 'all' && filters.length === 0) step.heard.over = true;
    const types = [...filters, ...(untilEvents?.filters ?? [])].map(
      (filter) => filter.with.find(([name]) => name === 'type')?.[1],
    );
    const [first] = types;
    // One name by which others find it; more of them only what is sent to the run itself.
    if (types.length === 1 && first !== undefined && 'value' in first && typeof first.value === 'string')
      step.event = first.value;
    progress(turn, instance, step.heard);
    takeKept(turn, instance);
  },
  blockClosed(turn, instance, { number, failure, output }) {
    const { heard, ends } = turn.requireState(instance);
    if (failure !== undefined || turn.isEnding(instance) || heard === undefined)
      return turn.settleContainer(instance, failure);
    forgetTurn(turn, instance, number);
    if (ends === true) heard.over = true;
    closeTurn(turn, instance, heard, output ?? null);
  },
};

function takeKept(turn: Turn, instance: InstanceOf<'listen'>): void {
  const { state } = turn;
  for (const event of [...(state.inbox ?? [])]) {
    if (!turn.isRunning(instance) || turn.requireState(instance).heard?.over === true) return;
    if (!mayHear(instance.node, event.name) || !hear(turn, instance, event)) continue;
    state.inbox = state.inbox!.filter((kept) => kept !== event);
  }
}

function forgetTurn(
  { plan, state }: Turn,
  { node, iterations, key }: InstanceOf<'listen'>,
  number: number,
): void {
  for (const inner of keysWithin(plan, state, { node, key, iterations: [...iterations, number] }))
    delete state.steps[inner];
}
