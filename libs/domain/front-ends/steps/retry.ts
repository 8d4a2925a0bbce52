import { isList, isScalar, itemsOf, type Spot } from '../../definition/tree.js';
import type { JsonObject } from '../../json.js';
import type { Conversion } from './conversion.js';
import { type Durations, writeDuration } from './durations.js';
import { asMap, flagOf, Keys, keyOf, normalizeKey, numberOf, textOf } from './keys.js';

/** Keys of a step, or of a document, that say how often something is tried again. */
export const RETRY_KEYS = [
  'retrypolicy',
  'retry',
  'retries',
  'maxretries',
  'retrycount',
  'retryattempts',
  'maxattempts',
  'attempts',
  'retryconfig',
  'retryoptions',
];

const ATTEMPTS = ['maxattempts', 'attempts', 'maxtries', 'tries', 'maximumattempts'];
const RETRIES = [
  'maxretries',
  'retries',
  'count',
  'retrycount',
  'limit',
  'times',
  'max',
  'retry',
  'maxretrycount',
  'maxretryattempts',
  'retryattempts',
];
const DELAYS = [
  'delay',
  'initialdelay',
  'interval',
  'initialinterval',
  'retrydelay',
  'retryinterval',
  'wait',
  'waittime',
  'backoff',
  'delayms',
  'delayseconds',
  'initialdelayms',
  'initialdelayseconds',
  'intervalms',
  'intervalseconds',
  'retrydelayms',
  'retrydelayseconds',
  'backoffms',
  'backoffseconds',
  'initialbackoff',
  'initialbackoffms',
  'basedelay',
  'basedelayms',
  'mindelay',
  'waitms',
  'waitseconds',
  'delaysec',
  'period',
  'duration',
];
const FACTORS = [
  'multiplier',
  'factor',
  'backoffmultiplier',
  'backofffactor',
  'backoffrate',
  'backoffcoefficient',
  'exponentialbase',
  'base',
  'exponent',
  'rate',
  'coefficient',
];
const LONGEST = [
  'maxdelay',
  'maxinterval',
  'maxbackoff',
  'maxdelayms',
  'maxdelayseconds',
  'maxintervalms',
  'maxbackoffms',
  'maximuminterval',
  'maximumdelay',
  'maxwait',
  'maxbackoffseconds',
  'maxretrydelay',
  'delaymax',
  'cap',
];
const STRATEGIES = [
  'strategy',
  'backoffstrategy',
  'backofftype',
  'type',
  'policy',
  'mode',
  'backoffpolicy',
  'delaystrategy',
];

/** Keys that may stand beside a bare number of attempts, instead of in one map with it. */
const BESIDE = [
  'retrydelay',
  'retrydelayms',
  'retrydelayseconds',
  'retryinterval',
  'retryintervalms',
  'retryintervalseconds',
  'maxretrydelay',
  'backoffstrategy',
  'backoffmultiplier',
];

/** The first of `names` that is there, with the pauses that stand beside it; others are taken too. */
export function takeRetry(keys: Keys, names: readonly string[]): Spot | undefined {
  const [first] = keys.takeAll(...names);
  if (first === undefined || numberOf(first) === undefined) return first;
  const beside = keys.takeAll(...BESIDE);
  if (beside.length === 0) return first;
  const entries = new Map(
    [first, ...beside].map((spot) => [
      keyOf(spot),
      { keyPosition: spot.keyPosition ?? spot.node.position, value: spot.node },
    ]),
  );
  return { ...first, node: { kind: 'map', entries, position: first.node.position } };
}

interface RetryContext {
  readonly conversion: Conversion;
  readonly durations: Durations;
}

/** `retry` as the language has it; undefined where there is one attempt only, or something was refused. */
export function readRetry(spot: Spot, context: RetryContext): JsonObject | undefined {
  if (isScalar(spot)) {
    const flag = typeof spot.node.value === 'boolean' ? spot.node.value : undefined;
    if (flag === false) return undefined;
    if (flag === true) return refuseCount(spot, context);
    return writeAttempts(
      readCount(
        spot,
        /attempts|tries$/.test(normalizeKey(keyOf(spot))) && !/retr/.test(normalizeKey(keyOf(spot))),
        context,
      ),
    );
  }
  const map = asMap(spot);
  if (map === undefined) return refuseCount(spot, context);
  const keys = new Keys(map, context.conversion);
  const nested = asMap(keys.peek('backoff', 'delay', 'exponential', 'fixed', 'linear'));
  if (nested !== undefined) {
    const taken = keys.take('backoff', 'delay', 'exponential', 'fixed', 'linear')!;
    keys.add(nested);
    return readPolicy(keys, spot, context, /exponential|linear|fixed/i.exec(keyOf(taken))?.[0]);
  }
  return readPolicy(keys, spot, context);
}

