import { describe, expect, it } from '@jest/globals';
import { parseCondition } from './condition.js';
import { parseKeptnCondition } from './keptn-condition.js';
import { convert } from './units.js';

describe('parseCondition', () => {
  it.each([
    ['<= 300ms', { sign: '<=', of: 'absolute', amount: 300, unit: 'ms', text: '<= 300 ms' }],
    ['>=80%', { sign: '>=', of: 'absolute', amount: 80, unit: '%', text: '>= 80%' }],
    ['== 0', { sign: '=', of: 'absolute', amount: 0, text: '= 0' }],
    ['< 1.5 GiB', { sign: '<', of: 'absolute', amount: 1.5, unit: 'GiB', text: '< 1.5 GiB' }],
    ['<= +10%', { sign: '<=', of: 'percent', amount: 10, text: '<= +10%' }],
    ['>= -5 %', { sign: '>=', of: 'percent', amount: -5, text: '>= -5%' }],
    ['<= +5ms', { sign: '<=', of: 'change', amount: 5, unit: 'ms', text: '<= +5 ms' }],
    ['<= -0', { sign: '<=', of: 'change', amount: 0, text: '<= +0' }],
    ['>= (-5)', { sign: '>=', of: 'absolute', amount: -5, text: '>= (-5)' }],
    ['> 1e3', { sign: '>', of: 'absolute', amount: 1000, text: '> 1000' }],
  ])('%s', (text, condition) => {
    expect(parseCondition(text)).toEqual({ condition });
  });

  it.each([
    ['', 'is no condition'],
    ['300ms', 'is no condition'],
    ['!= 3', 'is no condition'],
    ['<= NaN', 'is no condition'],
    ['<= Infinity', 'is no condition'],
    ['<= 1e400', 'has a number that is too large'],
    ['<= 9007199254740992', 'has a number that is too large'],
    ['<= (5', 'has half of a pair of brackets'],
    ['<= 5 qs', 'has an unknown unit; known are us, ms, s, m, h, B, KB, MB, GB, KiB, MiB, GiB, %'],
    [`<= ${'9'.repeat(1000)}`, 'is no condition'],
  ])('%s is none', (text, problem) => {
    expect(parseCondition(text)).toEqual({ problem });
  });
});

describe('parseKeptnCondition', () => {
  it.each([
    ['<=+10%', { sign: '<=', of: 'percent', amount: 10 }],
    ['<=10%', { sign: '<=', of: 'percent', amount: 10 }],
    ['>-8%', { sign: '>', of: 'percent', amount: -8 }],
    ['<=+5', { sign: '<=', of: 'change', amount: 5 }],
    ['< 600', { sign: '<', of: 'absolute', amount: 600 }],
  ])('%s', (text, condition) => {
    expect(parseKeptnCondition(text)).toMatchObject({ condition });
  });

  it.each(['600', '<=', '<=abc', '==5', '=<5', '<=5ms', '<=NaN', '<=1e999'])('%s is none', (text) => {
    expect(parseKeptnCondition(text)).toHaveProperty('problem');
  });
});

describe('convert', () => {
  it.each([
    [0.3, 's', 'ms', 300],
    [1.005, 's', 'ms', 1005],
    [90, 'm', 'h', 1.5],
    [250, 'us', 'ms', 0.25],
    [1, 'MiB', 'KiB', 1024],
    [1, 'MB', 'KB', 1000],
    [5, undefined, 'ms', 5],
    [5, 'requests', 'requests', 5],
    [5, 'requests', 'ms', undefined],
    [5, 's', 'KB', undefined],
  ])('%d %s in %s', (value, from, to, converted) => {
    expect(convert(value, from, to)).toBe(converted);
  });
});
