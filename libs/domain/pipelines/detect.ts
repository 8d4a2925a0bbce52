import { computeCriticalPath } from '../graph/critical-path.js';
import { type PipelineFinding, SEVERITIES } from './findings/finding.js';
import { FINDERS } from './findings/table.js';
import type { Pipeline, PlatformName } from './pipeline.js';
import { PLATFORMS } from './platforms.js';
import { readPipelines } from './read-pipelines.js';
import type { PipelineFiles } from './reading/context.js';
import type { Unread } from './unread.js';

/** What the files of a repository say of its continuous integration. */
export interface Detection {
  /** Those that have a file here, in the order of the table of platforms. */
  readonly platforms: readonly DetectedPlatform[];
  readonly pipelines: readonly DetectedPipeline[];
  /** The gravest first, then by place. */
  readonly findings: readonly PipelineFinding[];
  /** Findings beyond the first 1,000, which are left out. */
  readonly omitted: number;
  readonly unread: readonly Unread[];
}

interface DetectedPlatform {
  readonly name: PlatformName;
  readonly title: string;
  readonly files: readonly string[];
}

export interface DetectedPipeline extends Pipeline {
  /** Ids of the jobs of the longest chain, first to last. */
  readonly longestChain: readonly string[];
}

const MAX_FINDINGS = 1_000;

/** Pure, and never throws for what files hold: what could not be read is told in `unread`. */
export function detectPipelines(repository: PipelineFiles): Detection {
  const { pipelines, unread } = readPipelines(repository);
  const findings = FINDERS.flatMap((find) => find(pipelines)).sort(
    (a, b) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
      compare(a.place.file, b.place.file) ||
      a.place.line - b.place.line ||
      a.place.column - b.place.column ||
      compare(a.code, b.code),
  );
  return {
    platforms: (Object.keys(PLATFORMS) as PlatformName[]).flatMap((name) => {
      const own = pipelines.filter(({ platform }) => platform === name);
      const files = [...new Set(own.map(({ place }) => place.file))];
      return own.length === 0 ? [] : [{ name, title: PLATFORMS[name].title, files }];
    }),
    pipelines: pipelines.map((pipeline) => ({ ...pipeline, longestChain: findLongestChain(pipeline) })),
    findings: findings.slice(0, MAX_FINDINGS),
    omitted: Math.max(0, findings.length - MAX_FINDINGS),
    unread,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** By the number of jobs: how long they take is not in the files. */
function findLongestChain({ jobs }: Pipeline): readonly string[] {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const graph = { nodes: jobs.map(({ id }) => id), needs: (id: string) => byId.get(id)!.needs };
  return computeCriticalPath(graph, () => 1).path;
}
