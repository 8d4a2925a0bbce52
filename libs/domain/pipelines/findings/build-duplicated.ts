import type { Job, Pipeline, Place, Trigger } from '../pipeline.js';
import { PLATFORMS } from '../platforms.js';
import { commandsOf } from '../reading/commands.js';
import { createFinding, type Finder, type PipelineFinding } from './finding.js';
import { bareCommand, isBuild } from './programs.js';

interface Build {
  readonly pipeline: Pipeline;
  readonly job: Job;
  readonly place: Place;
  readonly text: string;
  readonly system: string | undefined;
}

/** The same command in two pipelines that the same starts; told once for each pair of pipelines. */
export const findDuplicatedBuilds: Finder = (pipelines) => {
  const known = new Map<string, Build[]>();
  const told = new Set<string>();
  const found: PipelineFinding[] = [];
  for (const build of pipelines.flatMap(listBuilds)) {
    const key = `${build.text}`;
    const same = known.get(key) ?? [];
    known.set(key, same);
    const other = same.find((each) => each.pipeline !== build.pipeline && isSameMachine(each, build));
    if (!same.some((each) => each.pipeline === build.pipeline)) same.push(build);
    const pair = other && `${pipelines.indexOf(other.pipeline)} ${pipelines.indexOf(build.pipeline)}`;
    if (other === undefined || told.has(pair!)) continue;
    const cause = findSharedStart(other.pipeline, build.pipeline);
    if (cause === undefined) continue;
    told.add(pair!);
    found.push(describe(build, other, cause));
  }
  return found;
};

function describe({ pipeline, job, place, text }: Build, other: Build, cause: string): PipelineFinding {
  const at = `${other.place.file}:${other.place.line}`;
  const platform = PLATFORMS[other.pipeline.platform].title;
  const command = text.slice(text.indexOf('\n') + 1).slice(0, 80);
  const size = job.matrix?.size ?? 1;
  return createFinding({
    code: 'build-duplicated',
    pipeline,
    job,
    place,
    message: `\`${command}\` runs in the job ${other.job.id} of ${platform} (${at}) as well, ${cause}.`,
    gain: `${size === 1 ? 'One job' : `${size} jobs`} less for each such start.`,
  });
}

function listBuilds(pipeline: Pipeline): readonly Build[] {
  return pipeline.jobs.flatMap((job) =>
    commandsOf(job)
      .commands.filter(({ words }) => isBuild(words))
      .map(({ words, directory, file, line }) => ({
        pipeline,
        job,
        place: { file, line, column: columnOf(job, file, line) },
        text: `${directory}\n${bareCommand(words)}`,
        system: systemOf(job),
      })),
  );
}

function columnOf({ steps, place }: Job, file: string, line: number): number {
  const step = steps.findLast(
    ({ command }) => command !== undefined && command.place.file === file && command.place.line <= line,
  );
  return step?.command?.place.column ?? place.column;
}

function systemOf({ runner, images }: Job): string | undefined {
  const text = runner.join(' ').toLowerCase();
  if (/windows|vs20\d\d/.test(text)) return 'windows';
  if (/mac|xcode/.test(text)) return 'macos';
  return /ubuntu|linux/.test(text) || images.length > 0 ? 'linux' : undefined;
}

function isSameMachine(a: Build, b: Build): boolean {
  return a.system === b.system || a.system === undefined || b.system === undefined;
}

/** In words; undefined where nothing is known to start both. */
function findSharedStart(a: Pipeline, b: Pipeline): string | undefined {
  const [first, second] = [startsOf(a), startsOf(b)];
  for (const one of first) {
    const other = second.find((each) => each.kind === one.kind && overlap(one, each));
    if (other === undefined) continue;
    if (one.kind === 'pull-request') return 'for the same pull requests';
    return one.kind === 'tag' ? 'for the same tags' : 'for the same pushes';
  }
  return undefined;
}

/** A Jenkinsfile without triggers is built by its server for each push. */
function startsOf({ platform, triggers, place }: Pipeline): readonly Trigger[] {
  const starts = triggers.filter(({ kind }) => ['push', 'pull-request', 'tag'].includes(kind));
  return platform === 'jenkins' && triggers.length === 0 ? [{ kind: 'push', place }] : starts;
}

function overlap(a: Trigger, b: Trigger): boolean {
  return meet(a.branches, b.branches) && meet(a.tags, b.tags) && meet(a.paths, b.paths);
}

/** Filters with patterns may let the same through. */
function meet(a: readonly string[] | undefined, b: readonly string[] | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  if ([...a, ...b].some((each) => /[*?[$^/]/.test(each) && !/^[\w./-]+$/.test(each))) return true;
  return a.some((each) => b.includes(each));
}
