import { atKey, atValue, type FindingReport } from '../validation/report.js';
import { readActionUse } from './action-use.js';
import { readRetry } from './common-keys.js';
import type { CommonKeys, CompensationDefinition, ResourcesDefinition } from './definition.js';
import { checkReferredName } from './names.js';
import { quote } from './path.js';
import type { NodeSource, Reading } from './reading.js';
import { MAX_SIZE, parseSize } from './size.js';
import { readNameTemplates } from './template-text.js';
import { entryOf, isScalar, type Spot } from './tree.js';
import {
  checkKeys,
  readDuration,
  readEntry,
  readMap,
  readNumber,
  readString,
  readText,
  requireEntry,
} from './values.js';

/** Keys that every step may have, and no stage. */
export const STEP_KEYS = ['locks', 'resources', 'priority', 'compensate'] as const;

export const RESOURCE_KEYS = ['pool', 'cpu', 'memory', 'disk', 'slots'] as const;

export const COMPENSATION_KEYS = ['uses', 'with', 'timeout', 'retry', 'secrets'] as const;

export const MAX_LOCKS = 20;

const COMPENSATE_EXAMPLE = 'Write `compensate: { uses: command/run, with: { run: [./undo] } }`.';

export function readStepKeys(
  source: NodeSource,
  reading: Reading,
): Pick<CommonKeys, (typeof STEP_KEYS)[number]> {
  const { map } = source;
  const { report } = reading;
  for (const key of ['locks', 'resources'] as const) {
    const spot = entryOf(map, key);
    if (spot !== undefined) reading.setClaims(source, spot);
  }
  return {
    ...readEntry(map, 'locks', (spot) => readLocks(spot, source, reading)),
    ...readEntry(map, 'resources', (spot) => readResources(spot, report)),
    ...readEntry(map, 'priority', (spot) => readNumber(spot, report, { min: 1, max: 5, whole: true })),
    ...readEntry(map, 'compensate', (spot) => readCompensation(spot, source, reading)),
  };
}

function readLocks(spot: Spot, source: NodeSource, reading: Reading): readonly string[] | undefined {
  return readNameTemplates(spot, source, reading, {
    most: MAX_LOCKS,
    hint: 'Write a list of names: `locks: ["deploy-${{ inputs.service }}"]`.',
    twice: (name, item) =>
      reading.report.add('lock-duplicate', atValue(item), `${quote(name)} is named twice.`, 'Remove one.'),
  });
}

function readResources(spot: Spot, report: FindingReport): ResourcesDefinition | undefined {
  const map = readMap(spot, report, 'Write `resources: { cpu: 2, memory: 4GiB }`.');
  if (map === undefined) return undefined;
  checkKeys(map, RESOURCE_KEYS, report, '`resources`');
  if (!RESOURCE_KEYS.some((key) => key !== 'pool' && entryOf(map, key) !== undefined)) {
    const message = '`resources` names no amount.';
    report.add('key-missing', atKey(map), message, 'Add one of `cpu`, `memory`, `disk`, `slots`.');
  }
  const { pool = 'default' } = readEntry(map, 'pool', (name) => readPoolName(name, report));
  return {
    pool,
    ...readEntry(map, 'cpu', (cpu) => readNumber(cpu, report, { min: 0.001, max: 10_000, whole: false })),
    ...readEntry(map, 'memory', (memory) => readSize(memory, report)),
    ...readEntry(map, 'disk', (disk) => readSize(disk, report)),
    ...readEntry(map, 'slots', (slots) => readNumber(slots, report, { min: 1, max: 10_000, whole: true })),
  };
}

/** Of a pool of resources or of workers. */
export function readPoolName(spot: Spot, report: FindingReport): string | undefined {
  const name = readText(spot, report, 'Write a name: `pool: large`.');
  return name && checkReferredName(name, report, 'a pool') ? String(name.node.value) : undefined;
}

function readSize(spot: Spot, report: FindingReport): number | undefined {
  const hint = 'Write bytes, or `512MiB`, `2GiB`, `1GB`; at most 1 PiB.';
  const value = isScalar(spot) ? spot.node.value : undefined;
  if (typeof value === 'number') return readNumber(spot, report, { min: 1, max: MAX_SIZE, whole: true });
  const text = readString(spot, report, hint);
  if (text === undefined) return undefined;
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  report.add('size-invalid', atValue(spot), `${quote(text)} is no size from 1 byte to 1 PiB.`, hint);
  return undefined;
}

function readCompensation(
  spot: Spot,
  source: NodeSource,
  reading: Reading,
): CompensationDefinition | undefined {
  const { report } = reading;
  const map = readMap(spot, report, COMPENSATE_EXAMPLE);
  if (map === undefined) return undefined;
  checkKeys(map, COMPENSATION_KEYS, report, '`compensate`');
  const uses = requireEntry(map, 'uses', report, COMPENSATE_EXAMPLE);
  const action = uses && readActionUse(uses, map, { owner: source, reading, sight: { over: 'node' } });
  const limits = {
    ...readEntry(map, 'timeout', (timeout) => readDuration(timeout, report, 1)),
    ...readEntry(map, 'retry', (retry) => readRetry(retry, report)),
  };
  return action && { ...action, ...limits };
}
