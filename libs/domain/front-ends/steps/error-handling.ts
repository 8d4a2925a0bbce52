import { entriesOf, isList, isMap, isScalar, itemsOf, type Spot } from '../../definition/tree.js';
import type { Policy } from './block.js';
import type { Conversion } from './conversion.js';
import { asMap, flagOf, Keys, keyOf, normalizeKey, textOf } from './keys.js';
import { policyOf, readReaction } from './reactions.js';

/** Steps that follow all others, as these ended. */
export interface Handler {
  readonly on: 'failed()' | 'succeeded()' | 'always()';
  readonly name: string;
  readonly steps: readonly Spot[];
  /** Names of steps of the list. */
  readonly ids: readonly Spot[];
}

/** What a document says of failures: `errorHandling`, `onFailure`, `finally`, notifications. */
export class ErrorHandling {
  /** Of each step that says nothing itself. */
  policy: Policy | undefined;
  readonly handlers: Handler[] = [];
  /** As `errorHandling` has it, for all steps. */
  retry: Spot | undefined;

  constructor(private readonly conversion: Conversion) {}

  read(keys: Keys): void {
    const spot = keys.take(
      'errorhandling',
      'errorhandler',
      'errorpolicy',
      'errorstrategy',
      'onerror',
      'failurepolicy',
      'failurestrategy',
      'errors',
      'failurehandling',
    );
    if (spot !== undefined) this.readPolicy(spot);
    const flags = [
      ...keys.takeAll('continueonerror', 'continueonfailure').map(flagOf),
      ...keys.takeAll('failfast', 'stoponerror', 'stoponfailure').map((each) => flagOf(each) === false),
    ];
    if (flags.includes(true)) this.policy = 'continue';
    for (const [names, on, name] of [
      [['onfailure', 'onfail', 'catch', 'fallback'], 'failed()', 'on-failure'],
      [['onsuccess'], 'succeeded()', 'on-success'],
      [['finally', 'oncomplete', 'always', 'onexit', 'cleanup', 'onfinish'], 'always()', 'finally'],
    ] as const) {
      for (const each of keys.takeAll(...names)) this.readHandler(each, on, name);
    }
    const told = keys.take('notifications', 'notification', 'notify', 'alerts');
    if (told !== undefined) this.readNotification(told);
  }

  private readHandler(spot: Spot, on: 'failed()' | 'succeeded()' | 'always()', name: string): void {
    const reaction = readReaction(
      isMap(spot) && spot.node.entries.has('steps') && spot.node.entries.size === 1
        ? { ...spot, node: spot.node.entries.get('steps')!.value }
        : spot,
      this.conversion,
    );
    const ids = reaction.targets.filter((target) => {
      const policy = on === 'failed()' ? policyOf(textOf(target) ?? '') : undefined;
      if (policy === undefined || policy === 'retry') return true;
      this.policy = policy;
      return false;
    });
    if (ids.length > 0 || reaction.inline.length > 0)
      this.handlers.push({ on, name, steps: [...reaction.inline], ids });
  }

