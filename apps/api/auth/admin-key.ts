import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource, EntityManager } from 'typeorm';
import { ADMIN_KEY_FILE } from '#contracts/rest/api-keys.js';
import { SluiceError } from '#domain/errors.js';
import { AccessRepository, EVERY_PROJECT } from '#persistence/repositories/access-repository.js';
import { ApiKeyRepository } from '#persistence/repositories/api-key-repository.js';
import { AuditRepository } from '#persistence/repositories/audit-repository.js';
import { createApiKey, matchesSecret, parseApiKey } from './api-key.js';
import { LOCAL_ACTOR } from './authenticate.js';

interface AdminKey {
  /** Where it lies. */
  readonly file: string;
  readonly text: string;
  /** Whether it was made now. */
  readonly created: boolean;
}

interface AdminKeyRequest {
  readonly dataSource: DataSource;
  /** Folder of the file. */
  readonly home: string;
  /**
   * Whether the machine is the administrator's own: its key is made again when the file is lost. Elsewhere it is made
   * once only, as long as nobody is administrator, and undefined is the answer from then on where there is no file.
   */
  readonly loopback: boolean;
}

/**
 * The administrator's key of this machine, which the command line here finds by itself. Processes that start at once
 * make one key. Throws SluiceError `home-not-writable`.
 */
export async function provideAdminKey(request: AdminKeyRequest): Promise<AdminKey | undefined> {
  const { dataSource, home, loopback } = request;
  const file = join(home, ADMIN_KEY_FILE);
  return dataSource.transaction(async (manager) => {
    await new ApiKeyRepository(manager).lock();
    const known = readKey(file);
    if (known !== undefined && (await isValid(manager, known))) return { file, text: known, created: false };
    if (!loopback && (await new ApiKeyRepository(manager).hasAdministrator())) return undefined;
    const { id, text, hash } = createApiKey();
    const rights = { name: LOCAL_ACTOR, projects: [EVERY_PROJECT], roles: ['admin'] };
    await new ApiKeyRepository(manager).add({
      ...rights,
      id,
      hash,
      speaksForOthers: loopback,
      createdBy: LOCAL_ACTOR,
    });
    await new AuditRepository(manager).add({
      project: EVERY_PROJECT,
      actor: LOCAL_ACTOR,
      action: 'key.create',
      objectType: 'key',
      objectId: id,
      after: rights,
      reason: 'The first start made it.',
    });
    writeKey(home, file, text);
    return { file, text, created: true };
  });
}

function readKey(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

async function isValid(manager: EntityManager, text: string): Promise<boolean> {
  const parsed = parseApiKey(text);
  if (parsed === undefined) return false;
  const key = await new AccessRepository(manager).findKey(parsed.id, undefined);
  return key !== undefined && !key.revoked && matchesSecret(parsed.secret, key.hash);
}

/** Whole or not at all, and never readable by others. */
function writeKey(home: string, file: string, text: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600 });
    chmodSync(`${file}.new`, 0o600);
    renameSync(`${file}.new`, file);
  } catch (cause) {
    throw new SluiceError({
      code: 'home-not-writable',
      fault: 'user',
      message: `The administrator's key cannot be kept in ${file}: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Set SLUICE_HOME to a folder that you may write.',
      cause,
    });
  }
}
