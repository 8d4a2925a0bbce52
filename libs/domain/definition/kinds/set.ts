import { isJsonObject } from '../../json.js';
import type { StepSyntax } from '../reading.js';
import { readMap } from '../values.js';

export const setSyntax: StepSyntax<'set'> = {
  keys: [],
  read(spot, step, reading) {
    const map = readMap(
      spot,
      reading.report,
      'Write a map of names and values: `set: { tag: "v${{ inputs.version }}" }`.',
    );
    const values = map && reading.readTemplate(map, step).value;
    return isJsonObject(values) ? { set: values } : undefined;
  },
};
