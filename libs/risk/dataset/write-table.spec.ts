import { expect, it } from '@jest/globals';
import { makeProject } from '../testing/synthetic-project.js';
import { readProject } from './read-project.js';
import { writeTable } from './write-table.js';

it('a table that was written is read as it was', () => {
  const { changes } = makeProject('own', 120, 9);
  const read = readProject('own', writeTable(changes)).changes;
  const shown = ({ label, factors: { author: _, more: __, ...factors } }: (typeof changes)[number]) => ({
    label,
    ...factors,
  });
  expect(read.map(shown)).toEqual(changes.map(shown));
});
