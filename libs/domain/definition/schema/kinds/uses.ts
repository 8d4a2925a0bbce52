import type { KindSchema } from '../kind-schema.js';
import { part, text } from '../parts.js';

export const usesSchema: KindSchema = {
  value: text('Runs an action of the catalogue with the input `with`.', { examples: ['command/run'] }),
  beside: {
    with: { type: 'object', description: "The action's input; any value in it may hold expressions." },
    secrets: part('secrets', 'Secrets that the action is handed by name.'),
    output: part('json-schema', 'A schema that the output must fit; else the step fails.'),
    pool: part('id', 'The pool of workers on which it runs; all workers where it is absent.'),
  },
};
