import type { Pinning, Place, Use } from '../pipeline.js';

/** Signs of what is filled in at run time, on any of the platforms. */
const COMPUTED = /\$\{\{|\$\(|\$\[|<<|\$\{?\w/;

export function isComputed(text: string): boolean {
  return COMPUTED.test(text);
}

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const VERSION = /^v?\d+([.-][\w.-]+)*$/;

/** What a name in git stands for. */
export function pinningOf(version: string | undefined): Pinning {
  if (version === undefined || version === '') return 'none';
  if (isComputed(version)) return 'computed';
  if (COMMIT.test(version)) return 'fixed';
  return VERSION.test(version) ? 'version' : 'branch';
}

/** `node:20`, `registry:5000/team/app@sha256:…`. */
export function readImage(text: string, place: Place): Use {
  const [path = '', digest] = text.split('@', 2);
  const slash = path.lastIndexOf('/');
  const colon = path.indexOf(':', slash + 1);
  const name = colon < 0 ? path : path.slice(0, colon);
  const tag = colon < 0 ? undefined : path.slice(colon + 1);
  const version = digest ?? tag;
  const pinning: Pinning = isComputed(text)
    ? 'computed'
    : digest?.startsWith('sha256:')
      ? 'fixed'
      : tag === undefined || tag === 'latest'
        ? 'none'
        : 'version';
  return { kind: 'image', name, pinning, place, ...(version === undefined ? {} : { version }) };
}

/** `circleci/node@5.1.0`: a whole version is never moved. */
export function readOrb(text: string, place: Place): Use {
  const at = text.lastIndexOf('@');
  const name = at < 0 ? text : text.slice(0, at);
  const version = at < 0 ? undefined : text.slice(at + 1);
  const pinning: Pinning =
    version === undefined
      ? 'none'
      : isComputed(version)
        ? 'computed'
        : /^\d+\.\d+\.\d+$/.test(version)
          ? 'fixed'
          : /^\d+(\.\d+)?$/.test(version)
            ? 'version'
            : 'branch';
  return { kind: 'orb', name, pinning, place, ...(version === undefined ? {} : { version }) };
}

/** `Docker@2`: the platform offers no closer version than this. */
export function readTask(text: string, place: Place): Use {
  const [name = '', version] = text.split('@', 2);
  return { kind: 'task', name, pinning: 'fixed', place, ...(version === undefined ? {} : { version }) };
}
