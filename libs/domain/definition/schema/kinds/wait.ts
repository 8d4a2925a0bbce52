import type { KindSchema } from '../kind-schema.js';
import { mapOf, part, text } from '../parts.js';

const duration = { anyOf: [part('duration'), part('template')] };

const moment = text('A moment (RFC 3339), which may be an expression.', {
  examples: ['2030-01-31T08:00:00Z'],
});

export const waitSchema: KindSchema = {
  value: {
    description: 'Waits for a duration, or until a moment.',
    anyOf: [
      ...duration.anyOf,
      mapOf({ for: duration, until: moment }, { oneOf: [{ required: ['for'] }, { required: ['until'] }] }),
    ],
    examples: ['30s', { until: '2030-01-31T08:00:00Z' }],
  },
};
