import { atValue } from '../../validation/report.js';
import { parseMoment } from '../moment.js';
import { quote } from '../path.js';
import type { NodeSource, Reading, StepSyntax } from '../reading.js';
import { entryOf, isMap, type Spot } from '../tree.js';
import { checkKeys, readDuration, readText } from '../values.js';

const HINT = 'Write `wait: 30s`, `wait: { for: 30s }` or `wait: { until: 2030-01-31T08:00:00Z }`.';

const MOMENT_HINT = 'Write `2030-01-31T08:00:00Z`, or with an offset, `2030-01-31T09:00:00+01:00`.';

export const waitSyntax: StepSyntax<'wait'> = {
  keys: [],
  read(spot, step, reading) {
    if (!isMap(spot)) return readFor(spot, step, reading);
    checkKeys(spot, ['for', 'until'], reading.report, '`wait`');
    const duration = entryOf(spot, 'for');
    const moment = entryOf(spot, 'until');
    if (duration !== undefined && moment !== undefined) {
      reading.report.add(
        'value-not-allowed',
        atValue(spot),
        'A wait has either `for` or `until`, not both.',
        HINT,
      );
      return undefined;
    }
    if (duration !== undefined) return readFor(duration, step, reading);
    if (moment !== undefined) return readUntil(moment, step, reading);
    reading.report.add('key-missing', atValue(spot), '`for` or `until` is missing.', HINT);
    return undefined;
  },
};

function readFor(spot: Spot, step: NodeSource, reading: Reading) {
  const text = readText(spot, reading.report, HINT);
  if (text === undefined) return undefined;
  const { value, kind } = reading.readTemplate(text, step);
  const duration = kind === 'literal' ? readDuration(spot, reading.report, 0) : String(value);
  return duration === undefined ? undefined : { wait: { for: duration } };
}

function readUntil(spot: Spot, step: NodeSource, reading: Reading) {
  const text = readText(spot, reading.report, MOMENT_HINT);
  if (text === undefined) return undefined;
  const until = String(text.node.value);
  if (reading.readTemplate(text, step).kind === 'literal' && parseMoment(until) === undefined) {
    reading.report.add(
      'moment-invalid',
      atValue(spot),
      `${quote(until)} is no moment (RFC 3339).`,
      MOMENT_HINT,
    );
    return undefined;
  }
  return { wait: { until } };
}
