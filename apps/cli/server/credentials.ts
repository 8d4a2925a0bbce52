import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ADMIN_KEY_FILE } from '#contracts/rest/api-keys.js';
import { defaultHome } from '../../../libs/host/default-home.js';
import { usageError } from '../input/usage-error.js';

type Environment = Readonly<Record<string, string | undefined>>;

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost'];

/**
 * What is shown to the server: what the environment names; else what was kept for it; else, to a server of this machine
 * and to no other, the key of its administrator. Throws SluiceError `usage` for what cannot stand in a header.
 */
export function findCredentials(server: URL, env: Environment): string | undefined {
  const given = env['SLUICE_API_KEY']?.trim() || undefined;
  if (given !== undefined) return requireKey(given, 'SLUICE_API_KEY');
  return readKept(env)[server.origin] ?? (LOOPBACK.includes(server.hostname) ? readKeyFile(env) : undefined);
}

/** What can stand in a header. Throws SluiceError `usage`. */
export function requireKey(text: string, where: string): string {
  if (/^[\x21-\x7e]{1,8000}$/.test(text)) return text;
  throw usageError(`${where} is no key.`, 'Use what `sluice keys create` printed.');
}

/** Keeps the key for this server, readable by its owner only; undefined forgets it. Answers whether one was kept before. */
export function keepCredentials(server: URL, key: string | undefined, env: Environment): boolean {
  const { [server.origin]: before, ...others } = readKept(env);
  if (before === undefined && key === undefined) return false;
  const file = fileOf(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const kept = { ...others, ...(key !== undefined && { [server.origin]: key }) };
  writeFileSync(`${file}.new`, `${JSON.stringify(kept, undefined, 2)}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
  return before !== undefined;
}

function fileOf(env: Environment): string {
  const folder = env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
  return join(folder, 'sluice', 'credentials.json');
}

/** By origin of the server; what cannot be read counts as nothing kept. */
function readKept(env: Environment): Readonly<Record<string, string>> {
  try {
    const kept: unknown = JSON.parse(readFileSync(fileOf(env), 'utf8'));
    const entries = Object.entries(kept as object).filter(([, key]) => typeof key === 'string');
    return Object.fromEntries(entries) as Record<string, string>;
  } catch {
    return {};
  }
}

function readKeyFile(env: Environment): string | undefined {
  try {
    return readFileSync(join(env['SLUICE_HOME'] || defaultHome(env), ADMIN_KEY_FILE), 'utf8').trim();
  } catch {
    return undefined;
  }
}
