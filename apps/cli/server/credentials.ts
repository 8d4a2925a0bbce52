import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_KEY_FILE } from '#contracts/rest/api-keys.js';
import { defaultHome } from '../../../libs/host/default-home.js';
import { usageError } from '../input/usage-error.js';

type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];

/**
 * What is shown to the server: what the environment names; else, to a server of this machine and to no other, the key of
 * its administrator. Throws SluiceError `usage` for what cannot stand in a header.
 */
export function findCredentials(server: URL, env: Environment): string | undefined {
  const given = env['SLUICE_API_KEY']?.trim() || undefined;
  if (given !== undefined && !/^[\x21-\x7e]+$/.test(given)) {
    throw usageError('SLUICE_API_KEY is no key.', 'Set it to what `sluice keys create` printed.');
  }
  return given ?? (LOOPBACK.includes(server.hostname) ? readKeyFile(env) : undefined);
}

function readKeyFile(env: Environment): string | undefined {
  try {
    return readFileSync(join(env['SLUICE_HOME'] || defaultHome(env), ADMIN_KEY_FILE), 'utf8').trim();
  } catch {
    return undefined;
  }
}
