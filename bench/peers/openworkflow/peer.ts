import { installPackages, versionsOf } from '../npm-packages.js';
import type { Peer } from '../peer.js';

export const openworkflow: Peer = {
  name: 'openworkflow',
  about:
    'OpenWorkflow, one worker of 50 runs at once in the process that starts them, Postgres; its client asks for results each second',
  install: (provision) => installPackages('openworkflow', provision),
  async start(world, folder) {
    const postgres = await world.startPostgres();
    const program = await world.startNodeProgram('openworkflow/program.mjs', folder, {
      DATABASE_URL: postgres.url,
    });
    const versions = { ...versionsOf('openworkflow'), postgres: postgres.version };
    return { program, versions, readStored: postgres.readStored };
  },
};
