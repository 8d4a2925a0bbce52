import { FAILURE_CLASSES } from '../../../execution/step-error.js';
import type { KindSchema } from '../kind-schema.js';
import { mapOf, part } from '../parts.js';

export const trySchema: KindSchema = {
  value: mapOf(
    {
      steps: part('steps', 'What is tried.'),
      catch: {
        type: 'array',
        description: 'What is done when it fails: the first that names the class or code of the error.',
        minItems: 1,
        items: mapOf(
          {
            errors: {
              type: 'array',
              description: 'Classes and codes of errors; any error where it is absent.',
              minItems: 1,
              items: part('id', undefined, { examples: FAILURE_CLASSES }),
            },
            as: part('identifier', 'Name under which the steps see the error.', { default: 'error' }),
            steps: part('steps'),
          },
          { required: ['steps'], description: 'A catch.' },
        ),
      },
      finally: mapOf(
        { steps: part('steps') },
        { required: ['steps'], description: 'What is done at the end whatever happened.' },
      ),
    },
    {
      required: ['steps'],
      description: 'Tries steps, and says what to do when they fail and in any case.',
      anyOf: [{ required: ['catch'] }, { required: ['finally'] }],
    },
  ),
};
