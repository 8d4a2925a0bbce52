import type { Job, Matrix, Use } from '../pipeline.js';
import { MAX_JOBS, type Reading } from '../reading/context.js';
import { readImage } from '../reading/references.js';
import { UniqueIds } from '../reading/unique-ids.js';
import { Value } from '../reading/value.js';
import { fillParameters } from './parameters.js';
import { StepReader } from './steps.js';

/** One use of a job in a workflow. */
export interface JobUse {
  readonly name: string;
  readonly settings: Value;
  readonly value: Value;
}

export function listUses(list: Value): readonly JobUse[] {
  return list.items.flatMap((value): JobUse[] => {
    const [entry] = value.entries;
    const name = value.text ?? entry?.[0];
    if (name === undefined) return [];
    return [{ name, value, settings: entry?.[1] ?? new Value({ kind: 'empty', place: value.place }) }];
  });
}

/** The jobs of a workflow, each use by its own name. */
export function readJobs(root: Value, uses: readonly JobUse[], reading: Reading): readonly Job[] {
  if (uses.length > MAX_JOBS) reading.note('jobs-too-many', root.placeOf('workflows'));
  // A use without a name of its own is numbered, as the platform does.
  const unique = new UniqueIds((name, count) => `${name}-${count - 1}`);
  const named = uses.slice(0, MAX_JOBS).map((use) => {
    const name = use.settings.get('name').text ?? use.settings.get('matrix', 'alias').text ?? use.name;
    return { ...use, id: unique.of(name) };
  });
  const ids = new Map(
    named.map(({ id, name, settings }) => [id, settings.get('matrix').exists ? name : undefined]),
  );
  return named.map((use) => readJob(root, use, resolveNeeds(use.settings, ids, reading), reading));
}

/** A matrix goes by its own name, or by that of one of its jobs. */
function resolveNeeds(
  settings: Value,
  ids: ReadonlyMap<string, string | undefined>,
  reading: Reading,
): readonly string[] {
  const found = settings.get('requires').items.flatMap((each) => {
    const name = each.text ?? each.entries[0]?.[0] ?? '';
    if (ids.has(name)) return [name];
    const ofMatrix = [...ids].filter(([id, base]) => base !== undefined && isOfMatrix(name, id, base));
    if (ofMatrix.length === 0)
      reading.note('reference-missing', each.place, `No job ${name.slice(0, 80)} is there to wait for.`);
    return ofMatrix.map(([id]) => id);
  });
  return [...new Set(found)];
}

function isOfMatrix(name: string, id: string, base: string): boolean {
  const fixed = id.split('<<')[0]!;
  return name.startsWith(`${base}-`) || (fixed !== id && fixed !== '' && name.startsWith(fixed));
}

function readJob(
  root: Value,
  { id, name, settings, value }: JobUse & { readonly id: string },
  needs: readonly string[],
  reading: Reading,
): Job {
  const matrix = readMatrix(settings.get('matrix'));
  const { place } = value;
  const empty = { runner: [], images: [], caches: [], artifacts: [], gives: [], takes: [], steps: [] };
  if (settings.get('type').text === 'approval')
    return { id, name: id, place, needs, ...empty, approval: true };
  const declared = root.get('jobs', name);
  const shared = { id, name: id, place, needs, ...(matrix === undefined ? {} : { matrix }) };
  if (!declared.exists) {
    if (name.includes('/'))
      return { ...shared, ...empty, calls: { kind: 'orb', name, pinning: 'fixed', place } };
    reading.note('reference-missing', place, `No job ${name.slice(0, 80)} is declared.`);
    return { ...shared, ...empty };
  }
  if (declared.get('type').text === 'approval') return { ...shared, ...empty, approval: true };
  const body = fillParameters(declared, settings, reading);
  const reader = new StepReader(root.get('commands'), reading, body.get('working_directory').text);
  for (const list of [settings.get('pre-steps'), body.get('steps'), settings.get('post-steps')])
    reader.add(list);
  const parallelism = body.get('parallelism').number;
  const { steps, caches, artifacts, gives, takes } = reader.read;
  return {
    ...shared,
    place: declared.place.line > 0 ? root.get('jobs').placeOf(name) : place,
    ...readMachine(body, root, reading),
    ...(matrix === undefined && parallelism !== undefined && parallelism > 1
      ? { matrix: { axes: {}, size: parallelism } }
      : {}),
    caches,
    artifacts,
    gives,
    takes,
    steps,
  };
}

function readMatrix(value: Value): Matrix | undefined {
  if (!value.exists) return undefined;
  const axes = Object.fromEntries(value.get('parameters').entries.map(([name, each]) => [name, each.texts]));
  const product = Object.values(axes).reduce((count, values) => count * values.length, 1);
  return { axes, size: Math.max(0, product - value.get('exclude').items.length) };
}

/** What stands in the job, or in the executor that it names. */
function readMachine(
  body: Value,
  root: Value,
  reading: Reading,
): { runner: readonly string[]; images: readonly Use[] } {
  const named = body.get('executor');
  const name = named.text ?? named.get('name').text;
  const declared = name === undefined ? undefined : root.get('executors', name);
  if (name !== undefined && !declared?.exists && !name.includes('/'))
    reading.note('reference-missing', named.place, `No executor ${name.slice(0, 80)} is declared.`);
  const from = declared?.exists ? fillParameters(declared, named, reading) : body;
  const images = [...from.get('docker').items].flatMap((each) => {
    const image = each.get('image');
    return image.text === undefined ? [] : [readImage(image.text, image.place)];
  });
  const machine = from.get('machine');
  const kinds = [
    ...(machine.exists ? [machine.get('image').text ?? 'machine'] : []),
    ...(from.get('macos').exists ? [`macos ${from.get('macos', 'xcode').text ?? ''}`.trim()] : []),
    ...(name?.includes('/') ? [name] : []),
  ];
  const size = body.get('resource_class').text ?? from.get('resource_class').text;
  return { runner: [...kinds, ...(size === undefined ? [] : [size])], images };
}
