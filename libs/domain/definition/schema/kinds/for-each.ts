import type { JsonObject } from '../../../json.js';
import type { KindSchema } from '../kind-schema.js';
import { mapOf, part } from '../parts.js';
import { FAN_OUT } from './fan-out.js';

const items = (description: string): JsonObject => ({
  description,
  anyOf: [{ type: 'array', items: { anyOf: [{ type: 'object' }, part('template')] } }, part('template')],
});

export const forEachSchema: KindSchema = {
  value: mapOf(
    {
      in: part('list', 'The list to go through.'),
      matrix: {
        type: 'object',
        description: 'Lists by name; the items are all their combinations.',
        propertyNames: part('identifier'),
        additionalProperties: part('list'),
        minProperties: 1,
        examples: [{ os: ['linux', 'windows'], node: [22, 24] }],
      },
      exclude: items('Combinations left out.'),
      include: items('Items added at the end.'),
      as: part('identifier', 'Name under which the steps see the item.', { default: 'item' }),
      ...FAN_OUT,
    },
    {
      description: 'Runs `steps` once for each item of a list, side by side.',
      oneOf: [{ required: ['in'], properties: { exclude: false, include: false } }, { required: ['matrix'] }],
    },
  ),
  beside: { steps: part('steps', 'What is done for each item.') },
  required: ['steps'],
};
