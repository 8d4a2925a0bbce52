import { sizeOfSqlite } from '../folder-size.js';
import type { Peer } from '../peer.js';

interface Form {
  readonly name: string;
  readonly about: string;
  /** Its name in workflows.ts. */
  readonly workflow: string;
}

/** Workflows written by hand with the SDK. */
export function createTemporal({ name, about, workflow }: Form): Peer {
  return {
    name,
    about: `a Temporal workflow written by hand, ${about}; the same development server; one worker`,
    install: async () => async (world) => {
      const temporal = await world.startTemporal();
      const program = await world.startOwnProgram(new URL('./program.js', import.meta.url), {
        TEMPORAL_ADDRESS: temporal.address,
        PEER_WORKFLOW: workflow,
      });
      return { program, readStored: () => sizeOfSqlite(temporal.file) };
    },
  };
}
