import type { Step } from '../pipeline.js';
import { createFinding, inJobs, type PipelineFinding } from './finding.js';

const PRINTS = /^\s*(echo|printf|print|Write-Host|Write-Output)\b/i;
const GOES_ON = /[|>]/;

/** Lines that print a secret for all to read; what goes on into a file or a program is none. */
export const findPrintedSecrets = inJobs((job, pipeline) =>
  job.steps.flatMap((step): PipelineFinding[] => {
    const { command } = step;
    if (command === undefined) return [];
    const variables = secretVariables(step);
    return command.text.split('\n', 500).flatMap((line, index): PipelineFinding[] => {
      const text = line.slice(0, 2_000);
      if (!PRINTS.test(text)) return [];
      const own = /\$\{\{\s*secrets\.([\w-]+)\s*\}\}/.exec(text);
      const variable = variables.find((name) =>
        new RegExp(`\\$\\{?${name}\\b|\\$env:${name}\\b`, 'i').test(text),
      );
      const name = own?.[1] ?? variable;
      if (name === undefined || GOES_ON.test(text.replaceAll(/\$\{\{[^}]*\}\}/g, ''))) return [];
      return [
        createFinding({
          code: 'secret-printed',
          pipeline,
          job,
          place: { ...command.place, line: command.place.line + index },
          message: `The secret ${name} is printed into the log.`,
        }),
      ];
    });
  }),
);

function secretVariables({ environment = {} }: Step): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    /^\w+$/.test(name) && /^\$\{\{\s*secrets\.[\w-]+\s*\}\}$/.test(value) ? [name] : [],
  );
}
