import type { StepSyntax } from '../reading.js';
import { checkKeys, readMap, readText, requireEntry } from '../values.js';

const EXAMPLE = 'Write `raise: { error: too-risky, message: "The change is too risky." }`.';

export const raiseSyntax: StepSyntax<'raise'> = {
  keys: [],
  read(spot, step, reading) {
    const { report } = reading;
    const map = readMap(spot, report, EXAMPLE);
    if (map === undefined) return undefined;
    checkKeys(map, ['error', 'message'], report, '`raise`');
    const [error, message] = (['error', 'message'] as const).map((key) => {
      const entry = requireEntry(map, key, report, EXAMPLE);
      const text = entry && readText(entry, report, EXAMPLE);
      return text && String(reading.readTemplate(text, step).value);
    });
    return error === undefined || message === undefined ? undefined : { raise: { error, message } };
  },
};
