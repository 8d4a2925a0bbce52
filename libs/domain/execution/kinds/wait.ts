import { parseDuration } from '../../definition/duration.js';
import { parseMoment } from '../../definition/moment.js';
import type { Json } from '../../json.js';
import type { Behaviour } from '../behaviour.js';
import { engineError } from '../failures.js';
import { MAX_WAIT_MS } from '../limits.js';

export const wait: Behaviour<'wait'> = {
  start(turn, instance) {
    const { node } = instance;
    const value = turn.resolve(instance, 'for' in node ? node.for : node.until);
    if (value === undefined) return;
    const ms = 'for' in node ? readDuration(value) : readMoment(value, turn.now);
    if (ms === undefined || ms > MAX_WAIT_MS) {
      return turn.fail(
        instance,
        engineError('wait-invalid', `It was ${JSON.stringify(value).slice(0, 100)}.`),
      );
    }
    if (ms <= 0) return turn.settle(instance, { status: 'succeeded' });
    turn.startTimer(instance, 'wait', ms);
  },
  timerFired(turn, instance) {
    turn.settle(instance, { status: 'succeeded' });
  },
};

function readDuration(value: Json): number | undefined {
  return typeof value === 'string' ? parseDuration(value) : undefined;
}

function readMoment(value: Json, now: number): number | undefined {
  const moment = typeof value === 'string' ? parseMoment(value) : undefined;
  return moment === undefined ? undefined : moment - now;
}
