import { isJsonObject } from '../../json.js';
import { atValue, type FindingReport } from '../../validation/report.js';
import { parseVersionReference } from '../../versions/version-reference.js';
import { checkReferredName } from '../names.js';
import { quote } from '../path.js';
import type { StepSyntax } from '../reading.js';
import { entryOf, isScalar, type Spot } from '../tree.js';
import { checkKeys, readEntry, readMap, readNumber, readText, requireEntry } from '../values.js';

const EXAMPLE = 'Write `workflow: { name: release-service, inputs: { service: shop } }`.';

export const workflowSyntax: StepSyntax<'workflow'> = {
  keys: [],
  read(spot, step, reading) {
    const { report } = reading;
    const map = readMap(spot, report, EXAMPLE);
    if (map === undefined) return undefined;
    checkKeys(map, ['name', 'version', 'inputs'], report, '`workflow`');
    const title = requireEntry(map, 'name', report, EXAMPLE);
    const name = title && readText(title, report, EXAMPLE);
    const version = readEntry(map, 'version', (each) => readVersion(each, report));
    const written = entryOf(map, 'inputs');
    const inputs = written && readMap(written, report, EXAMPLE);
    const values = inputs && reading.readTemplate(inputs, step).value;
    if (name === undefined || !checkReferredName(name, report, 'a workflow')) return undefined;
    const named = version.version;
    reading.addWorkflow({
      name,
      version: named === undefined ? undefined : { named, spot: entryOf(map, 'version')! },
    });
    return {
      workflow: { name: String(name.node.value), ...version, inputs: isJsonObject(values) ? values : {} },
    };
  },
};

function readVersion(spot: Spot, report: FindingReport): number | string | undefined {
  const written = isScalar(spot) ? spot.node.value : undefined;
  if (typeof written !== 'string') {
    return readNumber(spot, report, { min: 1, max: 1_000_000_000, whole: true });
  }
  const reference = parseVersionReference(written);
  if (reference !== undefined && reference.kind !== 'number') return written;
  report.add(
    'value-not-allowed',
    atValue(spot),
    `${quote(written)} names no version.`,
    'Write the number of a version, as 7, what it was published as, as 1.4.0, or an alias, as stable.',
  );
  return undefined;
}
