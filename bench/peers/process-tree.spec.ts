import { expect, it } from '@jest/globals';
import { parseStat, readMemory, readProcessorSeconds, treeOf } from './process-tree.js';

const STAT =
  '4242 (a (b) c) S 17 4242 4242 0 -1 4194560 9 8 7 6 101 22 3000 400 20 0 11 0 95400 123456 789 18446744073709551615';

it('reads the parent, and the work of a process and of those that it started', () => {
  expect(parseStat(STAT)).toEqual({ parent: 17, ticks: 101 + 22 + 3000 + 400 });
});

it('knows nothing of a process that is gone', () => {
  expect(parseStat('')).toBeUndefined();
});

it('finds all that these processes started, each once, and no other', () => {
  const processes = new Map(
    [
      [1, 0],
      [2, 1],
      [3, 2],
      [4, 3],
      [5, 1],
      [6, 5],
      // It was given its own number as parent: a circle ends.
      [7, 7],
    ].map(([pid, parent]) => [pid!, { parent: parent!, ticks: 1 }]),
  );
  expect([...treeOf([2, 4, 7, 99], processes)].sort()).toEqual([2, 3, 4, 7]);
});

it('counts what this process works and holds', () => {
  const before = readProcessorSeconds([process.pid]);
  for (const end = process.cpuUsage().user + 300_000; process.cpuUsage().user < end; );
  const onLinux = process.platform === 'linux';
  expect(readProcessorSeconds([process.pid]) - before >= 0.2).toBe(onLinux);
  expect(readMemory([process.pid]) > 10).toBe(onLinux);
});
