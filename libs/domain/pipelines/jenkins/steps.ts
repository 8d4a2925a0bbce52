import type { TimeLimit, Use } from '../pipeline.js';
import { lookUp } from '../reading/look-up.js';
import { pinningOf, readImage } from '../reading/references.js';
import type { Draft, Surroundings } from './draft.js';
import type { Names } from './names.js';
import type { Call, Expression } from './syntax.js';

const SHELLS = ['sh', 'bat', 'powershell', 'pwsh'];

/** Says something to people, or prepares: nothing that a job is there for. */
const IDLE = [
  ...['echo', 'println', 'print', 'error', 'env', 'currentBuild', 'script', '_', 'scm', 'library'],
  ...['skipDefaultCheckout', 'properties', 'buildDiscarder', 'milestone', 'timestamps'],
];

/** A value by its name, else by its place. */
export function argumentOf(call: Call, name: string, at = 0): Expression | undefined {
  return call.named.find(({ key }) => key === name)?.value ?? call.args[at];
}

/** Whether a call does work of its own. */
export function isWork({ name }: Call): boolean {
  return !IDLE.includes(name) && !/^([.@]|(env|params|currentBuild|System)\.)/.test(name);
}

/** Whether a call whose answer is kept is a step, and no function or method. */
export function isStep({ name, block }: Call): boolean {
  return (
    block !== undefined || [...SHELLS, 'build', 'input', 'unstash', 'parallel', 'docker.build'].includes(name)
  );
}

/** Puts what a call does into the job. */
export function addStep(call: Call, job: Draft, names: Names, around: Surroundings): void {
  const { name, place } = call;
  if (SHELLS.includes(name)) return addCommand(call, job, around);
  const text = (key: string, at = 0) => names.text(argumentOf(call, key, at));
  const of = (value: string | undefined) => (value === undefined ? {} : { name: value });
  if (name === 'stash') job.gives.push({ kind: 'artifact', ...of(text('name')) });
  else if (name === 'unstash') job.takes.push({ kind: 'artifact', ...of(text('name')) });
  else if (name === 'copyArtifacts') job.takes.push({ kind: 'artifact' });
  else if (name === 'archiveArtifacts') job.artifacts.push(text('artifacts') ?? '…');
  else if (name === 'input') job.approval = true;
  else if (name === 'build')
    job.calls ??= { kind: 'workflow', name: text('job') ?? '…', pinning: 'computed', place };
  job.steps.push({ place, use: { kind: 'task', name, pinning: 'fixed', place } });
}

function addCommand(call: Call, job: Draft, { directory }: Surroundings): void {
  const script = argumentOf(call, 'script');
  if (script?.kind !== 'text') {
    job.steps.push({
      place: call.place,
      use: { kind: 'task', name: call.name, pinning: 'fixed', place: call.place },
    });
    return;
  }
  job.steps.push({
    place: call.place,
    command: {
      text: script.text,
      place: script.place,
      ...(directory === undefined ? {} : { directory }),
    },
  });
}

/** What a block says of all that stands in it. */
export function enter(call: Call, around: Surroundings, names: Names): Surroundings {
  const text = (key: string) => names.text(argumentOf(call, key));
  switch (call.name) {
    case 'dir':
    case 'ws': {
      const folder = text('path') ?? '…';
      return {
        ...around,
        directory: around.directory === undefined ? folder : `${around.directory}/${folder}`,
      };
    }
    case 'node':
      return { ...around, runner: text('label') === undefined ? around.runner : [text('label')!] };
    case 'timeout':
      return { ...around, timeLimit: readTimeout(call, names) };
    case 'lock':
      return { ...around, concurrency: text('resource') ?? '…' };
    default:
      return { ...around, images: [...around.images, ...imagesOf(call, names)] };
  }
}

const MINUTES: Readonly<Record<string, number>> = { SECONDS: 1 / 60, MINUTES: 1, HOURS: 60, DAYS: 1440 };

/** `timeout(30)`, `timeout(time: 6, unit: 'HOURS')`. */
export function readTimeout(call: Call, names: Names): TimeLimit {
  const time = Number(names.text(argumentOf(call, 'time')));
  const unit = call.named.find(({ key }) => key === 'unit')?.value;
  const factor = lookUp(MINUTES, unit === undefined ? 'MINUTES' : names.text(unit));
  const { place } = call;
  return Number.isFinite(time) && factor !== undefined ? { minutes: time * factor, place } : { place };
}

/** `docker.image('maven:3').inside { }`. */
function imagesOf(call: Call, names: Names): readonly Use[] {
  const on = call.on;
  if (on?.kind !== 'call') return [];
  if (on.call.name !== 'docker.image') return imagesOf(on.call, names);
  const image = on.call.args[0];
  const text = names.text(image);
  return text === undefined || image === undefined ? [] : [readImage(text, image.place)];
}

/** `@Library('shared@v1')`, `library 'shared@main'`. */
export function readLibraries(call: Call, names: Names): readonly Use[] {
  if (call.name !== '@Library' && call.name !== 'library') return [];
  const value = argumentOf(call, 'identifier');
  const all = value?.kind === 'list' ? value.items : value === undefined ? [] : [value];
  return all.flatMap((each): Use[] => {
    const text = names.text(each);
    if (text === undefined) return [];
    const [name = '', version] = text.split('@', 2);
    return [
      {
        kind: 'library',
        name,
        pinning: pinningOf(version),
        place: each.place,
        ...(version === undefined ? {} : { version }),
      },
    ];
  });
}
