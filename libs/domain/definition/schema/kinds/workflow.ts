import type { KindSchema } from '../kind-schema.js';
import { mapOf, part, text, wholeNumber } from '../parts.js';

export const workflowSchema: KindSchema = {
  value: mapOf(
    {
      name: part('id', 'Name of the workflow.'),
      version: {
        description:
          'Its version: by number, by what it was published as, or by an alias, as it stands when this is saved; the newest one where it is absent.',
        anyOf: [
          wholeNumber('Its number.', 1, 1_000_000_000),
          text('A semantic version.', { pattern: '^\\d+\\.\\d+\\.\\d+', maxLength: 100 }),
          text('An alias.', { pattern: '^[a-z][a-z0-9-]*$', maxLength: 63 }),
        ],
        examples: [7, '1.4.0', 'stable'],
      },
      inputs: { type: 'object', description: 'Its inputs; any value may hold expressions.' },
    },
    { required: ['name'], description: 'Starts a run of another workflow and waits for its end.' },
  ),
};
