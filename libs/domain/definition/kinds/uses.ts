import { isJsonObject } from '../../json.js';
import type { StepSyntax } from '../reading.js';
import { entryOf } from '../tree.js';
import { readMap, readText } from '../values.js';

export const usesSyntax: StepSyntax<'uses'> = {
  keys: ['with'],
  read(spot, step, reading) {
    const name = readText(spot, reading.report, 'Write the name of an action, such as `command/run`.');
    const written = entryOf(step.map, 'with');
    const input = written && readMap(written, reading.report, "Write a map of the action's inputs.");
    const values = input && reading.readTemplate(input, step).value;
    if (name === undefined || (written !== undefined && input === undefined)) return undefined;
    reading.addAction(name, input);
    return { uses: String(name.node.value), with: isJsonObject(values) ? values : {} };
  },
};
