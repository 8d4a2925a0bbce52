import type { KindSchema } from '../kind-schema.js';
import { mapOf, nameText, part } from '../parts.js';

export const waitForSchema: KindSchema = {
  value: mapOf(
    {
      event: nameText('Name of the event.'),
      if: part('condition', 'Which event of that name; it sees `event`: `name`, `data`, `by`, `at`.'),
    },
    { required: ['event'], description: 'Waits for an event that is sent to the run.' },
  ),
};
