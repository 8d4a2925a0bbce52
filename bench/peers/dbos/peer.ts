import { installPackages, versionsOf } from '../npm-packages.js';
import type { Peer, StartedPeer } from '../peer.js';
import type { PeerWorld } from '../peer-world.js';

export const dbos: Peer = {
  name: 'dbos',
  about: 'DBOS Transact for TypeScript, workflows in the process that starts them, Postgres',
  async install(provision) {
    const folder = await installPackages('dbos', provision);
    return (world) => start(world, folder);
  },
};

async function start(world: PeerWorld, folder: string): Promise<StartedPeer> {
  const postgres = await world.startPostgres();
  const program = await world.startNodeProgram('dbos/program.mjs', folder, { DATABASE_URL: postgres.url });
  const versions = { ...versionsOf('dbos'), postgres: postgres.version };
  return { program, versions, readStored: postgres.readStored };
}
