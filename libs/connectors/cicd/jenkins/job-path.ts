import type { ExecutionReference } from '#contracts/cicd/execution.js';
import { encodePart } from '../http/encode-part.js';
import { createRefusal } from '../http/refusal.js';
import type { Target } from '../platform.js';
import { TITLE } from './description.js';

/** Names of the folders and the job, from the top; names as Jenkins itself has them. */
export type JobPath = readonly string[];

/** The project of what lies in no folder. */
const TOP = '/';

/** A job, and what people call its pipeline: the job itself, or the multibranch job above it. */
export interface Job {
  readonly path: JobPath;
  /** As a reference has it; the job itself when absent. */
  readonly pipeline?: string | undefined;
}

/** Where a job is, given by its folder and its name or path in it; `ref` names the branch job below it. */
export function jobPathOf(project: string, pipeline: string, ref?: string): JobPath {
  return [...split(project), ...split(pipeline), ...(ref === undefined ? [] : [encodeBranch(ref)])];
}

/** `/job/team/job/shop`; nothing at the top. Throws SluiceError `platform-not-found` for names that no URL can hold. */
export function writeJobPath(path: JobPath): string {
  return path.map((name) => `/job/${encodePart(TITLE, 'job', name)}`).join('');
}

/** As people write it: `team/shop`. */
export function showJobPath(path: JobPath): string {
  return path.length === 0 ? TOP : path.join('/');
}

/**
 * The folder at the top that a job lies in, and the rest of its path. The same however the job was named: where one folder
 * ends and a multibranch job begins cannot be seen in a URL.
 */
function divide(path: JobPath): { readonly project: string; readonly rest: string } {
  return path.length < 2
    ? { project: TOP, rest: path.join('/') }
    : { project: path[0]!, rest: path.slice(1).join('/') };
}

/** What a target names. */
export function jobOf({ project, pipeline, ref }: Target): Job {
  const path = jobPathOf(project, pipeline, ref);
  return ref === undefined ? { path } : createBranch(path);
}

/** Of a job that is a branch of the one above it. */
export function createBranch(path: JobPath): Job {
  return { path, pipeline: path.length < 3 ? undefined : path.slice(1, -1).join('/') };
}

/** Of the URL of a job or build, as Jenkins gives it: with its own root, or relative; undefined where it is neither. */
export function readJobUrl(url: string): JobPath | undefined {
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, '').split(/[?#]/)[0]!;
  const [, jobs = ''] = /(?:^|\/)((?:job\/[^/]+\/?)+)/.exec(path) ?? [];
  const names = [...jobs.matchAll(/job\/([^/]+)/g)].map(([, name]) => decode(name!));
  return names.length === 0 ? undefined : names;
}

/** A branch as the job that stands for it is called. */
function encodeBranch(ref: string): string {
  if (ref === '.') return '%2E';
  if (ref === '..') return '%2E.';
  return ref.replaceAll(/[#%/?[\]\\]/g, (character) => ENCODED[character]!);
}

export function decodeBranch(name: string): string {
  if (name === '%2E') return '.';
  if (name === '%2E.') return '..';
  return name.replaceAll(/%(23|25|2F|3F|5B|5D|5C)/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

const ENCODED: Readonly<Record<string, string>> = {
  '#': '%23',
  '%': '%25',
  '/': '%2F',
  '?': '%3F',
  '[': '%5B',
  ']': '%5D',
  '\\': '%5C',
};

/** What the id of a reference means. */
export type Place =
  | { readonly kind: 'build'; readonly job: Job; readonly number: number }
  | { readonly kind: 'queue'; readonly job: Job; readonly item: number }
  /** The first build from `number` on, that with the key where there is one: of a server that names no place in its queue. */
  | { readonly kind: 'coming'; readonly job: Job; readonly number: number; readonly key: string };

/** Throws SluiceError `platform-not-found` for what is no reference of Jenkins. */
export function readReference({ project, pipeline, id }: ExecutionReference): Place {
  const found = /^(.+?)#(?:(\d{1,15})|queue-(\d{1,15})|from-(\d{1,15})\/(.*))$/s.exec(id);
  if (found === null)
    throw createRefusal({ title: TITLE, subject: `build ${id.slice(0, 100)}`, status: 404, words: '' });
  const [, name, number, item, next, key] = found;
  const isBranch = name!.startsWith(`${pipeline}/`) && !name!.slice(pipeline.length + 1).includes('/');
  const job: Job = { path: jobPathOf(project, name!), ...(isBranch ? { pipeline } : {}) };
  if (number !== undefined) return { kind: 'build', job, number: Number(number) };
  if (item !== undefined) return { kind: 'queue', job, item: Number(item) };
  return { kind: 'coming', job, number: Number(next), key: key! };
}

export function referTo(place: Place): ExecutionReference {
  const { project, rest } = divide(place.job.path);
  const reference = { project, pipeline: place.job.pipeline ?? rest };
  switch (place.kind) {
    case 'build':
      return { ...reference, id: `${rest}#${place.number}` };
    case 'queue':
      return { ...reference, id: `${rest}#queue-${place.item}` };
    case 'coming':
      return { ...reference, id: `${rest}#from-${place.number}/${place.key}` };
  }
}

function split(text: string): readonly string[] {
  return text.split('/').filter((name) => name !== '');
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
