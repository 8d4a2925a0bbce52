import type { KindSchema } from '../kind-schema.js';
import { mapOf, part } from '../parts.js';

export const switchSchema: KindSchema = {
  value: {
    type: 'array',
    description: 'Runs the steps of the first case that applies. Only the last may lack `if`.',
    minItems: 1,
    items: mapOf(
      { if: part('condition'), steps: part('steps') },
      { required: ['steps'], description: 'A case.' },
    ),
  },
};
