import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CATEGORIES } from '#domain/failures/categories/categories.js';
import { Diagnostician } from '#domain/failures/classify.js';
import { LOGS, readJobLogs, readSections } from '../../bench/diagnose/labelled-logs.js';

const diagnostician = new Diagnostician();
const jobLogs = readJobLogs();

describe('the cause of a failed job', () => {
  (jobLogs === undefined ? it.skip : it)(
    'is the line that people marked, in 15 of 20 real logs at least',
    () => {
      const right = jobLogs!.filter(({ log, line }) => diagnostician.classify({ log }).line === line);
      expect(right.length).toBeGreaterThanOrEqual(15);
    },
  );

  it.each(readSections(join(LOGS, 'held-out.txt')))('is found in the log $name', ({ log, line }) => {
    expect(diagnostician.classify({ log }).line).toBe(line);
  });

  it.each(readSections(join(LOGS, 'categories.txt')))(
    'is $name, and its line is found',
    ({ name, log, line }) => {
      expect(diagnostician.classify({ log })).toMatchObject({ category: name, line });
    },
  );

  it('is looked for in a log of each category of the study', () => {
    const names = readSections(join(LOGS, 'categories.txt')).map(({ name }) => name);
    expect(new Set(names).size).toBe(46);
    expect(names.filter((name) => !CATEGORIES.some(({ id }) => id === name))).toEqual([]);
  });
});
