import type { KindSchema } from '../kind-schema.js';

export const setSchema: KindSchema = {
  value: {
    type: 'object',
    description: 'Computes values; they are its output.',
    examples: [{ tag: 'v${{ inputs.version }}' }],
  },
};
