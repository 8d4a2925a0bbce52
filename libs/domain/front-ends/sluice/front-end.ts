import { compile } from '../../plan/compile.js';
import { validate } from '../../validation/validate.js';
import type { FrontEnd } from '../front-end.js';

/** The language of this project: docs/language.md. */
export const sluice: FrontEnd = {
  title: 'Sluice',
  recognises: () => true,
  read(tree, actions) {
    const { definition, ...rest } = validate(tree, actions);
    if (definition === undefined) return rest;
    const { name, description, inputs } = definition;
    return {
      ...rest,
      workflow: {
        name,
        ...(description === undefined ? {} : { description }),
        inputs,
        compile: (versionOf) => compile(definition, actions, versionOf),
      },
    };
  },
};
