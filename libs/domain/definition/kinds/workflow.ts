import { isJsonObject } from '../../json.js';
import { checkReferredName } from '../names.js';
import type { StepSyntax } from '../reading.js';
import { entryOf } from '../tree.js';
import { checkKeys, readEntry, readMap, readNumber, readText, requireEntry } from '../values.js';

const EXAMPLE = 'Write `workflow: { name: release-service, inputs: { service: shop } }`.';

export const workflowSyntax: StepSyntax<'workflow'> = {
  keys: [],
  read(spot, step, reading) {
    const { report } = reading;
    const map = readMap(spot, report, EXAMPLE);
    if (map === undefined) return undefined;
    checkKeys(map, ['name', 'version', 'inputs'], report, '`workflow`');
    const named = requireEntry(map, 'name', report, EXAMPLE);
    const name = named && readText(named, report, EXAMPLE);
    const version = readEntry(map, 'version', (number) =>
      readNumber(number, report, { min: 1, max: 1_000_000_000, whole: true }),
    );
    const written = entryOf(map, 'inputs');
    const inputs = written && readMap(written, report, EXAMPLE);
    const values = inputs && reading.readTemplate(inputs, step).value;
    if (name === undefined || !checkReferredName(name, report, 'a workflow')) return undefined;
    const number = version.version;
    reading.addWorkflow({
      name,
      version: number === undefined ? undefined : { number, spot: entryOf(map, 'version')! },
    });
    return {
      workflow: { name: String(name.node.value), ...version, inputs: isJsonObject(values) ? values : {} },
    };
  },
};
