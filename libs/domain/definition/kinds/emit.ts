import type { StepSyntax } from '../reading.js';
import { readNameTemplate } from '../template-text.js';
import { entryOf } from '../tree.js';
import { checkKeys, readMap, requireEntry } from '../values.js';

const EXAMPLE = 'Write `emit: { event: deployed, data: { region: eu } }`.';

export const emitSyntax: StepSyntax<'emit'> = {
  keys: [],
  read(spot, step, reading) {
    const { report } = reading;
    const map = readMap(spot, report, EXAMPLE);
    if (map === undefined) return undefined;
    checkKeys(map, ['event', 'data'], report, '`emit`');
    const name = requireEntry(map, 'event', report, EXAMPLE);
    const event = name && readNameTemplate(name, step, reading, { hint: EXAMPLE });
    const written = entryOf(map, 'data');
    const data = written === undefined ? null : reading.readTemplate(written, step).value;
    return event === undefined ? undefined : { emit: { event, data } };
  },
};
