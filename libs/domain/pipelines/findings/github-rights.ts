import { createFinding, type Finder, type PipelineFinding } from './finding.js';

/** Workflows of GitHub whose token has whatever the settings of the repository give it. */
export const findAbsentPermissions: Finder = (pipelines) =>
  pipelines.flatMap((pipeline): PipelineFinding[] => {
    const { platform, permissions, jobs } = pipeline;
    const bare = jobs.filter((job) => job.permissions !== true);
    if (platform !== 'github-actions' || permissions === true || bare.length === 0) return [];
    const message = `Nothing says what the token may do in ${
      bare.length === jobs.length
        ? 'any job'
        : bare
            .map(({ id }) => id)
            .slice(0, 5)
            .join(', ')
    }, so the settings of the repository decide.`;
    return [createFinding({ code: 'permissions-absent', pipeline, place: pipeline.place, message })];
  });

/** A push to any branch and the pull request of that branch start the same workflow for the same commit. */
export const findDoubledRuns: Finder = (pipelines) =>
  pipelines.flatMap((pipeline): PipelineFinding[] => {
    const { platform, triggers } = pipeline;
    const push = triggers.find(({ kind }) => kind === 'push');
    const isAny = push !== undefined && (push.branches === undefined || push.branches.includes('**'));
    const request = triggers.find(({ event }) => event === 'pull_request');
    if (platform !== 'github-actions' || !isAny || request === undefined) return [];
    return [
      createFinding({
        code: 'run-doubled',
        pipeline,
        place: push.place,
        message:
          'A push to the branch of a pull request starts it twice, once as a push and once as a pull request.',
      }),
    ];
  });
