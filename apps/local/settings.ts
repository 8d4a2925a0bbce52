import { resolve } from 'node:path';
import { refuseUnknownSettings } from '#contracts/settings.js';
import { SluiceError } from '#domain/errors.js';
import { defaultHome } from '../../libs/host/default-home.js';

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
  const settings = {
    home: resolve(env['SLUICE_HOME'] || defaultHome(env)),
    apiPort: readPort(env, 'SLUICE_PORT', 3000),
    temporalPort: readPort(env, 'SLUICE_TEMPORAL_PORT', 7233),
    uiPort: readPort(env, 'SLUICE_UI_PORT', 8233),
  };
  const { apiPort, temporalPort, uiPort } = settings;
  if (new Set([apiPort, temporalPort, uiPort]).size === 3) return settings;
  throw new SluiceError({
    code: 'settings-invalid',
    fault: 'user',
    message: `API (${apiPort}), Temporal (${temporalPort}) and its Web UI (${uiPort}) cannot share a port.`,
    hint: 'Set SLUICE_PORT, SLUICE_TEMPORAL_PORT and SLUICE_UI_PORT to different numbers, or unset them.',
  });
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
