import { installPackages, versionsOf } from '../npm-packages.js';
import type { Peer } from '../peer.js';

export const dbos: Peer = {
  name: 'dbos',
  about: 'DBOS Transact for TypeScript, workflows in the process that starts them, Postgres',
  install: (provision) => installPackages('dbos', provision),
  async start(world, folder) {
    const postgres = await world.startPostgres();
    const program = await world.startNodeProgram('dbos/program.mjs', folder, { DATABASE_URL: postgres.url });
    const versions = { ...versionsOf('dbos'), postgres: postgres.version };
    return { program, versions, readStored: postgres.readStored };
  },
};
