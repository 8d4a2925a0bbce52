import { findCycles } from '../graph/cycle.js';
import type { Pipeline, PlatformName } from './pipeline.js';
import { PLATFORMS, platformOf } from './platforms.js';
import { type PipelineFiles, Reading } from './reading/context.js';
import { Refusal, type Unread } from './unread.js';

export interface PipelinesRead {
  readonly pipelines: readonly Pipeline[];
  readonly unread: readonly Unread[];
  /** Files that pipelines name, which are there, but whose texts were not handed in. */
  readonly missing: readonly string[];
  /** Values that were looked at. */
  readonly work: number;
}

/** At most so many files of pipelines are read. */
const MAX_FILES = 500;

/** Every pipeline of a repository. Never throws for what files hold. */
export function readPipelines(repository: PipelineFiles): PipelinesRead {
  const paths = new Set(repository.files);
  const found = repository.files.flatMap((file) => {
    const platform = isForeign(file) ? undefined : platformOf(file);
    return platform === undefined ? [] : [{ file, platform }];
  });
  const read = found.slice(0, MAX_FILES).map(({ file, platform }) => ({
    file,
    ...readOne(new Reading(repository, file, paths), platform),
  }));
  // What another file includes is a part of that one.
  const parts = new Set(read.flatMap(({ file, included }) => [...included].filter((each) => each !== file)));
  const own = read.filter(
    ({ file, pipelines }) =>
      !parts.has(file) || pipelines.some(({ platform }) => platform === 'github-actions'),
  );
  const order = Object.keys(PLATFORMS);
  return {
    pipelines: own
      .flatMap(({ pipelines }) => pipelines)
      .sort((a, b) => order.indexOf(a.platform) - order.indexOf(b.platform)),
    unread: own.flatMap(({ unread }) => unread),
    missing: [...new Set(own.flatMap(({ missing }) => missing))],
    work: read.reduce((sum, { work }) => sum + work, 0),
  };
}

/** What others wrote, or only tests look at. */
function isForeign(file: string): boolean {
  return /(^|\/)(node_modules|vendor|third_party|fixtures|testdata)\//.test(file);
}

function readOne(reading: Reading, platform: PlatformName) {
  let pipelines: readonly Pipeline[] = [];
  try {
    pipelines = PLATFORMS[platform].read(reading);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    reading.noteRefusal(error);
  }
  for (const pipeline of pipelines) noteCircles(pipeline, reading);
  const { unread, included, work } = reading;
  return { pipelines, unread, included, work, missing: [...reading.missing] };
}

function noteCircles({ jobs }: Pipeline, reading: Reading): void {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const circles = findCycles({ nodes: jobs.map(({ id }) => id), needs: (id) => byId.get(id)!.needs });
  for (const circle of circles) {
    const path = circle.slice(0, 6).join(' → ');
    reading.note('needs-circular', byId.get(circle[0]!)!.place, `Jobs wait for each other: ${path}.`);
  }
}
