import type { ExecutionReference } from '#contracts/cicd/execution.js';
import { encodePart } from '../http/encode-part.js';
import { createRefusal } from '../http/refusal.js';
import { TITLE } from './description.js';

/** Names of the folders and the job, from the top; names as Jenkins itself has them. */
export type JobPath = readonly string[];

/** The project of what lies in no folder. */
const TOP = '/';

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

export function projectOf(path: JobPath): string {
  return showJobPath(path.slice(0, -1));
}

/** Of the URL of a job or build, as Jenkins gives it: with its own root, or relative; undefined where it is neither. */
export function readJobUrl(url: string): JobPath | undefined {
  const path = url.replace(/^[a-z]+:\/\/[^/]*/i, '').split(/[?#]/)[0]!;
  const [, jobs = ''] = /(?:^|\/)((?:job\/[^/]+\/?)+)/.exec(path) ?? [];
  const names = [...jobs.matchAll(/job\/([^/]+)/g)].map(([, name]) => decode(name!));
  return names.length === 0 ? undefined : names;
}

/** A branch as the job that stands for it is called. */
export function encodeBranch(ref: string): string {
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
  | { readonly kind: 'build'; readonly job: JobPath; readonly number: number }
  | { readonly kind: 'queue'; readonly item: number; readonly job: JobPath }
  /** The first build from `number` on, that with the key where there is one: of a server that names no place in its queue. */
  | { readonly kind: 'coming'; readonly job: JobPath; readonly number: number; readonly key: string };

/** Throws SluiceError `platform-not-found` for what is no reference of Jenkins. */
export function readReference({ project, pipeline, id }: ExecutionReference): Place {
  const queued = /^queue\/(\d{1,15})$/.exec(id);
  if (queued !== null) return { kind: 'queue', item: Number(queued[1]), job: jobPathOf(project, pipeline) };
  const coming = /^(.+?)#from-(\d{1,15})\/(.*)$/s.exec(id);
  if (coming !== null) {
    const [, job, number, key] = coming;
    return { kind: 'coming', job: jobPathOf(project, job!), number: Number(number), key: key! };
  }
  const built = /^(.+)#(\d{1,15})$/s.exec(id);
  if (built === null)
    throw createRefusal({ title: TITLE, subject: `build ${id.slice(0, 100)}`, status: 404, words: '' });
  return { kind: 'build', job: jobPathOf(project, built[1]!), number: Number(built[2]) };
}

export function referTo(place: Place): ExecutionReference {
  const name = place.job.at(-1) ?? '';
  const reference = { project: projectOf(place.job), pipeline: name };
  switch (place.kind) {
    case 'build':
      return { ...reference, id: `${name}#${place.number}` };
    case 'queue':
      return { ...reference, id: `queue/${place.item}` };
    case 'coming':
      return { ...reference, id: `${name}#from-${place.number}/${place.key}` };
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
