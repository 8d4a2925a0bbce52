import { atValue } from '../../validation/report.js';
import { readVariable } from '../names.js';
import type { NodeSource, Reading, StepSyntax } from '../reading.js';
import { entryOf, isList, type Spot, type TreeMap } from '../tree.js';
import { checkKeys, readMap, requireEntry } from '../values.js';
import { FAN_OUT_KEYS, readFailFast, readLimit, readQuorum } from './fan-out.js';
import { type ItemSource, readListTemplate } from './item-source.js';
import { readMatrix } from './matrix.js';

const EXAMPLE = 'Write `forEach: { in: "${{ inputs.list }}", as: item }`.';

export const forEachSyntax: StepSyntax<'forEach'> = {
  keys: ['steps'],
  read(spot, step, reading) {
    const { report } = reading;
    const map = readMap(spot, report, EXAMPLE);
    if (map === undefined) {
      reading.readSteps(step.map, step, { variable: 'item' });
      return undefined;
    }
    checkKeys(map, ['in', 'matrix', 'exclude', 'include', 'as', ...FAN_OUT_KEYS], report, '`forEach`');
    const as = readVariable(map, 'item', reading.variablesAround(step), report);
    const source = readSource(map, step, reading);
    const more = {
      as,
      ...readLimit(map, report),
      failFast: readFailFast(map, report),
      ...readQuorum(map, source?.count, report),
    };
    const steps = reading.readSteps(step.map, step, { variable: as });
    return source && { forEach: { ...source.items, ...more, steps } };
  },
};

function readSource(map: Spot<TreeMap>, step: NodeSource, reading: Reading): ItemSource | undefined {
  const { report } = reading;
  const matrix = entryOf(map, 'matrix');
  const list = entryOf(map, 'in');
  if (matrix !== undefined && list !== undefined) {
    const message = 'A forEach has either `in` or `matrix`, not both.';
    report.add('value-not-allowed', atValue(list), message, 'Remove one of the two.');
  }
  if (matrix !== undefined) return readMatrix(matrix, map, { owner: step, reading });
  for (const key of ['exclude', 'include']) {
    const spot = entryOf(map, key);
    if (spot === undefined) continue;
    const message = `\`${key}\` has a meaning beside \`matrix\` only.`;
    report.add('value-not-allowed', atValue(spot), message, 'Remove it, or write `matrix` in place of `in`.');
  }
  const written = requireEntry(map, 'in', report, 'Add the list to go through: `in: "${{ inputs.list }}"`.');
  if (written === undefined) return undefined;
  const items = { in: readListTemplate(written, step, reading).value };
  return { items, count: isList(written) ? written.node.items.length : undefined };
}
