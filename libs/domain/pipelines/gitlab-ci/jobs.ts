import type { Cache, Flow, Job, Matrix, Place, Step, TimeLimit, Use } from '../pipeline.js';
import type { Reading } from '../reading/context.js';
import { readMinutes } from '../reading/duration.js';
import { isComputed, pinningOf, readImage } from '../reading/references.js';
import { flatten } from '../reading/texts.js';
import type { Value } from '../reading/value.js';

export interface JobText {
  readonly name: string;
  readonly body: Value;
  readonly place: Place;
  /** What holds for all jobs. */
  readonly defaults: (key: string) => Value;
}

/** A job whose `needs` are those that it names, or absent where its stage decides. */
export type StagedJob = Omit<Job, 'needs' | 'stage'> & {
  readonly stage: string;
  readonly needs?: readonly { readonly id: string; readonly place: Place; readonly optional: boolean }[];
};

export function readJob({ name, body, place, defaults }: JobText, reading: Reading): StagedJob {
  const of = (key: string) => (body.get(key).exists || !inherits(body, key) ? body.get(key) : defaults(key));
  const needs =
    body.get('needs').exists || body.get('needs').isList ? readNeeds(body.get('needs')) : undefined;
  const caches = readCaches(of('cache'));
  const matrix = readParallel(body.get('parallel'));
  const limit = of('timeout');
  const calls = readTrigger(body.get('trigger'));
  const environment = body.get('environment').text ?? body.get('environment', 'name').text;
  const group = body.get('resource_group').text;
  const rules = body.get('rules').items;
  const isManual = [body, ...rules].some((each) => each.get('when').text === 'manual');
  return {
    id: name,
    name,
    place,
    stage: body.get('stage').text ?? 'test',
    runner: of('tags').texts,
    images: readImages(of),
    caches: caches.map(({ cache }) => cache),
    artifacts: of('artifacts').get('paths').texts,
    gives: [...givenArtifacts(name, of('artifacts')), ...caches.flatMap(({ gives }) => gives)],
    takes: [...takenArtifacts(body, needs), ...caches.flatMap(({ takes }) => takes)],
    steps: readScripts(body, of, reading),
    ...(needs === undefined ? {} : { needs }),
    ...(matrix === undefined ? {} : { matrix }),
    ...(limit.text === undefined ? {} : { timeLimit: readLimit(limit.text, limit.place) }),
    ...(calls === undefined ? {} : { calls }),
    ...(environment === undefined ? {} : { environment }),
    ...(group === undefined ? {} : { concurrency: group }),
    ...(isManual ? { approval: true } : {}),
  };
}

function inherits(body: Value, key: string): boolean {
  const inherit = body.get('inherit', 'default');
  return inherit.isList ? inherit.texts.includes(key) : inherit.text !== 'false';
}

function readNeeds(value: Value) {
  return value.all.flatMap((each) => {
    const id = each.text ?? each.get('job').text;
    const elsewhere = each.get('pipeline').exists || each.get('project').exists;
    if (id === undefined || elsewhere) return [];
    // One cell of a matrix: `test: [a, b]`.
    return [{ id: id.replace(/: \[.*\]$/, ''), place: each.place, optional: each.get('optional').isTrue }];
  });
}

function readLimit(text: string, place: Place): TimeLimit {
  const minutes = isComputed(text) ? undefined : readMinutes(text);
  return minutes === undefined ? { place } : { minutes, place };
}

function readImages(of: (key: string) => Value): readonly Use[] {
  const values = [of('image'), ...of('services').all];
  return values.flatMap((each) => {
    const name = each.text === undefined ? each.get('name') : each;
    return name.text ? [readImage(name.text, name.place)] : [];
  });
}

