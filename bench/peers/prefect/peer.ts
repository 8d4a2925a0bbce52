import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort, LOOPBACK } from '../../../libs/host/port.js';
import { findProjectRoot } from '../../../libs/host/project-root.js';
import { type PythonPackages, providePython } from '../../../test/programs/python.js';
import { sizeOf } from '../folder-size.js';
import { JOBS } from '../jobs.js';
import type { Peer, StartedPeer } from '../peer.js';
import type { PeerWorld } from '../peer-world.js';

const PACKAGES: PythonPackages = {
  title: 'Prefect',
  name: 'peer-prefect',
  requirements: 'bench/peers/prefect/requirements.txt',
};

export const prefect: Peer = {
  name: 'prefect',
  about:
    'Prefect, its server on Postgres, flows called in the process that starts them, results of tasks kept',
  async install(provision) {
    const python = await providePython(PACKAGES, provision);
    return (world) => start(world, python);
  },
};

async function start(world: PeerWorld, python: string): Promise<StartedPeer> {
  const postgres = await world.startPostgres();
  const port = await findFreePort();
  const home = join(world.home, 'prefect');
  const api = `http://${LOOPBACK}:${port}/api`;
  const env = {
    PREFECT_HOME: home,
    PREFECT_API_URL: api,
    PREFECT_SERVER_ANALYTICS_ENABLED: 'false',
    // Without it nothing of a run that was cut off could be taken up again.
    PREFECT_RESULTS_PERSIST_BY_DEFAULT: 'true',
  };
  await world.startServer({
    name: 'prefect-server',
    command: python,
    args: ['-m', 'prefect', 'server', 'start', '--host', LOOPBACK, '--port', String(port), '--no-ui'],
    env: {
      ...env,
      PREFECT_API_DATABASE_CONNECTION_URL: postgres.url.replace(/^postgres:/, 'postgresql+asyncpg:'),
    },
    isReady: async () => (await fetch(`${api}/health`)).ok,
  });
  const program = join(findProjectRoot(), 'bench/peers/prefect/program.py');
  return {
    program: await world.startProgram(python, [program], { ...env, PEER_JOBS: JSON.stringify(JOBS) }),
    versions: { prefect: readVersion(), postgres: postgres.version },
    readStored: async () => (await postgres.readStored()) + (await sizeOf(home)),
  };
}

function readVersion(): string {
  const text = readFileSync(join(findProjectRoot(), PACKAGES.requirements), 'utf8');
  return /^prefect==(\S+)/m.exec(text)?.[1] ?? 'unknown';
}