  private readPolicy(spot: Spot): void {
    const { conversion } = this;
    if (isScalar(spot) || isList(spot)) return this.readHandler(spot, 'failed()', 'on-failure');
    if (!isMap(spot)) return;
    const keys = new Keys(spot, conversion);
    for (const each of keys.takeAll(
      'strategy',
      'onerror',
      'mode',
      'policy',
      'default',
      'defaultaction',
      'action',
      'type',
      'defaultstrategy',
      'behavior',
      'onfailure',
      'onstepfailure',
      'ontaskfailure',
      'failurestrategy',
    ))
      this.readHandler(each, 'failed()', 'on-failure');
    const goes = keys.takeAll('continueonerror', 'continueonfailure', 'ignoreerrors').map(flagOf);
    const stops = keys
      .takeAll('failfast', 'stoponerror', 'stoponfailure', 'abortonerror', 'stoponfirsterror', 'haltonerror')
      .map(flagOf);
    if (goes.includes(true) || stops.includes(false)) this.policy = 'continue';
    const undone = keys.takeAll(
      'rollback',
      'rollbackonfailure',
      'rollbackonerror',
      'enablerollback',
      'autorollback',
      'rollbackenabled',
    );
    for (const each of undone) {
      if (isScalar(each) && flagOf(each) !== undefined) {
        if (flagOf(each) === true) this.policy = 'rollback';
      } else this.readHandler(each, 'failed()', 'on-failure');
    }
    for (const each of keys.takeAll(
      'rollbacksteps',
      'fallback',
      'fallbackstep',
      'fallbacksteps',
      'handler',
      'handlers',
      'steps',
      'errorsteps',
      'failuresteps',
      'errorstep',
      'fallbackaction',
      'recoverysteps',
      'compensationsteps',
    )) {
      this.readHandler(each, 'failed()', 'on-failure');
      if (this.policy === 'rollback') this.policy = undefined;
    }
    for (const each of keys.takeAll('finally', 'cleanup', 'cleanupsteps', 'always', 'oncomplete'))
      this.readHandler(each, 'always()', 'finally');
    const told = keys.takeAll(
      'notify',
      'notifications',
      'notification',
      'notifyonerror',
      'notifyonfailure',
      'notificationchannels',
      'alert',
      'sendnotification',
    );
    for (const each of told)
      if (flagOf(each) !== false || !isScalar(each)) this.readNotification(each, 'failed()');
    const retry = keys.take('retry', 'retrypolicy', 'retries', 'maxretries', 'retryconfig', 'defaultretry');
    if (retry !== undefined) this.retry = retry;
    keys
      .takeAll('logerrors', 'logerror', 'log', 'loglevel', 'enabled')
      .map((each) => conversion.note('left-out', each, 'Errors always stand in the log of the run.'));
    keys.finish('the handling of errors');
  }

  /** Told by a request where an address is given: anything else would be lost. */
  private readNotification(spot: Spot, on?: 'failed()'): void {
    const items = isList(spot) ? itemsOf(spot) : [spot];
    for (const item of items) {
      const map = asMap(item);
      const when =
        map &&
        [...entriesOf(map)].filter(([key]) =>
          /^on_?-?(success|failure|error|complete|completion|fail)$/i.test(key),
        );
      if (when !== undefined && when.length > 0) {
        for (const [key, value] of when)
          this.addNotification(
            value,
            /succ/i.test(key) ? 'succeeded()' : /compl/i.test(key) ? 'always()' : 'failed()',
          );
        const rest = [...map!.node.entries.keys()].filter((key) => !when.some(([name]) => name === key));
        if (rest.length > 0) this.refuseNotification(item);
      } else this.addNotification(item, on ?? 'always()');
    }
  }

  private addNotification(spot: Spot, on: 'failed()' | 'succeeded()' | 'always()'): void {
    const map = asMap(spot);
    const url =
      map === undefined
        ? spot
        : [...entriesOf(map)].find(([key]) => /^(url|webhook|webhook_?url|endpoint|uri)$/i.test(key))?.[1];
    const address = textOf(url) ?? '';
    if (!/^(https?:|\$\{|\{\{)/.test(address)) return this.refuseNotification(spot);
    const scalar = (value: string) => ({
      keyPosition: spot.node.position,
      value: { kind: 'scalar', value, position: spot.node.position } as const,
    });
    const entries = new Map([
      ...(map?.node.entries ?? [['url', scalar(address)] as const]),
      ['type', scalar('webhook')],
      ['id', scalar(`notify-${on.replace('()', '')}`)],
    ]);
    const name = on === 'failed()' ? 'on-failure' : on === 'always()' ? 'finally' : 'on-success';
    this.handlers.push({
      on,
      name,
      steps: [{ node: { kind: 'map', entries, position: spot.node.position }, path: spot.path }],
      ids: [],
    });
  }

  private refuseNotification(spot: Spot): void {
    const key = keyOf(spot);
    if (
      [
        'notify',
        'notification',
        'notifications',
        'notifyonerror',
        'notifyonfailure',
        'alerts',
        normalizeKey(key),
      ].some((each) => this.conversion.mayLeaveOut(each))
    ) {
      this.conversion.note('left-out', spot, 'This notification was left out, as asked.');
      return;
    }
    this.conversion.refuse(
      'steps-not-kept',
      spot,
      'Nobody would be told: a notification needs an address that takes a request.',
      'Write `{ url: https://… }`, or take the document over without: `sluice import --leave-out notifications`.',
    );
  }
}
