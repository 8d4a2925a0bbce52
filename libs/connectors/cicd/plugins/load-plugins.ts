import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SluiceError } from '#domain/errors.js';
import type { Platform } from '../platform.js';
import { findPlatformProblems } from './check-platform.js';
import { PLUGIN_KIT, PLUGIN_VERSION, type Plugin } from './plugin.js';

/** A module that waits for something as it is loaded must not keep a process from saying so. */
const LOAD_MS = 30_000;
const MOST_PLATFORMS = 50;
const MOST_PROBLEMS = 10;
const SHOWN_LENGTH = 300;

/**
 * Platforms of the modules that the operator names: a path (`./`, `/`, `file:`) of a file or of a folder with a
 * package.json, from `folder`; else the name of a package that is installed beside Sluice, or there. Throws SluiceError
 * `plugin-not-found`, `plugin-broken`, `plugin-invalid`, `plugin-version-unknown` and `plugin-platform-invalid`.
 */
export async function loadPlugins(
  specifiers: readonly string[],
  folder: string = process.cwd(),
): Promise<readonly Platform[]> {
  const platforms: Platform[] = [];
  for (const specifier of specifiers) platforms.push(...(await loadPlugin(specifier, folder)));
  return platforms;
}

async function loadPlugin(specifier: string, folder: string): Promise<readonly Platform[]> {
  const plugin = requirePlugin(specifier, await load(specifier, locate(specifier, folder)));
  let platforms: unknown;
  try {
    platforms = plugin.platforms(PLUGIN_KIT);
  } catch (error) {
    throw createBroken(specifier, `its \`platforms\` throws: ${tell(error)}`, error);
  }
  if (!Array.isArray(platforms) || platforms.length === 0 || platforms.length > MOST_PLATFORMS)
    throw createInvalid(specifier, `what its \`platforms\` returns is not a list of 1 to ${MOST_PLATFORMS}`);
  return platforms.map((platform, index) => requirePlatform(specifier, platform, index));
}

/** Throws SluiceError `plugin-not-found`. */
function locate(specifier: string, folder: string): string {
  try {
    if (specifier.startsWith('file:')) return locatePath(fileURLToPath(specifier), folder);
    if (/^(\.{0,2}[\\/]|\.{1,2}$)/.test(specifier)) return locatePath(specifier, folder);
    return locatePackage(specifier, folder);
  } catch (cause) {
    throw new SluiceError({
      code: 'plugin-not-found',
      fault: 'user',
      message: `The plugin ${show(specifier)} is not there: neither a module nor a package, looked for from ${folder}.`,
      hint: 'Name in SLUICE_PLUGINS the path of a file, of a folder whose package.json has `main`, or an installed package; a path starts with `/` or `./`.',
      cause,
    });
  }
}

function locatePath(path: string, folder: string): string {
  return pathToFileURL(createRequire(join(folder, 'from')).resolve(path)).href;
}

function locatePackage(name: string, folder: string): string {
  // Addresses lead to what is not installed: `https:`, `data:`, `node:`.
  if (/^[a-z][a-z0-9+.-]*:/i.test(name)) throw new Error('not a package');
  try {
    return import.meta.resolve(name);
  } catch {
    return locatePath(name, folder);
  }
}

/** Throws SluiceError `plugin-broken`. */
async function load(specifier: string, url: string): Promise<unknown> {
  let late: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`it is not loaded after ${LOAD_MS / 1_000} s`)), LOAD_MS);
  });
  try {
    const module = (await Promise.race([import(url), limit])) as { readonly default?: unknown };
    return module.default;
  } catch (error) {
    throw createBroken(specifier, tell(error), error);
  } finally {
    clearTimeout(late);
  }
}

/** Throws SluiceError `plugin-invalid`, `plugin-version-unknown`. */
function requirePlugin(specifier: string, value: unknown): Plugin {
  if (typeof value !== 'object' || value === null)
    throw createInvalid(specifier, 'its default export is not an object');
  const { apiVersion, platforms } = value as Partial<Record<keyof Plugin, unknown>>;
  if (apiVersion !== PLUGIN_VERSION) {
    const version = typeof apiVersion === 'number' ? `version ${apiVersion}` : 'no version';
    throw new SluiceError({
      code: 'plugin-version-unknown',
      fault: 'user',
      message: `The plugin ${show(specifier)} is made for ${version} of the interface; this Sluice has version ${PLUGIN_VERSION}.`,
      hint: `Install the plugin's release for version ${PLUGIN_VERSION}; its author writes \`apiVersion: ${PLUGIN_VERSION}\`.`,
    });
  }
  if (typeof platforms !== 'function') throw createInvalid(specifier, '`platforms` is not a function');
  return value as Plugin;
}

/** Throws SluiceError `plugin-platform-invalid`. */
function requirePlatform(specifier: string, value: unknown, index: number): Platform {
  const problems = findProblems(value);
  if (problems.length === 0) return value as Platform;
  const rest = problems.length - MOST_PROBLEMS;
  const told = [...problems.slice(0, MOST_PROBLEMS), ...(rest > 0 ? [`and ${rest} more`] : [])];
  throw new SluiceError({
    code: 'plugin-platform-invalid',
    fault: 'user',
    message: `Platform ${index + 1} of the plugin ${show(specifier)} is not whole: ${told.join('; ')}.`,
    hint: 'Correct the plugin: docs/plugins.md has all that a platform must have.',
  });
}

function findProblems(value: unknown): readonly string[] {
  try {
    return findPlatformProblems(value);
  } catch (error) {
    return [`looking at it throws: ${tell(error)}`];
  }
}

function createInvalid(specifier: string, problem: string): SluiceError {
  return new SluiceError({
    code: 'plugin-invalid',
    fault: 'user',
    message: `The plugin ${show(specifier)} is none: ${problem}.`,
    hint: 'Its default export must be `{ apiVersion, platforms }`, as docs/plugins.md shows.',
  });
}

function createBroken(specifier: string, words: string, cause: unknown): SluiceError {
  return new SluiceError({
    code: 'plugin-broken',
    fault: 'user',
    message: `The plugin ${show(specifier)} cannot be loaded: ${words}`,
    hint: 'Correct the plugin (`node` and its path show where it breaks), install what it needs, or leave it out of SLUICE_PLUGINS.',
    cause,
  });
}

/** In one line. */
function tell(error: unknown): string {
  return shorten(error instanceof Error ? error.message : String(error));
}

function show(specifier: string): string {
  return shorten(JSON.stringify(specifier));
}

function shorten(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, SHOWN_LENGTH).toWellFormed();
}