function readCaches(value: Value) {
  return value.all.flatMap((each) => {
    if (!each.isMap || each.entries.length === 0) return [];
    const key = each.get('key');
    const name = key.text ?? (key.exists ? key.get('files').texts.join(' ') : 'default');
    const policy = each.get('policy').text ?? 'pull-push';
    const flow: Flow = { kind: 'cache', name };
    const cache: Cache = { key: name, place: each.place };
    return [{ cache, gives: policy === 'pull' ? [] : [flow], takes: policy === 'push' ? [] : [flow] }];
  });
}

/** Reports are for the platform, but for those with variables. */
function givenArtifacts(name: string, artifacts: Value): readonly Flow[] {
  const isGiven =
    artifacts.get('paths').exists ||
    artifacts.get('untracked').isTrue ||
    artifacts.get('reports', 'dotenv').exists;
  return isGiven ? [{ kind: 'artifact', name }] : [];
}

/** Without a word a job gets the artifacts of all that it waits for. */
function takenArtifacts(body: Value, needs: StagedJob['needs']): readonly Flow[] {
  const dependencies = body.get('dependencies');
  if (dependencies.isList || dependencies.exists)
    return dependencies.texts.map((name) => ({ kind: 'artifact', name: name.replace(/: \[.*\]$/, '') }));
  if (needs === undefined) return [{ kind: 'artifact' }];
  const without = new Set(
    body
      .get('needs')
      .items.flatMap((each) => (each.get('artifacts').text === 'false' ? each.get('job').texts : [])),
  );
  return needs.flatMap(({ id }): Flow[] => (without.has(id) ? [] : [{ kind: 'artifact', name: id }]));
}

function readParallel(value: Value): Matrix | undefined {
  if (!value.exists) return undefined;
  if (value.number !== undefined) return { axes: {}, size: value.number };
  const rows = value.get('matrix').items;
  if (rows.length === 0) return { axes: {} };
  const axes = new Map<string, readonly string[]>();
  let size = 0;
  for (const row of rows) {
    let combinations = 1;
    for (const [key, each] of row.entries) {
      axes.set(key, [...new Set([...(axes.get(key) ?? []), ...each.texts])]);
      combinations *= Math.max(1, each.texts.length);
    }
    size += combinations;
  }
  return { axes: Object.fromEntries(axes), size };
}

/** `trigger` starts a pipeline of the same repository, or of another project. */
function readTrigger(value: Value): Use | undefined {
  if (!value.exists) return undefined;
  const { place } = value;
  const include = value.get('include');
  const local = include.text ?? include.all.map((each) => each.text ?? each.get('local').text).find(Boolean);
  if (local !== undefined)
    return { kind: 'workflow', name: local.replace(/^\//, ''), pinning: 'local', place };
  const artifact = include.all.map((each) => each.get('artifact').text).find(Boolean);
  if (artifact !== undefined) return { kind: 'workflow', name: artifact, pinning: 'computed', place };
  const project = value.text ?? value.get('project').text;
  const version = value.get('branch').text;
  if (project === undefined) return undefined;
  return {
    kind: 'workflow',
    name: project,
    pinning: version === undefined ? 'none' : pinningOf(version),
    place,
    ...(version === undefined ? {} : { version }),
  };
}

/** One shell runs them all: `cd` of one line holds for the next. */
function readScripts(body: Value, of: (key: string) => Value, reading: Reading): readonly Step[] {
  const main = body.get('script');
  const runs = body.get('run').items.map((each) => each.get('script'));
  if (!main.exists && runs.length === 0) return [];
  const lines = [of('before_script'), main, ...runs].flatMap((each) => flatten(each, reading));
  let directory: string | undefined;
  return lines.flatMap((line): Step[] => {
    if (line.text === undefined) return [];
    const here = directory;
    directory = /^\s*cd\s+([\w./-]+)\s*$/m.exec(line.text)?.[1] ?? directory;
    const command = {
      text: line.text,
      place: line.textPlace,
      ...(here === undefined ? {} : { directory: here }),
    };
    return [{ place: line.place, command }];
  });
}
