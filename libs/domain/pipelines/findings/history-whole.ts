import type { Job } from '../pipeline.js';
import { createFinding, inJobs, type PipelineFinding } from './finding.js';

/** Actions that are known to read no history. */
const BLIND =
  /^(actions\/(checkout|cache(\/\w+)?|setup-\w+|upload-artifact|download-artifact)|pnpm\/action-setup|docker\/[\w-]+|dtolnay\/rust-toolchain|swatinem\/rust-cache|gradle\/actions\/setup-gradle)$/i;

/** Commands of package managers alone: scripts of the repository may do anything. */
const PLAIN =
  /^\s*(npm (ci|install)|pnpm (install|i)|yarn( install)?|pip install [\w.[\]-]+|go (build|test|vet)|cargo (build|test|clippy|fmt)|docker build)\b[^&|;]*$/;

/** Fetching all commits where every step is known, and none of them looks at more than the files. */
export const findWholeHistories = inJobs((job, pipeline) =>
  job.steps.flatMap(({ use, with: given = {} }): PipelineFinding[] => {
    if (use?.name !== 'actions/checkout' || given['fetch-depth'] !== '0' || !isBlind(job)) return [];
    return [
      createFinding({
        code: 'history-whole',
        pipeline,
        job,
        place: use.place,
        message:
          '`fetch-depth: 0` fetches every commit, and every step of the job is known to look at the files alone.',
      }),
    ];
  }),
);

function isBlind({ steps }: Job): boolean {
  return steps.every(({ use, command }) => {
    if (use !== undefined) return BLIND.test(use.name);
    const lines = (command?.text ?? '').split('\n').filter((line) => line.trim() !== '');
    return lines.every((line) => PLAIN.test(line));
  });
}
