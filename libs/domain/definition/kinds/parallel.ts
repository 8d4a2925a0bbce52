import { atKey } from '../../validation/report.js';
import type { StepsDefinition } from '../definition.js';
import { checkId } from '../names.js';
import type { NodeSource, Reading, StepSyntax } from '../reading.js';
import { entriesOf, type Spot, type TreeMap } from '../tree.js';
import { checkKeys, readMap, requireEntry } from '../values.js';
import { FAN_OUT_KEYS, readFailFast, readLimit, readQuorum } from './fan-out.js';

const EXAMPLE = 'Write `parallel: { branches: { lint: { steps: {…} }, unit: { steps: {…} } } }`.';

export const parallelSyntax: StepSyntax<'parallel'> = {
  keys: [],
  read(spot, step, reading) {
    const { report } = reading;
    const map = readMap(spot, report, EXAMPLE);
    if (map === undefined) return undefined;
    checkKeys(map, [...FAN_OUT_KEYS, 'branches'], report, '`parallel`');
    const written = requireEntry(map, 'branches', report, EXAMPLE);
    const branches = written && readMap(written, report, EXAMPLE);
    return {
      parallel: {
        ...readLimit(map, report),
        failFast: readFailFast(map, report),
        ...readQuorum(map, branches?.node.entries.size, report),
        branches: branches === undefined ? new Map() : readBranches(branches, step, reading),
      },
    };
  },
};

function readBranches(
  map: Spot<TreeMap>,
  step: NodeSource,
  reading: Reading,
): ReadonlyMap<string, StepsDefinition> {
  const { report } = reading;
  const branches = entriesOf(map);
  if (branches.length === 0) report.add('block-empty', atKey(map), 'There is no branch.', EXAMPLE);
  const read = new Map<string, StepsDefinition>();
  for (const [name, spot] of branches) {
    checkId(name, spot, report, 'a branch');
    const branch = readMap(spot, report, 'Write `{ steps: {…} }`.');
    if (branch === undefined) continue;
    checkKeys(branch, ['steps'], report, 'a branch');
    read.set(name, reading.readSteps(branch, step));
  }
  return read;
}
