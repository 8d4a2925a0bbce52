import { describe, expect, it } from '@jest/globals';
import { createRunMasks } from './run-masks.js';

describe('masks of runs', () => {
  it('hides in all of a run what any of it told, and in no other run', () => {
    const maskOf = createRunMasks();
    maskOf('a').add('secret-of-a');
    expect(maskOf('a').apply('secret-of-a')).toBe('***');
    expect(maskOf('b').apply('secret-of-a')).toBe('secret-of-a');
  });

  it('forgets the run that was not seen for longest', () => {
    const maskOf = createRunMasks();
    for (const run of ['old', 'kept']) maskOf(run).add(`secret-of-${run}`);
    for (let run = 0; run < 499; run += 1) {
      maskOf('kept');
      maskOf(String(run));
    }
    expect(maskOf('kept').apply('secret-of-kept')).toBe('***');
    expect(maskOf('old').isEmpty).toBe(true);
  });

  it('holds no more than it should of large secrets', () => {
    const maskOf = createRunMasks();
    for (let run = 0; run < 200; run += 1) maskOf(String(run)).add(`${run}-${'x'.repeat(60_000)}`);
    expect(maskOf('199').isEmpty).toBe(false);
    expect(maskOf('0').isEmpty).toBe(true);
  });
});
