import { MAX_TURNS } from '../../kinds/loop.js';
import type { KindSchema } from '../kind-schema.js';
import { mapOf, part, wholeNumber } from '../parts.js';

export const loopSchema: KindSchema = {
  value: mapOf(
    {
      as: part('identifier', 'Name under which the steps see `index` and `previous`.', { default: 'turn' }),
      while: part('condition', 'Asked before each turn; when it is false, the loop is over.'),
      until: part(
        'condition',
        'Asked after each turn, whose steps it sees; when it is true, the loop is over.',
      ),
      max: {
        ...wholeNumber('Turns after which the loop fails.', 1, MAX_TURNS.max),
        default: MAX_TURNS.default,
      },
      delay: part('duration', 'Pause between two turns.'),
    },
    {
      description: 'Runs `steps` again and again, one turn after the other.',
      anyOf: [{ required: ['while'] }, { required: ['until'] }],
    },
  ),
  beside: { steps: part('steps', 'What is done in each turn.') },
  required: ['steps'],
};
