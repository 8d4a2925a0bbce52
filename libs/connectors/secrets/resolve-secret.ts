import { constants, open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import type { SecretResolver } from '#contracts/ports.js';
import type { SluiceError } from '#domain/errors.js';

interface SecretSources {
  /** Where `env:` looks. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Variables that may be read begin with this; `SLUICE_SECRET_` when absent. */
  readonly prefix?: string;
  /** Further variables that may be read. */
  readonly names?: readonly string[];
  /** Folders inside which `file:` may read. */
  readonly folders?: readonly string[];
}

const DEFAULT_PREFIX = 'SLUICE_SECRET_';
const MAX_BYTES = 64 * 1024;

/**
 * Resolves `env:NAME` and `file:/absolute/path` (without the line end at its end), nothing beyond `sources`.
 * Throws SluiceError `secret-reference-invalid`, `secret-not-found`.
 */
export function createSecretResolver(sources: SecretSources): SecretResolver {
  return {
    async resolve(reference) {
      const [, scheme, target = ''] = /^(env|file):(.+)$/s.exec(reference) ?? [];
      if (scheme === 'env') return resolveVariable(target, sources);
      if (scheme === 'file') return resolveFile(target, sources.folders ?? []);
      throw createInvalid(
        'A reference to a secret is neither `env:NAME` nor `file:/absolute/path`.',
        'Write one of these.',
      );
    },
  };
}

function resolveVariable(name: string, sources: SecretSources): string {
  const prefix = sources.prefix ?? DEFAULT_PREFIX;
  const allowed = (prefix !== '' && name.startsWith(prefix)) || sources.names?.includes(name);
  if (!allowed) {
    throw createInvalid(
      `The variable ${JSON.stringify(name)} may not be read as a secret.`,
      `Names of secrets begin with ${prefix}; the operator may allow others.`,
    );
  }
  const value = Object.hasOwn(sources.environment, name) ? sources.environment[name] : undefined;
  if (!value) throw createNotFound(`env:${name}`, 'Set the variable where the worker runs.');
  return value;
}

async function resolveFile(path: string, folders: readonly string[]): Promise<string> {
  const reference = `file:${path}`;
  const outside = createInvalid(
    `The file ${JSON.stringify(path)} is outside the folders for secrets.`,
    'Use an absolute path in a folder that the operator named for secrets.',
  );
  if (
    path.includes('\0') ||
    !isAbsolute(path) ||
    !folders.some((folder) => isInside(resolve(path), resolve(folder)))
  ) {
    throw outside;
  }
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) throw createNotFound(reference, 'Put the file where the worker runs.');
  const realFolders = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  if (!realFolders.some((folder) => folder !== undefined && isInside(real, folder))) throw outside;
  const value = await readLimited(real).catch(() => undefined);
  if (!value) {
    throw createNotFound(reference, `It must be a readable, regular file of 1 to ${MAX_BYTES} bytes.`);
  }
  return value;
}

async function readLimited(path: string): Promise<string | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const facts = await file.stat();
    if (!facts.isFile() || facts.size > MAX_BYTES) return undefined;
    return (await file.readFile('utf8')).replace(/\r?\n$/, '');
  } finally {
    await file.close();
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function createInvalid(message: string, hint: string): SluiceError {
  return createActionFailure({
    code: 'secret-reference-invalid',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message,
    hint,
  });
}

function createNotFound(reference: string, hint: string): SluiceError {
  return createActionFailure({
    code: 'secret-not-found',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The secret ${JSON.stringify(reference)} does not exist or is empty.`,
    hint,
  });
}
