import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { refuseUnknownSettings } from '#contracts/settings.js';
import { SluiceError } from '#domain/errors.js';

export interface LocalSettings {
  /** Folder of all data: SLUICE_HOME. */
  readonly home: string;
  /** Of the API: SLUICE_PORT. */
  readonly apiPort: number;
  /** Of Temporal's gRPC frontend: SLUICE_TEMPORAL_PORT. */
  readonly temporalPort: number;
  /** Of Temporal's Web UI: SLUICE_UI_PORT. */
  readonly uiPort: number;
}

/** Settings of the local platform from the environment. Throws `settings-invalid`, `setting-unknown`. */
export function readSettings(env: NodeJS.ProcessEnv): LocalSettings {
  refuseUnknownSettings(env);
  return {
    home: resolve(env['SLUICE_HOME'] || defaultHome(env)),
    apiPort: readPort(env, 'SLUICE_PORT', 3000),
    temporalPort: readPort(env, 'SLUICE_TEMPORAL_PORT', 7233),
    uiPort: readPort(env, 'SLUICE_UI_PORT', 8233),
  };
}

/**
 * XDG base directories. Root's data lies with that of the machine's other services, because Postgres cannot run as root
 * and its user cannot enter root's home; a HOME that was set to another folder is obeyed.
 */
function defaultHome(env: NodeJS.ProcessEnv): string {
  if (env['XDG_DATA_HOME']) return join(env['XDG_DATA_HOME'], 'sluice');
  const home = env['HOME'] || homedir();
  if (process.getuid?.() === 0 && home === userInfo().homedir) return '/var/lib/sluice';
  return join(home, '.local', 'share', 'sluice');
}

function readPort(env: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new SluiceError({
    code: 'settings-invalid',
    fault: 'user',
    message: `${name} is ${JSON.stringify(text)}, which is no port.`,
    hint: `Set ${name} to a number from 1 to 65535, or unset it (${fallback}).`,
  });
}