function readPolicy(keys: Keys, spot: Spot, context: RetryContext, named?: string): JsonObject | undefined {
  const { conversion } = context;
  const enabled = flagOf(keys.take('enabled')) ?? true;
  const counted = keys.peek(...ATTEMPTS);
  const count = counted === undefined ? keys.take(...RETRIES) : keys.take(...ATTEMPTS);
  const strategy = readStrategy(keys, named);
  const delay = readDelay(keys, context);
  const factor = keys.take(...FACTORS);
  const longest = keys.take(...LONGEST);
  const maxDelay = longest && context.durations.read(longest, true);
  const jitter = keys.take('jitter', 'randomize', 'jitterfactor', 'jitterms', 'usejitter');
  if (jitter !== undefined && flagOf(jitter) !== false)
    conversion.note('decided', jitter, 'Pauses between attempts are exact: Sluice adds no jitter.');
  readErrors(keys, conversion);
  const attempts = count === undefined ? undefined : readCount(count, counted !== undefined, context);
  keys.finish('a retry policy');
  if (!enabled) return undefined;
  if (count === undefined) return refuseCount(spot, context);
  const retry = writeAttempts(attempts);
  if (retry === undefined || attempts === undefined) return undefined;
  const growth = growthOf(strategy, { factor: numberOf(factor), delay, attempts, spot, conversion });
  return {
    ...retry,
    ...(delay === undefined ? {} : { delay: writeDuration(delay) }),
    ...growth,
    ...(maxDelay === undefined ? {} : { maxDelay: writeDuration(maxDelay) }),
  };
}

type Strategy = 'exponential' | 'linear' | 'fixed' | undefined;

function readStrategy(keys: Keys, named: string | undefined): Strategy {
  const flagged = keys.peek('exponential', 'exponentialbackoff');
  const flag = flagOf(flagged);
  if (flag !== undefined) keys.take('exponential', 'exponentialbackoff');
  const backoff = textOf(keys.peek('backoff'));
  const isWord = backoff !== undefined && strategyOf(backoff) !== undefined;
  const word =
    textOf(keys.take(...STRATEGIES)) ?? (isWord ? textOf(keys.take('backoff')) : undefined) ?? named;
  return (
    (word === undefined ? undefined : strategyOf(word)) ??
    (flag === true ? 'exponential' : flag === false ? 'fixed' : undefined)
  );
}

function strategyOf(word: string): Strategy {
  if (/expo|jitter/i.test(word)) return 'exponential';
  if (/linear|increment/i.test(word)) return 'linear';
  return /^(fixed|constant|none|static|simple|always)/i.test(word) ? 'fixed' : undefined;
}

function readDelay(keys: Keys, { durations, conversion }: RetryContext): number | undefined {
  const spot = keys.take(...DELAYS);
  if (spot === undefined) return undefined;
  if (!isList(spot)) return durations.read(spot, true);
  const items = itemsOf(spot).map((item) => durations.read({ ...item, path: spot.path }, true));
  if (items.every((item) => item === items[0])) return items[0];
  conversion.refuse(
    'steps-not-kept',
    spot,
    'A list of different pauses cannot be kept.',
    'Write the first as `delay`, and `multiplier`.',
  );
  return undefined;
}

function growthOf(
  strategy: Strategy,
  {
    factor,
    delay,
    attempts,
    spot,
    conversion,
  }: {
    readonly factor: number | undefined;
    readonly delay: number | undefined;
    readonly attempts: number;
    readonly spot: Spot;
    readonly conversion: Conversion;
  },
): JsonObject {
  if (strategy === 'fixed') return { factor: 1 };
  if (strategy === 'linear') {
    if (attempts <= 3) return { factor: 2 };
    conversion.note(
      'decided',
      spot,
      'Pauses that grow by steps become pauses that double, up to the same longest one.',
    );
    return { factor: 2, maxDelay: writeDuration((delay ?? 1_000) * (attempts - 1)) };
  }
  if (factor !== undefined) return { factor: Math.min(100, Math.max(1, factor)) };
  // A delay alone is the same each time; ours doubles where nothing is said.
  return strategy === 'exponential' || delay === undefined ? {} : { factor: 1 };
}

const ANY_ERROR = /^(all|any|\*|always|error|errors|failure|on_?failure|exception|true)$/i;

function readErrors(keys: Keys, conversion: Conversion): void {
  const spot = keys.take(
    'retryon',
    'retryableerrors',
    'retryif',
    'retrywhen',
    'retryonerrors',
    'on',
    'errors',
    'retryonstatus',
    'retryableexceptions',
    'retryonstatuscodes',
  );
  if (spot === undefined) return;
  const words = isList(spot) ? itemsOf(spot).map(textOf) : [textOf(spot)];
  if (words.some((word) => word !== undefined && ANY_ERROR.test(word))) return;
  if (conversion.mayLeaveOut(normalizeKey(keyOf(spot))))
    return conversion.note('left-out', spot, `\`${keyOf(spot)}\` was left out, as asked.`);
  conversion.refuse(
    'steps-not-kept',
    spot,
    'Only some failures are tried again here; Sluice tries again whatever another attempt may mend.',
    `Remove \`${keyOf(spot)}\`, or write \`all\`.`,
  );
}

/** Attempts, the first included. */
function readCount(spot: Spot, includesFirst: boolean, { conversion }: RetryContext): number | undefined {
  const count = numberOf(spot);
  const attempts =
    count === undefined || !Number.isInteger(count) || count < 0
      ? undefined
      : includesFirst
        ? Math.max(1, count)
        : count + 1;
  if (attempts !== undefined && attempts <= 1_000) return attempts;
  conversion.refuse(
    'steps-value-unknown',
    spot,
    'This is no number of attempts from 0 to 1,000.',
    'Write `maxAttempts: 3`.',
  );
  return undefined;
}

function writeAttempts(attempts: number | undefined): JsonObject | undefined {
  return attempts === undefined || attempts === 1 ? undefined : { attempts };
}

function refuseCount(spot: Spot, { conversion }: RetryContext): undefined {
  conversion.refuse(
    'steps-value-unknown',
    spot,
    'How often is tried again does not stand here.',
    'Write `{ maxAttempts: 3, delay: 2s }`.',
  );
  return undefined;
}
