import { constants, open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type { SecretResolver } from '#contracts/ports.js';
import { REFERENCE_FORMS } from '#domain/definition/secret-reference.js';
import { createReferenceInvalid, createSecretNotFound } from './secret-failure.js';
import { createNotConfigured } from './vault/vault-failure.js';
import { parseVaultReference } from './vault/vault-reference.js';
import type { VaultSecrets } from './vault/vault-secrets.js';

interface SecretSources {
  /** Where `env:` looks. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Variables that may be read begin with this; `SLUICE_SECRET_` when absent. */
  readonly prefix?: string;
  /** Further variables that may be read. */
  readonly names?: readonly string[];
  /** Folders inside which `file:` may read. */
  readonly folders?: readonly string[];
  /** Files that it may not read there: with them the worker itself proves who it is. */
  readonly ownFiles?: readonly string[];
  /** Where `vault:` looks. */
  readonly vault?: VaultSecrets | undefined;
}

const DEFAULT_PREFIX = 'SLUICE_SECRET_';
const MAX_BYTES = 64 * 1024;

/**
 * Resolves `env:NAME`, `file:/absolute/path` (without the line end at its end) and `vault:mount/path#field`, nothing
 * beyond `sources`. Throws SluiceError `secret-reference-invalid`, `secret-not-found`, `vault-not-configured`, and what
 * reading from Vault throws.
 */
export function createSecretResolver(sources: SecretSources): SecretResolver {
  return {
    async resolve(reference, signal) {
      const [, scheme, target = ''] = /^(env|file):(.+)$/s.exec(reference) ?? [];
      if (scheme === 'env') return resolveVariable(target, sources);
      if (scheme === 'file') return resolveFile(target, sources);
      const inVault = parseVaultReference(reference);
      if (inVault === undefined) {
        throw createReferenceInvalid(
          'A reference to a secret has none of the forms that are known.',
          `Write ${REFERENCE_FORMS}.`,
        );
      }
      if (sources.vault === undefined) throw createNotConfigured();
      return sources.vault.read(inVault, signal);
    },
  };
}

function resolveVariable(name: string, sources: SecretSources): string {
  const prefix = sources.prefix ?? DEFAULT_PREFIX;
  const allowed = (prefix !== '' && name.startsWith(prefix)) || sources.names?.includes(name);
  if (!allowed) {
    throw createReferenceInvalid(
      `The variable ${JSON.stringify(name)} may not be read as a secret.`,
      `Names of secrets begin with ${prefix}; the operator may allow others.`,
    );
  }
  const value = Object.hasOwn(sources.environment, name) ? sources.environment[name] : undefined;
  if (!value) throw createSecretNotFound(`env:${name}`, 'Set the variable where the worker runs.');
  return value;
}

async function resolveFile(path: string, { folders = [], ownFiles = [] }: SecretSources): Promise<string> {
  const reference = `file:${path}`;
  const outside = createReferenceInvalid(
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
  if (real === undefined) throw createSecretNotFound(reference, 'Put the file where the worker runs.');
  const realFolders = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  if (!realFolders.some((folder) => folder !== undefined && isInside(real, folder))) throw outside;
  const realOwn = await Promise.all(ownFiles.map((file) => realpath(file).catch(() => undefined)));
  if (realOwn.includes(real)) {
    throw createReferenceInvalid(
      `The file ${JSON.stringify(path)} is the worker's own.`,
      'With it the worker proves who it is; definitions name other secrets.',
    );
  }
  const value = await readLimited(real).catch(() => undefined);
  if (!value) {
    throw createSecretNotFound(reference, `It must be a readable, regular file of 1 to ${MAX_BYTES} bytes.`);
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
