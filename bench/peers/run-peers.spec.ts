import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Surroundings } from '../../test/run/surroundings.js';
import type { Scale } from './measure.js';
import type { Peer } from './peer.js';
import { runPeers } from './run-peers.js';
import type { Batch } from './serve.js';

const BATCH: Batch = { job: 'ten-steps', runs: 4, atOnce: 2, limitMs: 1_000 };
const SCALE: Scale = {
  warmUp: BATCH,
  latency: BATCH,
  rate: BATCH,
  inSequence: { ...BATCH, job: 'in-sequence' },
  fanOut: { ...BATCH, job: 'fan-out' },
  allAtOnce: BATCH,
};

/** Each run takes ten milliseconds, by its own clock, and stores a KiB. */
function createFake(name: string, told: string[], failing: { install?: boolean; round?: number } = {}): Peer {
  let started = 0;
  return {
    name,
    about: name,
    async install() {
      if (failing.install) throw new Error('it is not to be had');
      return async () => {
        told.push(name);
        const broken = ++started === failing.round;
        let stored = 0;
        return {
          program: {
            pid: process.pid,
            versions: { [name]: '1' },
            async run({ runs }) {
              if (broken) throw new Error('it broke');
              stored += runs * 1_024;
              return { latencies: Array.from({ length: runs }, () => 10), ms: runs * 5 };
            },
            stop: async () => undefined,
          },
          readStored: async () => stored,
        };
      };
    },
  };
}

describe('runPeers', () => {
  let surroundings: Surroundings;
  beforeAll(async () => {
    surroundings = {
      folder: await mkdtemp(join(tmpdir(), 'sluice-peers-')),
      env: {},
      interrupted: new AbortController().signal,
    } as Surroundings;
  });
  afterAll(() => rm(surroundings.folder, { recursive: true, force: true }));

  const run = (peers: readonly Peer[], rounds: number, more: Partial<Surroundings> = {}) =>
    runPeers({
      peers,
      rounds,
      scale: SCALE,
      surroundings: { ...surroundings, ...more },
      tell: () => undefined,
    });

  it('measures all in turn, in rounds that begin with another each', async () => {
    const told: string[] = [];
    const outcomes = await run([createFake('a', told), createFake('b', told)], 2);
    expect(told).toEqual(['a', 'b', 'b', 'a']);
    expect(outcomes.map(({ name, versions, rounds }) => [name, versions, rounds.length])).toEqual([
      ['a', { a: '1' }, 2],
      ['b', { b: '1' }, 2],
    ]);
    const [figures] = outcomes[0]!.rounds;
    expect(figures).toMatchObject({ tenStepsP50: 10, rate: 200, allAtOnce: 4, storedKib: 1 });
  });

  it('goes on with the others where one cannot be had or breaks, and says why', async () => {
    const told: string[] = [];
    const peers = [
      createFake('lost', told, { install: true }),
      createFake('broken', told, { round: 2 }),
      createFake('sound', told),
    ];
    const outcomes = await run(peers, 3);
    expect(outcomes.map(({ failure, rounds }) => [failure, rounds.length])).toEqual([
      ['it is not to be had', 0],
      ['it broke', 1],
      [undefined, 3],
    ]);
    expect(told.filter((name) => name === 'broken')).toHaveLength(2);
  });

  it('starts nobody when it is interrupted', async () => {
    const told: string[] = [];
    const [outcome] = await run([createFake('a', told)], 2, { interrupted: AbortSignal.abort() });
    expect([told, outcome!.rounds]).toEqual([[], []]);
  });

  it('waits for nobody when it is interrupted meanwhile', async () => {
    const interrupt = new AbortController();
    const peer: Peer = {
      name: 'slow',
      about: 'slow',
      install: async () => () => {
        interrupt.abort();
        return new Promise(() => undefined);
      },
    };
    const [outcome] = await run([peer], 1, { interrupted: interrupt.signal });
    expect(outcome!.failure).toBe('it was interrupted');
  });
});
