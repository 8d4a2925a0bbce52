import type { Flow, Job, Place, Use } from '../pipeline.js';
import { MAX_JOBS, type Reading } from '../reading/context.js';
import { noteUnknownKeys } from '../reading/known-keys.js';
import { isComputed, pinningOf, readImage } from '../reading/references.js';
import { listTexts } from '../reading/texts.js';
import type { Value } from '../reading/value.js';
import { readEffects } from './actions.js';
import { readMatrix } from './matrix.js';
import { readSteps } from './steps.js';

const KEYS = [
  ...['name', 'permissions', 'needs', 'if', 'runs-on', 'environment', 'concurrency', 'outputs', 'env'],
  ...['defaults', 'steps', 'timeout-minutes', 'strategy', 'continue-on-error', 'container', 'services'],
  ...['uses', 'with', 'secrets', 'snapshot'],
];

export function readJobs(root: Value, reading: Reading): readonly Job[] {
  const all = root.get('jobs').entries;
  if (all.length > MAX_JOBS) reading.note('jobs-too-many', root.placeOf('jobs'));
  const jobs = all.slice(0, MAX_JOBS);
  const ids = new Set(jobs.map(([id]) => id));
  const outer = directoryOf(root);
  return jobs.flatMap(([id, body, place]) => {
    if (!body.isMap) {
      reading.note('shape-unexpected', place, 'A job is a map.');
      return [];
    }
    noteUnknownKeys(reading, body, KEYS);
    const directory = directoryOf(body) ?? outer;
    return [readJob({ id, body, place, ids, ...(directory === undefined ? {} : { directory }) }, reading)];
  });
}

interface JobText {
  readonly id: string;
  readonly body: Value;
  readonly place: Place;
  readonly ids: ReadonlySet<string>;
  readonly directory?: string;
}

function readJob({ id, body, place, ids, directory }: JobText, reading: Reading): Job {
  const steps = readSteps(body.get('steps'), reading, directory);
  const effects = readEffects(steps);
  const matrix = readMatrix(body.get('strategy'));
  const uses = body.get('uses');
  const environment = body.get('environment').text ?? body.get('environment', 'name').text;
  const concurrency = body.get('concurrency').text ?? body.get('concurrency', 'group').text;
  const condition = body.get('if').text;
  return {
    id,
    name: body.get('name').text ?? id,
    place,
    needs: readNeeds(body.get('needs'), ids, reading),
    runner: readRunner(body.get('runs-on')),
    images: readImages(body),
    caches: effects.caches,
    artifacts: effects.artifacts,
    gives: [...effects.gives, { kind: 'output', name: id }],
    takes: [...effects.takes, ...readOutputsTaken(body, reading)],
    steps,
    ...(matrix === undefined ? {} : { matrix }),
    ...(body.get('timeout-minutes').exists ? { timeLimit: readLimit(body) } : {}),
    ...(uses.text === undefined ? {} : { calls: readCalled(uses.text, uses.place) }),
    ...(condition === undefined ? {} : { condition }),
    ...(environment === undefined ? {} : { environment }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(body.get('permissions').exists ? { permissions: true } : {}),
  };
}

function directoryOf(value: Value): string | undefined {
  return value.get('defaults', 'run', 'working-directory').text;
}

function readNeeds(value: Value, ids: ReadonlySet<string>, reading: Reading): readonly string[] {
  return value.all.flatMap((each) => {
    if (each.text !== undefined && ids.has(each.text)) return [each.text];
    reading.note(
      'reference-missing',
      each.place,
      `No job ${(each.text ?? '').slice(0, 80)} is there to wait for.`,
    );
    return [];
  });
}

function readRunner(value: Value): readonly string[] {
  if (!value.isMap) return value.texts;
  return [...value.get('group').texts.map((each) => `group ${each}`), ...value.get('labels').texts];
}

function readImages(body: Value): readonly Use[] {
  const container = body.get('container');
  const services = body.get('services').entries.map(([, each]) => each);
  const values = [container.text === undefined ? container.get('image') : container].concat(
    services.map((each) => (each.text === undefined ? each.get('image') : each)),
  );
  return values.flatMap((each) => (each.text ? [readImage(each.text, each.place)] : []));
}

function readLimit(body: Value) {
  const minutes = body.get('timeout-minutes').number;
  const place = body.placeOf('timeout-minutes');
  return minutes === undefined ? { place } : { minutes, place };
}

function readCalled(text: string, place: Place): Use {
  const [name = '', version] = text.split('@', 2);
  const isLocal = name.startsWith('./');
  return {
    kind: 'workflow',
    name,
    pinning: isLocal ? 'local' : pinningOf(version),
    place,
    ...(version === undefined ? {} : { version }),
  };
}

/** `needs.build.outputs.version` takes from one job, `toJSON(needs)` and `needs.*` from all. */
function readOutputsTaken(body: Value, reading: Reading): readonly Flow[] {
  const taken = new Map<string, Flow>();
  for (const { text, place } of listTexts(body, reading)) {
    reading.spend(1, place);
    if (!text.includes('needs')) continue;
    for (const [, name] of text.matchAll(/\bneeds\s*\.\s*([\w-]+)/g)) {
      if (name !== undefined) taken.set(name, { kind: 'output', name });
    }
    if (isAllNeeds(text)) taken.set('*', { kind: 'output' });
  }
  return [...taken.values()];
}

function isAllNeeds(text: string): boolean {
  return isComputed(text) && /\bneeds\s*(\.\s*\*|\)|\[|\}\})/.test(text);
}
