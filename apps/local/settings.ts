import { resolve } from 'node:path';
import { type Environment, SettingsReader } from '#contracts/read-settings.js';
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

const PORTS = ['SLUICE_PORT', 'SLUICE_TEMPORAL_PORT', 'SLUICE_UI_PORT'] as const;

/** Settings of the local platform from the environment. Throws `setting-unknown`, `configuration-invalid`. */
export function readSettings(env: Environment): LocalSettings {
  const settings = new SettingsReader('start', env);
  const [apiPort, temporalPort, uiPort] = PORTS.map((name) => settings.read(name)) as [
    number,
    number,
    number,
  ];
  for (const [index, port] of [apiPort, temporalPort, uiPort].entries()) {
    const earlier = [apiPort, temporalPort, uiPort].indexOf(port);
    // The addresses are printed, and kept from one start to the next.
    if (port === 0) settings.refuse(PORTS[index]!, 'must be a port, not 0, where npm start is to listen');
    else if (port !== undefined && earlier < index) {
      settings.refuse(PORTS[index]!, `must be another port than ${PORTS[earlier]}, which is ${port} too`);
    }
  }
  return settings.finish({
    home: resolve(settings.read('SLUICE_HOME') ?? defaultHome(env)),
    apiPort,
    temporalPort,
    uiPort,
  });
}
