import { isJsonObject, type JsonObject } from '../json.js';
import type { SecretsDefinition } from './definition.js';
import type { Sight } from './outline.js';
import type { NodeSource, Reading } from './reading.js';
import { readSecrets } from './secrets.js';
import { entryOf, type Spot, type TreeMap } from './tree.js';
import { readEntry, readMap, readText } from './values.js';

export interface ActionUse {
  readonly uses: string;
  readonly with: JsonObject;
  readonly secrets?: SecretsDefinition;
}

/** `uses`, at `spot`, with `with` and `secrets` beside it in `map`; remembered for the check against the catalogue. */
export function readActionUse(
  spot: Spot,
  map: Spot<TreeMap>,
  { owner, reading, sight = {} }: { owner: NodeSource; reading: Reading; sight?: Sight },
): ActionUse | undefined {
  const { report } = reading;
  const name = readText(spot, report, 'Write the name of an action, such as `command/run`.');
  const written = entryOf(map, 'with');
  const input = written && readMap(written, report, "Write a map of the action's inputs.");
  const values = input && reading.readTemplate(input, owner, sight).value;
  const secrets = readEntry(map, 'secrets', (entry) => readSecrets(entry, report));
  if (name === undefined || (written !== undefined && input === undefined)) return undefined;
  reading.addAction({ name, with: input, secrets: entryOf(map, 'secrets') });
  return { uses: String(name.node.value), with: isJsonObject(values) ? values : {}, ...secrets };
}
