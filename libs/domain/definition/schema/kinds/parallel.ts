import type { KindSchema } from '../kind-schema.js';
import { mapOf, part } from '../parts.js';
import { FAN_OUT } from './fan-out.js';

export const parallelSchema: KindSchema = {
  value: mapOf(
    {
      branches: {
        type: 'object',
        description: 'Branches by name.',
        propertyNames: part('id'),
        minProperties: 1,
        additionalProperties: mapOf({ steps: part('steps') }, { required: ['steps'] }),
      },
      ...FAN_OUT,
    },
    { required: ['branches'], description: 'Runs branches side by side.' },
  ),
};
