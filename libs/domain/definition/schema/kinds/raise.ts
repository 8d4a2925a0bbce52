import type { KindSchema } from '../kind-schema.js';
import { mapOf, text } from '../parts.js';

export const raiseSchema: KindSchema = {
  value: mapOf(
    {
      error: text('Code of the error, or the name of a class of errors.'),
      message: text('What went wrong.'),
    },
    { required: ['error', 'message'], description: 'Fails on purpose.' },
  ),
};
