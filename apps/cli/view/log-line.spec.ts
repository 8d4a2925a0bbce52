import { describe, expect, it } from '@jest/globals';
import { aLog } from '../testing/views.js';
import { renderLogLine } from './log-line.js';
import { styleOf } from './style.js';

const plain = styleOf({ colours: false });

describe('renderLogLine', () => {
  it.each([
    [aLog(1, 'hi'), {}, '12:00:00.250 greet | hi'],
    [aLog(1, 'hi', { attempt: 2 }), {}, '12:00:00.250 greet#2 | hi'],
    [aLog(1, 'hi', { attempt: 2 }), { step: 'greet' }, '12:00:00.250 #2 | hi'],
    [aLog(1, 'hi'), { step: 'greet' }, '12:00:00.250 | hi'],
    [aLog(1, '\u001b[31mred\u001b[0m \u001b[2J'), {}, '12:00:00.250 greet | red ␛[2J'],
  ])('prints %j with %j', (log, options, expected) => {
    expect(renderLogLine(log, options, plain)).toBe(expected);
  });
});
