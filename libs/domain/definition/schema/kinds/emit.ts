import type { KindSchema } from '../kind-schema.js';
import { mapOf, nameText } from '../parts.js';

export const emitSchema: KindSchema = {
  value: mapOf(
    { event: nameText('Name of the event.'), data: { description: 'What it tells; any value.' } },
    { required: ['event'], description: 'Sends an event to every run of the project that waits for it.' },
  ),
};
