import type { Cache, Flow, Step } from '../pipeline.js';
import { lookUp } from '../reading/look-up.js';
import { isComputed } from '../reading/references.js';

export interface Effects {
  readonly caches: readonly Cache[];
  readonly artifacts: readonly string[];
  readonly gives: readonly Flow[];
  readonly takes: readonly Flow[];
}

/** Actions that keep what package managers fetched, and with which setting; `true` where they do so unless told not to. */
const CACHING: Readonly<Record<string, string | true>> = {
  'actions/setup-go': true,
  'actions/setup-node': 'cache',
  'actions/setup-python': 'cache',
  'actions/setup-java': 'cache',
  'actions/setup-dotnet': 'cache',
  'actions-rust-lang/setup-rust-toolchain': true,
  'astral-sh/setup-uv': true,
  'denoland/setup-deno': 'cache',
  'gradle/actions/setup-gradle': true,
  'gradle/gradle-build-action': true,
  'mamba-org/setup-micromamba': 'cache-environment',
  'pnpm/action-setup': 'cache',
  'ruby/setup-ruby': 'bundler-cache',
  'swatinem/rust-cache': true,
  'taiki-e/cache-cargo-install-action': true,
};

/** What the actions that everybody knows keep, hand on and take. */
export function readEffects(steps: readonly Step[]): Effects {
  const caches: Cache[] = [];
  const artifacts: string[] = [];
  const gives: Flow[] = [];
  const takes: Flow[] = [];
  for (const { use, with: given = {}, place } of steps) {
    if (use?.kind !== 'action') continue;
    const name = use.name.toLowerCase();
    const setting = lookUp(CACHING, name);
    if (setting !== undefined && isCaching(setting, given) && !isOldGo(use.name, use.version, given))
      caches.push({ key: name, place: use.place });
    if (/^actions\/cache(\/(save|restore))?$/.test(name)) {
      const key = given['key'] ?? '';
      caches.push({ key, place });
      if (name !== 'actions/cache/restore') gives.push({ kind: 'cache', name: key });
      if (name !== 'actions/cache/save') takes.push({ kind: 'cache', name: key });
    }
    if (/^actions\/upload-artifact$/.test(name)) {
      const artifact = given['name'] ?? 'artifact';
      artifacts.push(artifact);
      gives.push(named('artifact', artifact));
    }
    if (/^actions\/download-artifact$/.test(name)) takes.push(named('artifact', given['name']));
  }
  return { caches, artifacts, gives, takes };
}

function isCaching(setting: string | true, given: Readonly<Record<string, string>>): boolean {
  if (setting !== true) return !['', 'false', undefined].includes(given[setting]);
  return (
    given['cache'] !== 'false' && given['enable-cache'] !== 'false' && given['cache-disabled'] !== 'true'
  );
}

/** Up to version 3 it kept nothing unless told to. */
function isOldGo(name: string, version = '', given: Readonly<Record<string, string>>): boolean {
  return /setup-go$/i.test(name) && /^v[123](\.|$)/.test(version) && given['cache'] !== 'true';
}

function named(kind: Flow['kind'], name: string | undefined): Flow {
  return name === undefined || name === '' || isComputed(name) ? { kind } : { kind, name };
}
