import type { StepSyntax } from '../reading.js';
import { readNameTemplate } from '../template-text.js';
import { checkKeys, readEntry, readMap, requireEntry } from '../values.js';

const EXAMPLE = 'Write `waitFor: { event: deployed, if: event.data.region == "eu" }`.';

export const waitForSyntax: StepSyntax<'waitFor'> = {
  keys: [],
  read(spot, step, reading) {
    const { report } = reading;
    const map = readMap(spot, report, EXAMPLE);
    if (map === undefined) return undefined;
    checkKeys(map, ['event', 'if'], report, '`waitFor`');
    const name = requireEntry(map, 'event', report, EXAMPLE);
    const event = name && readNameTemplate(name, step, reading, { hint: EXAMPLE });
    const condition = readEntry(map, 'if', (asked) =>
      reading.readCondition(asked, step, 'value', { variables: ['event'] }),
    );
    return event === undefined ? undefined : { waitFor: { event, ...condition } };
  },
};
