import { descend, entryOf, type Spot, type TreeMap, toJson } from '../../../definition/tree.js';
import { isJsonObject } from '../../../json.js';
import type { CatchRetry } from '../../../plan/plan.js';
import type { Builder } from '../builder.js';

const BACKOFFS = ['constant', 'linear', 'exponential'] as const;

/** Attempts where the policy gives no limit at all. */
const ATTEMPTS = 5;

/** @param handles whether the catch does something with an error that trying again did not mend */
export function readRetry(spot: Spot<TreeMap>, builder: Builder, handles: boolean): CatchRetry {
  const delay = entryOf(spot, 'delay');
  const delayMs = delay === undefined ? 1_000 : (builder.readDuration(delay) ?? 0);
  const backoff = entryOf(spot, 'backoff');
  const written = backoff === undefined ? {} : toJson(backoff.node);
  const kind = BACKOFFS.find((name) => isJsonObject(written) && name in written) ?? 'constant';
  const jitter = entryOf(spot, 'jitter') as Spot<TreeMap> | undefined;
  const limit = entryOf(spot, 'limit');
  const count = limit === undefined ? undefined : toJson(descend(limit, ['attempt', 'count']).node);
  const limitSpot = limit === undefined ? undefined : entryOf(limit as Spot<TreeMap>, 'duration');
  const limitMs = limitSpot === undefined ? undefined : builder.readDuration(limitSpot);
  const perAttempt = limit === undefined ? undefined : descend(limit, ['attempt', 'duration']);
  if (
    perAttempt !== undefined &&
    perAttempt.path?.key === 'duration' &&
    perAttempt.path.parent?.key === 'attempt'
  )
    builder.refuse(
      'open-workflow-unsupported',
      perAttempt,
      'The length of one attempt is limited by the tasks that make it.',
      'Write `timeout` at the tasks under `try`.',
    );
  const when = builder.conditionAt(spot, 'when');
  const exceptWhen = builder.conditionAt(spot, 'exceptWhen');
  const retries = typeof count === 'number' ? Math.max(0, count) + 1 : undefined;
  return {
    ...(retries === undefined && limitMs !== undefined ? {} : { attempts: retries ?? ATTEMPTS }),
    delayMs,
    backoff: kind,
    ...(jitter === undefined ? {} : { jitterMs: readJitter(jitter, builder) }),
    ...(limitMs === undefined ? {} : { limitMs }),
    ...(when === undefined ? {} : { when }),
    ...(exceptWhen === undefined ? {} : { exceptWhen }),
    failsAfter: !handles,
  };
}

function readJitter(spot: Spot<TreeMap>, builder: Builder): { readonly from: number; readonly to: number } {
  const read = (key: string) => builder.readDuration(entryOf(spot, key)!) ?? 0;
  return { from: read('from'), to: read('to') };
}
