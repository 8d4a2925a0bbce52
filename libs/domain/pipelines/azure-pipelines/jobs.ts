import type { Flow, Job, Matrix, Place, Use } from '../pipeline.js';
import { MAX_JOBS } from '../reading/context.js';
import { readImage } from '../reading/references.js';
import { listTexts } from '../reading/texts.js';
import type { Value } from '../reading/value.js';
import { readSteps } from './steps.js';
import type { Templates } from './templates.js';

/** A job before it is known what its stage waits for. */
export interface JobDraft extends Omit<Job, 'needs'> {
  /** Names within the stage. */
  readonly dependsOn: readonly { readonly name: string; readonly place: Place }[];
  readonly shortName: string;
}

/** What a stage or the whole says for its jobs. */
export interface Outer {
  readonly pool: Value;
  readonly stage?: string;
}

/** `jobs`, templates in their place; or the only job that `steps` are. */
export function readJobs(
  holder: Value,
  file: string,
  outer: Outer,
  templates: Templates,
): readonly JobDraft[] {
  const jobs: JobDraft[] = [];
  if (holder.get('steps').exists && !holder.get('jobs').exists)
    jobs.push(readJob(holder, 'steps', holder.placeOf('steps'), file, outer, templates));
  addJobs(holder.get('jobs'), file, outer, templates, jobs);
  return jobs;
}

function addJobs(list: Value, file: string, outer: Outer, templates: Templates, jobs: JobDraft[]): void {
  for (const job of list.items) {
    if (job.get('template').text !== undefined) {
      templates.enter(job, file, (root, target) => {
        addJobs(root.get('jobs'), target, outer, templates, jobs);
      });
      continue;
    }
    const named = job.get('job').exists ? job.get('job') : job.get('deployment');
    if (!job.isMap || jobs.length >= MAX_JOBS) {
      templates.reading.note(job.isMap ? 'jobs-too-many' : 'shape-unexpected', job.place);
      if (job.isMap) return;
      continue;
    }
    const name = named.text ?? `job ${jobs.length + 1}`;
    jobs.push(readJob(job, name, job.place, file, outer, templates));
  }
}

const LIFE = ['preDeploy', 'deploy', 'routeTraffic', 'postRouteTraffic'];

function readJob(
  body: Value,
  name: string,
  place: Place,
  file: string,
  { pool, stage }: Outer,
  templates: Templates,
): JobDraft {
  const strategy = body.get('strategy');
  const phases = ['runOnce', 'rolling', 'canary'].flatMap((kind) =>
    LIFE.map((phase) => strategy.get(kind, phase, 'steps')),
  );
  const lists = [body.get('steps'), ...phases].filter(({ exists }) => exists);
  const read = lists.map((each) => readSteps(each, file, templates));
  const matrix = readMatrix(strategy);
  const environment = body.get('environment').text ?? body.get('environment', 'name').text;
  const condition = body.get('condition').text;
  const isDeployment = body.get('deployment').exists;
  const limit = body.get('timeoutInMinutes');
  const steps = read.flatMap((each) => each.steps);
  return {
    id: stage === undefined ? name : `${stage}.${name}`,
    shortName: name,
    name: body.get('displayName').text ?? name,
    place,
    dependsOn: body
      .get('dependsOn')
      .all.flatMap((each) => (each.text === undefined ? [] : [{ name: each.text, place: each.place }])),
    runner: readPool(body.get('pool').exists ? body.get('pool') : pool),
    images: readContainer(body),
    caches: read.flatMap((each) => each.caches),
    artifacts: read.flatMap((each) => each.artifacts),
    gives: [...read.flatMap((each) => each.gives), { kind: 'output', name }],
    // A deployment fetches what was published, unless told not to.
    takes: [
      ...(isDeployment && !isTold(steps) ? [{ kind: 'artifact' as const }] : []),
      ...read.flatMap((each) => each.takes),
      ...readOutputsTaken(body, templates),
    ],
    steps,
    ...(stage === undefined ? {} : { stage }),
    ...(matrix === undefined ? {} : { matrix }),
    ...(limit.exists
      ? {
          timeLimit: {
            place: body.placeOf('timeoutInMinutes'),
            ...(limit.number === undefined ? {} : { minutes: limit.number }),
          },
        }
      : {}),
    ...(environment === undefined ? {} : { environment }),
    ...(condition === undefined ? {} : { condition }),
  };
}

function isTold(steps: Job['steps']): boolean {
  return steps.some(({ use, with: given }) => use?.name === 'download' && given?.['download'] === 'none');
}

function readPool(pool: Value): readonly string[] {
  if (pool.text !== undefined) return [pool.text];
  return ['vmImage', 'name'].flatMap((key) => pool.get(key).texts);
}

function readContainer(body: Value): readonly Use[] {
  const container = body.get('container');
  const image = container.text === undefined ? container.get('image') : container;
  // A bare word names a resource of the file.
  return image.text !== undefined && /[:/]/.test(image.text) ? [readImage(image.text, image.place)] : [];
}

function readMatrix(strategy: Value): Matrix | undefined {
  const matrix = strategy.get('matrix');
  if (matrix.isMap)
    return { axes: { leg: matrix.entries.map(([name]) => name) }, size: matrix.entries.length };
  if (matrix.exists) return { axes: {} };
  const parallel = strategy.get('parallel');
  if (!parallel.exists) return undefined;
  return { axes: {}, ...(parallel.number === undefined ? {} : { size: parallel.number }) };
}

/** `dependencies.build.outputs['…']`, `stageDependencies.build.…`. */
function readOutputsTaken(body: Value, templates: Templates): readonly Flow[] {
  const names = new Set<string>();
  for (const { text } of listTexts(body, templates.reading)) {
    if (!/[dD]ependencies/.test(text)) continue;
    for (const [, stage = '', job = ''] of text.matchAll(/\bstageDependencies\.([\w-]+)\.([\w-]+)/g)) {
      names.add(stage);
      names.add(job);
    }
    for (const [, name = ''] of text.matchAll(/\bdependencies\.([\w-]+)/g)) names.add(name);
  }
  return [...names].map((name) => ({ kind: 'output', name }));
}
