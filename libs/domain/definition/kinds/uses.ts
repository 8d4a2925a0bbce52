import type { JsonObject } from '../../json.js';
import { readActionUse } from '../action-use.js';
import type { Reading, StepSyntax } from '../reading.js';
import { readPoolName } from '../step-keys.js';
import { type Spot, toJson } from '../tree.js';
import { readEntry, readMap } from '../values.js';

export const usesSyntax: StepSyntax<'uses'> = {
  keys: ['with', 'secrets', 'output', 'pool'],
  read(spot, step, reading) {
    const action = readActionUse(spot, step.map, { owner: step, reading });
    const more = {
      ...readEntry(step.map, 'output', (schema) => readOutput(schema, reading)),
      ...readEntry(step.map, 'pool', (pool) => readPoolName(pool, reading.report)),
    };
    return action && { ...action, ...more };
  },
};

function readOutput(spot: Spot, reading: Reading): JsonObject | undefined {
  const schema = readMap(spot, reading.report, 'Write a JSON Schema: `{ type: object }`.');
  if (schema === undefined) return undefined;
  reading.addSchema({ of: 'output', name: 'output', spot: schema });
  return toJson(schema.node) as JsonObject;
}
