import { join } from 'node:path';
import type { Surroundings } from '../../test/run/surroundings.js';
import { type Figures, measurePeer, type Scale } from './measure.js';
import { type Outcome, orderOf } from './outcome.js';
import type { Peer, StartPeer } from './peer.js';
import { PeerWorld } from './peer-world.js';

export interface PeersRequest {
  readonly peers: readonly Peer[];
  readonly rounds: number;
  readonly scale: Scale;
  readonly surroundings: Surroundings;
  readonly tell: (message: string) => void;
}

type Progress = { -readonly [Field in keyof Outcome]: Outcome[Field] } & {
  start?: StartPeer;
  rounds: Figures[];
};

/** All peers in turn, so many times; one that fails is left out from there on, and the others go on. */
export async function runPeers(request: PeersRequest): Promise<readonly Outcome[]> {
  const { peers, rounds, surroundings } = request;
  const progress = new Map<Peer, Progress>();
  for (const peer of peers) progress.set(peer, await install(peer, request));
  for (let round = 0; round < rounds; round++) {
    for (const peer of orderOf(peers, round)) {
      const own = progress.get(peer)!;
      if (own.failure !== undefined || surroundings.interrupted.aborted) continue;
      await measureOnce(own, round, request).catch((error: unknown) => {
        own.failure = describe(error);
        request.tell(`${peer.name}: ${own.failure}`);
      });
    }
  }
  return peers.map((peer) => {
    const { start: _, ...outcome } = progress.get(peer)!;
    return outcome;
  });
}

async function install(
  peer: Peer,
  { surroundings: { env, reaper, interrupted }, tell }: PeersRequest,
): Promise<Progress> {
  const { name, about } = peer;
  const own: Progress = { name, about, versions: {}, rounds: [] };
  try {
    const installing = peer.install({
      env,
      onProgress: (message) => tell(`${name}: ${message}`),
      onSpawn: (pid) => reaper.watch(pid, { signal: 'SIGKILL', graceMs: 0, order: 1 }),
    });
    own.start = await unlessInterrupted(installing, interrupted);
  } catch (error) {
    own.failure = describe(error);
    tell(`${name}: ${own.failure}`);
  }
  return own;
}

async function measureOnce(
  own: Progress,
  round: number,
  { surroundings, scale, tell }: PeersRequest,
): Promise<void> {
  const say = (message: string) => tell(`${own.name}, round ${round + 1}: ${message}`);
  const world = new PeerWorld(join(surroundings.folder, `${own.name}-${round + 1}`), surroundings, say);
  try {
    say('starting');
    const { interrupted } = surroundings;
    const started = await unlessInterrupted(own.start!(world), interrupted);
    own.versions = { ...started.program.versions, ...started.versions };
    const measuring = measurePeer(started, world.roots, scale, say);
    own.rounds.push(await unlessInterrupted(measuring, interrupted));
  } finally {
    await world.close();
  }
}

/** What still goes on is stopped with the servers that it needs. */
function unlessInterrupted<T>(work: Promise<T>, interrupted: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = () => reject(new Error('it was interrupted'));
  if (interrupted.aborted) stop();
  interrupted.addEventListener('abort', stop, { once: true });
  return Promise.race([work, promise]).finally(() => interrupted.removeEventListener('abort', stop));
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
