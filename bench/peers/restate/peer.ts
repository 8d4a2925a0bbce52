import { join } from 'node:path';
import { findFreePort, LOOPBACK } from '../../../libs/host/port.js';
import { sizeOf } from '../folder-size.js';
import { installPackages, versionsOf } from '../npm-packages.js';
import type { Peer, StartedPeer } from '../peer.js';
import type { PeerWorld } from '../peer-world.js';

const SERVER = `node_modules/@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`;

export const restate: Peer = {
  name: 'restate',
  about: 'Restate, one node of its server as it comes, handlers in TypeScript, called by its ingress',
  async install(provision) {
    const folder = await installPackages('restate', provision);
    return (world) => start(world, folder);
  },
};

async function start(world: PeerWorld, folder: string): Promise<StartedPeer> {
  const [node, ingress, admin, own] = await Promise.all([1, 2, 3, 4].map(findFreePort));
  const urlOf = (port?: number) => `http://${LOOPBACK}:${port}`;
  const data = join(world.home, 'restate');
  await world.startServer({
    name: 'restate',
    command: join(folder, SERVER),
    args: [
      ...['--node-name', 'bench', '--base-dir', data],
      ...['--listen-mode', 'tcp', '--bind-ip', LOOPBACK, '--bind-port', String(node)],
    ],
    env: {
      RESTATE_INGRESS__BIND_PORT: String(ingress),
      RESTATE_ADMIN__BIND_PORT: String(admin),
      RESTATE_DISABLE_TELEMETRY: 'true',
    },
    isReady: async () =>
      (await fetch(`${urlOf(admin)}/health`)).ok && (await fetch(`${urlOf(ingress)}/restate/health`)).ok,
  });
  const program = await world.startNodeProgram('restate/program.mjs', folder, {
    PEER_PORT: String(own),
    RESTATE_INGRESS: urlOf(ingress),
    RESTATE_ADMIN: urlOf(admin),
  });
  return { program, versions: versionsOf('restate'), readStored: () => sizeOf(data) };
}
