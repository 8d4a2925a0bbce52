import { entriesOf, isList, itemsOf } from '../../definition/tree.js';
import type { BlockTraits } from './block-reader.js';
import type { Conversion } from './conversion.js';
import { asMap, type Keys, keyOf, normalizeKey, numberOf, textOf } from './keys.js';

const RUNNERS = ['triggers', 'trigger', 'on', 'schedule', 'schedules', 'cron', 'events', 'webhooks'];

/** `mode: parallel`; undefined where nothing is said. */
export function readMode(keys: Keys, conversion: Conversion): BlockTraits['mode'] {
  let mode: BlockTraits['mode'];
  const spot = keys.take(
    'executionmode',
    'mode',
    'execution',
    'executionstrategy',
    'strategy',
    'executiontype',
    'type',
    'kind',
    'order',
  );
  const word = (textOf(spot) ?? '').toLowerCase();
  if (/^(parallel|concurrent|async)$/.test(word)) mode = 'parallel';
  else if (/^(sequential|serial|linear|sync|sequence)$/.test(word)) mode = 'sequential';
  else if (spot !== undefined)
    conversion.note('left-out', spot, `\`${keyOf(spot)}\` says nothing of the run.`);
  const limit = keys.take(
    'maxconcurrency',
    'maxparallel',
    'concurrency',
    'maxconcurrent',
    'parallelism',
    'maxparallelism',
    'concurrencylimit',
    'maxconcurrentsteps',
    'maxparallelsteps',
  );
  if (limit === undefined) return mode;
  if (numberOf(limit) !== undefined && numberOf(limit)! >= 20)
    conversion.note('decided', limit, 'As many steps run at once as are ready.');
  else if (numberOf(limit) === 1) mode = 'sequential';
  else if (conversion.mayLeaveOut(normalizeKey(keyOf(limit))))
    conversion.note('left-out', limit, `\`${keyOf(limit)}\` was left out, as asked.`);
  else
    conversion.refuse(
      'steps-not-kept',
      limit,
      'How many steps of the whole run at once cannot be limited.',
      `Put the steps into a step of the type parallel with \`limit\`, or write \`sluice import --leave-out ${keyOf(limit)}\`.`,
    );
  return mode;
}

/** What starts runs is no part of a definition: only what a person or a program starts is taken over. */
export function readStarters(keys: Keys, conversion: Conversion): void {
  for (const spot of keys.takeAll(...RUNNERS)) {
    const items = isList(spot) ? itemsOf(spot) : [spot];
    const words = items.map(
      (item) =>
        textOf(item) ??
        textOf(asMap(item) && [...entriesOf(asMap(item)!)].find(([key]) => /^type$/i.test(key))?.[1]) ??
        (asMap(item) === undefined ? '' : [...asMap(item)!.node.entries.keys()].join(' ')),
    );
    if (words.every((word) => /^(manual|api|none|on-?demand|workflow_dispatch)$/i.test(word)))
      conversion.note('left-out', spot, 'A run is started by whoever asks for it.');
    else if (conversion.mayLeaveOut(normalizeKey(keyOf(spot))))
      conversion.note('left-out', spot, `\`${keyOf(spot)}\` was left out, as asked.`);
    else
      conversion.refuse(
        'steps-not-kept',
        spot,
        'A definition does not start itself: what starts runs would be lost.',
        `Remove \`${keyOf(spot)}\` and start the runs from there, or write \`sluice import --leave-out ${keyOf(spot)}\`.`,
      );
  }
}
