import { describe, it } from '@jest/globals';
import { SERVER_VARIABLES } from './server-variables.js';

/** Tests of a real server, which are skipped where it cannot be had, by the reason. */
export function describeServer(
  server: keyof typeof SERVER_VARIABLES,
  title: string,
  tests: (program: string) => void,
): void {
  const variable = SERVER_VARIABLES[server];
  const program = process.env[variable];
  describe(title, () => {
    if (program !== undefined) tests(program);
    else
      it.skip(`cannot be had: ${process.env[`${variable}_MISSING`] ?? 'npm run test:servers gets it'}`, () =>
        undefined);
  });
}
