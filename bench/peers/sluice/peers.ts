import type { Way } from '../../laboratory/runs.js';
import { sizeOfSqlite } from '../folder-size.js';
import type { Peer } from '../peer.js';

const SERVERS = 'Temporal’s development server (SQLite) as `npm start` sets it up, Postgres';

/** The engine, with the steps of its jobs going one way. */
export function createSluice(way: Way, about: string): Peer {
  return {
    name: `sluice-${way}`,
    about: `${about}; ${SERVERS}; one worker`,
    install: async () => async (world) => {
      const postgres = await world.startPostgres();
      const temporal = await world.startTemporal();
      const program = await world.startOwnProgram(new URL('./program.js', import.meta.url), {
        DATABASE_URL: postgres.url,
        TEMPORAL_ADDRESS: temporal.address,
        PEER_WAY: way,
      });
      return {
        program,
        versions: { postgres: postgres.version },
        readStored: async () => (await postgres.readStored()) + (await sizeOfSqlite(temporal.file)),
      };
    },
  };
}
