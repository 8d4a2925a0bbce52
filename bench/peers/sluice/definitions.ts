import { JOBS, type JobName } from '../jobs.js';

/** The job as a definition; each step writes its name to the run's log. */
export function definitionOf(job: JobName): string {
  const stages = JOBS[job].every((level) => level.length === 1)
    ? [JOBS[job].flatMap(([name]) => `      ${name}: { uses: log/write, with: { message: ${name} } }`)]
    : JOBS[job].map((level) =>
        level.map((name) => `      ${name}: { needs: [], uses: log/write, with: { message: ${name} } }`),
      );
  return [
    'sluice: 1',
    `name: ${job}`,
    'stages:',
    ...stages.flatMap((steps, n) => [`  level-${n + 1}:`, '    steps:', ...steps]),
    'output: done',
    '',
  ].join('\n');
}
