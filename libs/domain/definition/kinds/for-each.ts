import { atValue } from '../../validation/report.js';
import { checkLoopVariable } from '../names.js';
import type { NodeSource, Reading, StepSyntax } from '../reading.js';
import { entryOf, isList, type Spot, type TreeMap } from '../tree.js';
import { checkKeys, readMap, readText, requireEntry } from '../values.js';
import { readFailFast, readLimit } from './fan-out.js';

export const forEachSyntax: StepSyntax<'forEach'> = {
  keys: ['steps'],
  read(spot, step, reading) {
    const { report } = reading;
    const map = readMap(spot, report, 'Write `forEach: { in: "${{ inputs.list }}", as: item }`.');
    const loop = map && readLoop(map, step, reading);
    const steps = reading.readSteps(step.map, step);
    return loop && { forEach: { ...loop, steps } };
  },
};

function readLoop(map: Spot<TreeMap>, step: NodeSource, reading: Reading) {
  const { report } = reading;
  checkKeys(map, ['in', 'as', 'limit', 'failFast'], report, '`forEach`');
  const as = readVariable(map, step, reading);
  const list = requireEntry(map, 'in', report, 'Add the list to go through: `in: "${{ inputs.list }}"`.');
  if (list === undefined) return undefined;
  const { value, kind } = reading.readTemplate(list, step);
  if (kind !== 'expression' && !isList(list)) {
    report.add(
      'type-mismatch',
      atValue(list),
      'This must be a list, or one expression that yields a list.',
      'Write `in: [a, b]` or `in: "${{ inputs.list }}"`.',
    );
  }
  return {
    in: value,
    as,
    failFast: readFailFast(map, report),
    ...readLimit(map, report),
  };
}

function readVariable(map: Spot<TreeMap>, step: NodeSource, reading: Reading): string {
  const outer = reading.loopVariablesAround(step);
  const spot = entryOf(map, 'as');
  if (spot === undefined) {
    if (outer.includes('item')) {
      const inner: Spot = {
        node: { kind: 'scalar', value: 'item', position: map.node.position },
        path: map.path,
      };
      checkLoopVariable(inner, outer, reading.report);
    }
    reading.setLoopVariable(step, 'item');
    return 'item';
  }
  const name = readText(spot, reading.report, 'Write a name: `as: region`.');
  if (name === undefined) return 'item';
  checkLoopVariable(name, outer, reading.report);
  reading.setLoopVariable(step, String(name.node.value));
  return String(name.node.value);
}
