import type { FindingReport } from '../validation/report.js';
import type { ConcurrencyDefinition, ConcurrencyPolicy } from './definition.js';
import type { Sight } from './outline.js';
import { type Spot, toJson } from './tree.js';
import { checkKeys, readChoice, readEntry, readMap, readText, requireEntry } from './values.js';

export const CONCURRENCY_KEYS = ['group', 'policy'] as const;

export const POLICIES: readonly ConcurrencyPolicy[] = ['queue', 'cancel', 'reject'];

const EXAMPLE = 'Write `concurrency: { group: "release-${{ inputs.service }}", policy: queue }`.';

/** @param addTemplate takes note of the expressions in a value */
export function readConcurrency(
  spot: Spot,
  report: FindingReport,
  addTemplate: (spot: Spot, node: undefined, sight: Sight) => unknown,
): ConcurrencyDefinition | undefined {
  const map = readMap(spot, report, EXAMPLE);
  if (map === undefined) return undefined;
  checkKeys(map, CONCURRENCY_KEYS, report, '`concurrency`');
  const written = requireEntry(map, 'group', report, EXAMPLE);
  const group = written && readText(written, report, EXAMPLE);
  const { policy = 'queue' } = readEntry(map, 'policy', (choice) => readChoice(choice, POLICIES, report));
  if (group === undefined) return undefined;
  addTemplate(group, undefined, { beforeRun: true });
  return { group: String(toJson(group.node)), policy };
}
