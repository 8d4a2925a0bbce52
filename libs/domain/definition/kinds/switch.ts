import { atValue } from '../../validation/report.js';
import type { StepKinds } from '../definition.js';
import type { NodeSource, Reading, StepSyntax } from '../reading.js';
import { entryOf, itemsOf, type Spot } from '../tree.js';
import { checkKeys, readList, readMap } from '../values.js';

const EXAMPLE = 'Write a list: `switch: [{ if: inputs.deep, steps: {…} }, { steps: {…} }]`.';

export const switchSyntax: StepSyntax<'switch'> = {
  keys: [],
  read(spot, step, reading) {
    const list = readList(spot, reading.report, EXAMPLE);
    if (list === undefined) return undefined;
    const cases = itemsOf(list);
    if (cases.length === 0) reading.report.add('block-empty', atValue(list), 'There is no case.', EXAMPLE);
    return {
      switch: cases.map((item, index) => readCase(item, { step, reading, last: index === cases.length - 1 })),
    };
  },
};

type SwitchCase = StepKinds['switch']['switch'][number];

interface CaseContext {
  readonly step: NodeSource;
  readonly reading: Reading;
  readonly last: boolean;
}

function readCase(spot: Spot, { step, reading, last }: CaseContext): SwitchCase {
  const { report } = reading;
  const map = readMap(spot, report, EXAMPLE);
  if (map === undefined) return { steps: new Map() };
  checkKeys(map, ['if', 'steps'], report, 'a case');
  const written = entryOf(map, 'if');
  if (written === undefined && !last) {
    report.add(
      'switch-default-not-last',
      atValue(map),
      'This case has no `if`, so those below it can never be chosen.',
      'Move it to the end, or give it an `if`.',
    );
  }
  const condition = written && reading.readCondition(written, step, 'value');
  return { ...(condition === undefined ? {} : { if: condition }), steps: reading.readSteps(map, step) };
}
