import { atKey } from '../../validation/report.js';
import { readVariable } from '../names.js';
import type { StepSyntax } from '../reading.js';
import { entryOf } from '../tree.js';
import { checkKeys, readDuration, readEntry, readMap, readNumber } from '../values.js';

export const MAX_TURNS = { default: 1_000, max: 100_000 } as const;

const EXAMPLE = 'Write `loop: { until: steps.check.output.ready, delay: 10s }`.';

export const loopSyntax: StepSyntax<'loop'> = {
  keys: ['steps'],
  read(spot, step, reading) {
    const { report } = reading;
    const map = readMap(spot, report, EXAMPLE);
    if (map === undefined) {
      reading.readSteps(step.map, step, { variable: 'turn' });
      return undefined;
    }
    checkKeys(map, ['as', 'while', 'until', 'max', 'delay'], report, '`loop`');
    const as = readVariable(map, 'turn', reading.variablesAround(step), report);
    if (entryOf(map, 'while') === undefined && entryOf(map, 'until') === undefined) {
      report.add('loop-endless', atKey(map), 'Nothing ends this loop.', EXAMPLE);
    }
    const variables = [as];
    const conditions = {
      ...readEntry(map, 'while', (asked) => reading.readCondition(asked, step, 'value', { variables })),
      ...readEntry(map, 'until', (asked) =>
        reading.readCondition(asked, step, 'value', { variables, over: 'body' }),
      ),
    };
    const { max = MAX_TURNS.default } = readEntry(map, 'max', (turns) =>
      readNumber(turns, report, { min: 1, max: MAX_TURNS.max, whole: true }),
    );
    const delay = readEntry(map, 'delay', (pause) => readDuration(pause, report, 0));
    const steps = reading.readSteps(step.map, step, { variable: as });
    return { loop: { as, ...conditions, max, ...delay, steps } };
  },
};
