import type { Job } from '../pipeline.js';
import type { Reading } from '../reading/context.js';
import type { StagedJob } from './jobs.js';

const STAGES = ['build', 'test', 'deploy'];

/** A job without needs of its own waits for every job of the stages before its own. */
export function orderByStages(
  jobs: readonly StagedJob[],
  declared: readonly string[],
  reading: Reading,
): readonly Job[] {
  const stages = ['.pre', ...(declared.length === 0 ? STAGES : declared), '.post'];
  const byStage = new Map<string, StagedJob[]>(stages.map((stage) => [stage, []]));
  for (const job of jobs) {
    const same = byStage.get(job.stage);
    if (same !== undefined) same.push(job);
    else reading.note('reference-missing', job.place, `No stage ${job.stage.slice(0, 80)} is declared.`);
  }
  const before = computeBefore([...byStage]);
  const ids = new Set(jobs.map(({ id }) => id));
  return jobs.map((job): Job => {
    const { needs, ...rest } = job;
    if (needs === undefined) return { ...rest, needs: before.get(job.stage) ?? [] };
    for (const { id, place, optional } of needs) {
      if (!ids.has(id) && !optional)
        reading.note('reference-missing', place, `No job ${id.slice(0, 80)} is there to wait for.`);
    }
    return { ...rest, needs: needs.filter(({ id }) => ids.has(id)).map(({ id }) => id) };
  });
}

/** One list for each stage, shared by its jobs: the nearest stage before it stands for those before that, if one of its jobs waits for them. */
function computeBefore(stages: readonly (readonly [string, readonly StagedJob[]])[]) {
  const before = new Map<string, readonly string[]>();
  let open: readonly string[] = [];
  for (const [stage, jobs] of stages) {
    before.set(stage, open);
    if (jobs.length === 0) continue;
    const own = jobs.map(({ id }) => id);
    open = jobs.some(({ needs }) => needs === undefined) ? own : [...open, ...own];
  }
  return before;
}
