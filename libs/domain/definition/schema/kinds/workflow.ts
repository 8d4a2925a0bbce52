import type { KindSchema } from '../kind-schema.js';
import { mapOf, part, wholeNumber } from '../parts.js';

export const workflowSchema: KindSchema = {
  value: mapOf(
    {
      name: part('id', 'Name of the workflow.'),
      version: wholeNumber(
        'Its version; the latest one when this was saved where it is absent.',
        1,
        1_000_000_000,
      ),
      inputs: { type: 'object', description: 'Its inputs; any value may hold expressions.' },
    },
    { required: ['name'], description: 'Starts a run of another workflow and waits for its end.' },
  ),
};
