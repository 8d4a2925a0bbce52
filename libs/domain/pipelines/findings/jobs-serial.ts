import { computeCriticalPath } from '../../graph/critical-path.js';
import type { Flow, Job, Pipeline } from '../pipeline.js';
import { commandsOf } from '../reading/commands.js';
import { createFinding, type Finder, type PipelineFinding } from './finding.js';
import { OUTWARD } from './programs.js';

/** Pipelines with more jobs are left out: each job is compared with all before it. */
const MAX_COMPARED = 400;

/** Jobs that wait for others from which nothing flows to them. */
export const findSerialJobs: Finder = (pipelines) =>
  pipelines.flatMap((pipeline) => (pipeline.jobs.length > MAX_COMPARED ? [] : findIn(pipeline)));

function findIn(pipeline: Pipeline): readonly PipelineFinding[] {
  const byId = new Map(pipeline.jobs.map((job) => [job.id, job]));
  const given = pipeline.jobs.flatMap(({ gives }) => gives);
  return pipeline.jobs.flatMap((job): PipelineFinding[] => {
    if (!isFree(job) || job.sharesFolder || asksForOutcome(job)) return [];
    // What comes from a step that is not understood may come from any job.
    if (job.takes.some((take) => take.name !== undefined && !given.some((give) => fits(give, take))))
      return [];
    const before = listBefore(job, byId);
    const needed = before.filter((each) => flows(each, job) || !isFree(each));
    const needs = new Set(job.needs);
    const idle = job.needs.filter((id) => !needed.some((each) => each.id === id));
    const depth = depthOf(job, (each) => [...(each === job ? needs : each.needs)], byId);
    const later = new Set(needed.map(({ id }) => id));
    const after = depthOf(job, (each) => [...(each === job ? later : each.needs)], byId);
    if (idle.length === 0 || after >= depth) return [];
    return [
      createFinding({
        code: 'jobs-serial',
        pipeline,
        job,
        place: job.place,
        message: `${job.id} waits for ${nameAll(idle)}, but takes no artifact, output or cache from ${idle.length === 1 ? 'it' : 'them'}.`,
        gain: `It starts ${after === 0 ? 'at once' : `after ${count(after)} in a row`}, not after ${count(depth)}.`,
      }),
    ];
  });
}

function count(jobs: number): string {
  return jobs === 1 ? '1 job' : `${jobs} jobs`;
}

function nameAll(ids: readonly string[]): string {
  const more = ids.length - 4;
  return `${ids.slice(0, 4).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Tasks and steps of platforms that change nothing outside. */
const HARMLESS =
  /^(checkout|git|publish|download|cache|use\w+|\w+tool(installer)?|publish(testresults|codecoverageresults|pipelineartifact|buildartifacts)|downloadpipelineartifact|downloadbuildartifacts|dotnetcorecli|npm|maven|gradle|copyfiles|stash|unstash|junit|archiveartifacts|recordissues|setup_remote_docker|save_cache|restore_cache|store_artifacts|store_test_results|persist_to_workspace|attach_workspace)$/i;

/** Works on nothing but its own folder, with steps that can be seen. */
function isFree(job: Job): boolean {
  if (job.approval || job.calls !== undefined || job.environment !== undefined) return false;
  const { commands, rest } = commandsOf(job);
  if (commands.length === 0 && rest.length === 0) return false;
  if (job.steps.some(({ use }) => use?.kind === 'task' && !HARMLESS.test(use.name))) return false;
  const words = [
    ...[job.id, job.name],
    ...job.steps.flatMap(({ use, command }) => [
      use?.kind === 'task' ? '' : (use?.name ?? ''),
      command?.text ?? '',
    ]),
  ];
  return !words.some((text) => OUTWARD.test(text.replaceAll(/[_./-]/g, ' ').toLowerCase()));
}

function asksForOutcome({ condition = '' }: Job): boolean {
  return /always|failure|failed|success|cancel|result|needs|dependencies/i.test(condition);
}

function flows(from: Job, to: Job): boolean {
  return to.takes.some((take) => from.gives.some((give) => fits(give, take)));
}

function fits(give: Flow, take: Flow): boolean {
  if (give.kind !== take.kind) return false;
  return give.name === undefined || take.name === undefined || give.name === take.name;
}

function listBefore(job: Job, byId: ReadonlyMap<string, Job>): readonly Job[] {
  const found = new Set<Job>();
  const open = [...job.needs];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const each = byId.get(id);
    if (each === undefined || each === job || found.has(each)) continue;
    found.add(each);
    open.push(...each.needs);
  }
  return [...found];
}

/** Jobs in the longest chain before it. */
function depthOf(job: Job, needs: (job: Job) => readonly string[], byId: ReadonlyMap<string, Job>): number {
  const nodes = [...listBefore(job, byId), job];
  const graph = {
    nodes,
    needs: (each: Job) => needs(each).flatMap((id) => byId.get(id) ?? []),
  };
  // Only chains that end in the job count: it weighs more than all others together.
  const { ms } = computeCriticalPath(graph, (each) => (each === job ? nodes.length + 1 : 1));
  return Math.max(0, ms - nodes.length - 1);
}
