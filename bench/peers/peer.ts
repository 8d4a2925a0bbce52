import type { Provision } from '../../test/programs/cache.js';
import type { PeerProgram } from './peer-program.js';
import type { PeerWorld } from './peer-world.js';

/** A product that does the jobs, and how it is had. */
export interface Peer {
  /** As it is asked for: `dbos`. */
  readonly name: string;
  /** What it is and how it is set up, in a line. */
  readonly about: string;
  /**
   * Gets what it is made of into the user's cache, where it is not there yet; answers with what starts it. Throws with the
   * cause.
   */
  install(provision: Provision): Promise<StartPeer>;
}

export type StartPeer = (world: PeerWorld) => Promise<StartedPeer>;

export interface StartedPeer {
  readonly program: PeerProgram;
  /** Versions beside those that its program tells. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Bytes that its stores take now. */
  readStored(): Promise<number>;
}
