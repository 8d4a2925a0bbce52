import { installPackages, versionsOf } from '../npm-packages.js';
import type { Peer, StartedPeer } from '../peer.js';
import type { PeerWorld } from '../peer-world.js';

export const openworkflow: Peer = {
  name: 'openworkflow',
  about:
    'OpenWorkflow, one worker of 50 runs at once in the process that starts them, Postgres; its client asks for results each second',
  async install(provision) {
    const folder = await installPackages('openworkflow', provision);
    return (world) => start(world, folder);
  },
};

async function start(world: PeerWorld, folder: string): Promise<StartedPeer> {
  const postgres = await world.startPostgres();
  const program = await world.startNodeProgram('openworkflow/program.mjs', folder, {
    DATABASE_URL: postgres.url,
  });
  const versions = { ...versionsOf('openworkflow'), postgres: postgres.version };
  return { program, versions, readStored: postgres.readStored };
}
