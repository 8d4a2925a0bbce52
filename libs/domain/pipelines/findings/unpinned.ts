import type { Job, Pipeline, Use } from '../pipeline.js';
import type { FindingCode } from './codes.js';
import { createFinding, type Finder, type PipelineFinding } from './finding.js';

const CODES: Readonly<Partial<Record<Use['kind'], FindingCode>>> = {
  action: 'action-unpinned',
  workflow: 'action-unpinned',
  orb: 'orb-unpinned',
  template: 'template-unpinned',
  library: 'library-unpinned',
  image: 'image-unpinned',
};

function describe({ name, version = '', pinning }: Use): string {
  const bare = name.slice(0, 200);
  const at = version.slice(0, 100);
  if (pinning === 'branch') return `${bare} is named by ${at}, a branch, which moves with each push.`;
  if (pinning === 'version') return `${bare} is named by the tag ${at}, which can be moved.`;
  return `${bare} is named ${at === '' ? 'without a version' : `by ${at}`}, so whatever is newest is taken.`;
}

/** What comes from elsewhere and may be another thing tomorrow. */
export const findUnpinned: Finder = (pipelines) => {
  const seen = new Set<string>();
  return pipelines.flatMap((pipeline) =>
    usesOf(pipeline).flatMap(({ use, job }): PipelineFinding[] => {
      const { file, line, column } = use.place;
      const key = `${file}:${line}:${column}`;
      const { pinning } = use;
      const code = pinning === 'none' && use.kind === 'image' ? 'image-newest' : CODES[use.kind];
      if (code === undefined || pinning === 'fixed' || pinning === 'local' || pinning === 'computed')
        return [];
      if (seen.has(key)) return [];
      seen.add(key);
      return [
        createFinding({
          code,
          pipeline,
          ...(job === undefined ? {} : { job }),
          place: use.place,
          message: describe(use),
        }),
      ];
    }),
  );
};

function usesOf(pipeline: Pipeline): readonly { readonly use: Use; readonly job?: Job }[] {
  return [
    ...pipeline.uses.map((use) => ({ use })),
    ...pipeline.jobs.flatMap((job) => [
      ...job.images.map((use) => ({ use, job })),
      ...(job.calls === undefined ? [] : [{ use: job.calls, job }]),
      ...job.steps.flatMap(({ use }) => (use === undefined ? [] : [{ use, job }])),
    ]),
  ];
}
