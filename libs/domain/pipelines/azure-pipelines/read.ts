import type { Job, Pipeline, Place } from '../pipeline.js';
import { MAX_JOBS, type Reading, startOf } from '../reading/context.js';
import { readImage } from '../reading/references.js';
import { Value } from '../reading/value.js';
import { readTrees } from '../reading/yaml-tree.js';
import { type JobDraft, readJobs } from './jobs.js';
import { Templates } from './templates.js';
import { readInputs, readTriggers } from './triggers.js';

/** A pipeline of Azure, with the templates of its repository. */
export function readAzurePipelines(reading: Reading): readonly Pipeline[] {
  const start = startOf(reading.file);
  const [tree] = readTrees(reading, reading.file, start);
  const written = new Value(tree ?? { kind: 'empty', place: start });
  if (!written.isMap) {
    reading.note('shape-unexpected', written.place, 'A pipeline is a map with `stages`, `jobs` or `steps`.');
    return [];
  }
  const templates = new Templates(reading);
  for (const each of written.get('resources', 'repositories').items) {
    const name = each.get('repository').text;
    if (name !== undefined) templates.repositories.set(name, each.get('ref').text);
  }
  const root = templates.fill(written, new Value({ kind: 'empty', place: start }));
  const stages: StageDraft[] = [];
  const extended = root.get('extends');
  if (extended.get('template').exists)
    templates.enter(extended, reading.file, (inner, file) =>
      addStages(inner, file, root.get('pool'), templates, stages),
    );
  addStages(root, reading.file, root.get('pool'), templates, stages);
  return [
    {
      platform: 'azure-pipelines',
      name: reading.file,
      place: start,
      triggers: readTriggers(root, start),
      inputs: readInputs(written),
      jobs: order(stages, reading),
      uses: [
        ...templates.uses,
        ...root.get('resources', 'containers').items.flatMap((each) => {
          const image = each.get('image');
          return image.text === undefined ? [] : [readImage(image.text, image.place)];
        }),
      ],
    },
  ];
}

interface StageDraft {
  /** Undefined for jobs outside of stages. */
  readonly name: string | undefined;
  readonly place: Place;
  /** Undefined where it waits for the stage before it. */
  readonly dependsOn: readonly { readonly name: string; readonly place: Place }[] | undefined;
  readonly jobs: readonly JobDraft[];
  readonly isManual: boolean;
}

function addStages(root: Value, file: string, pool: Value, templates: Templates, stages: StageDraft[]): void {
  const own = root.get('pool').exists ? root.get('pool') : pool;
  if (root.get('jobs').exists || root.get('steps').exists) {
    const jobs = readJobs(root, file, { pool: own }, templates);
    stages.push({ name: undefined, place: root.place, dependsOn: undefined, jobs, isManual: false });
  }
  for (const stage of root.get('stages').items) {
    if (stage.get('template').text !== undefined) {
      templates.enter(stage, file, (inner, target) => addStages(inner, target, own, templates, stages));
      continue;
    }
    const name = stage.get('stage').text ?? `stage ${stages.length + 1}`;
    const inner = stage.get('pool').exists ? stage.get('pool') : own;
    const dependsOn = stage.get('dependsOn');
    stages.push({
      name,
      place: stage.place,
      dependsOn:
        dependsOn.exists || dependsOn.isList
          ? dependsOn.all.flatMap((each) => (each.text ? [{ name: each.text, place: each.place }] : []))
          : undefined,
      jobs: readJobs(stage, file, { pool: inner, stage: name }, templates),
      isManual: stage.get('trigger').text === 'manual',
    });
  }
}

/** A stage waits for the one before it, and a job within its stage for nothing, unless they say otherwise. */
function order(stages: readonly StageDraft[], reading: Reading): readonly Job[] {
  const byName = new Map(stages.map(({ name, jobs }) => [name, jobs.map(({ id }) => id)]));
  const jobs: Job[] = [];
  let before: readonly string[] = [];
  for (const stage of stages) {
    const outside =
      stage.dependsOn === undefined
        ? before
        : stage.dependsOn.flatMap(({ name, place }) => {
            if (!byName.has(name))
              reading.note('reference-missing', place, `No stage ${name.slice(0, 80)} is there to wait for.`);
            return byName.get(name) ?? [];
          });
    const own = new Map(stage.jobs.map((job) => [job.shortName, job.id]));
    for (const { dependsOn, shortName: _, ...job } of stage.jobs) {
      const inside = dependsOn.flatMap(({ name, place }) => {
        const id = own.get(name);
        if (id === undefined)
          reading.note('reference-missing', place, `No job ${name.slice(0, 80)} is there to wait for.`);
        return id === undefined ? [] : [id];
      });
      jobs.push({
        ...job,
        needs: inside.length === 0 ? outside : inside,
        ...(stage.isManual ? { approval: true } : {}),
      });
    }
    const ids = stage.jobs.map(({ id }) => id);
    if (ids.length > 0) before = ids;
  }
  if (jobs.length > MAX_JOBS) reading.note('jobs-too-many', startOf(reading.file));
  return jobs.slice(0, MAX_JOBS);
}
