import { createFinding, type Finder, inJobs, type PipelineFinding } from './finding.js';

const HEAD = /github\.event\.pull_request\.head\.(sha|ref)|github\.head_ref|refs\/pull\//;

/** `pull_request_target` runs with the rights of the base; what it checks out must be the base. */
export const findStrangersCode: Finder = inJobs((job, pipeline) => {
  if (!pipeline.triggers.some(({ event }) => event === 'pull_request_target')) return [];
  return job.steps.flatMap(({ use, with: given = {}, place, command }): PipelineFinding[] => {
    const ref = given['ref'] ?? '';
    const isHead = use?.name === 'actions/checkout' && HEAD.test(ref);
    const isFetched = command !== undefined && /\bgh pr checkout\b/.test(command.text);
    if (!isHead && !isFetched) return [];
    return [
      createFinding({
        code: 'checkout-of-stranger',
        pipeline,
        job,
        place: use?.place ?? command?.place ?? place,
        message:
          'Whoever opens a pull request has code run here that can read the secrets of the repository.',
      }),
    ];
  });
});

const TEXTS =
  /\$\{\{[^}]*\b(github\.head_ref|github\.event\.(issue|pull_request|discussion|review|comment|head_commit|workflow_run)\.(title|body|message|head\.ref|head\.label|head_branch|display_title|head_commit\.message))\b[^}]*\}\}/;

/** What strangers write, put into the text of a script. */
export const findStrangersTexts: Finder = inJobs((job, pipeline) =>
  job.steps.flatMap(({ command }): PipelineFinding[] => {
    if (command === undefined || pipeline.platform !== 'github-actions') return [];
    return command.text.split('\n', 500).flatMap((line, index): PipelineFinding[] => {
      const found = TEXTS.exec(line.slice(0, 2_000))?.[1];
      if (found === undefined) return [];
      return [
        createFinding({
          code: 'text-of-stranger',
          pipeline,
          job,
          place: { ...command.place, line: command.place.line + index },
          message: `\`${found}\` is written by whoever opens it, and becomes a part of the script.`,
        }),
      ];
    });
  }),
);
