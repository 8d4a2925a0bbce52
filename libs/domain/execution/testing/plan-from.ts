import { compile } from '../../plan/compile.js';
import type { Plan } from '../../plan/plan.js';
import { readDefinition } from '../../validation/validate.js';
import { ACTIONS } from './simulate-run.js';

/** Plan of a whole definition in YAML. Throws what is wrong with it. */
export function planFromDefinition(text: string): Plan {
  const { definition, findings } = readDefinition(text, ACTIONS);
  if (definition === undefined) throw new Error(JSON.stringify(findings, null, 2));
  return compile(definition, ACTIONS);
}

/** Plan of one stage `main` with these steps, in YAML. `DO` stands for an action. */
export function planFrom(steps: string, more = ''): Plan {
  const indented = steps
    .replaceAll('DO', 'uses: test/do')
    .split('\n')
    .map((line) => `      ${line}`)
    .join('\n');
  return planFromDefinition(`sluice: 1\nname: test\n${more}\nstages:\n  main:\n    steps:\n${indented}\n`);
}
