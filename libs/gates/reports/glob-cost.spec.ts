import { describe, expect, it } from '@jest/globals';
import { isCheapGlob } from './glob-cost.js';

describe('cost of globs', () => {
  it.each([
    'coverage/lcov.info',
    '**/TEST-*.xml',
    '{unit,it}/**/*.{xml,json,tap}',
    'part-{1..40}/@(a|b)?.info',
    '**/**/*-*-*.json',
    'a{b',
    'a}b,c',
    'a\\{b,c\\}',
    `{${Array(999).fill('a').join(',')}}`,
  ])('takes %j', (pattern) => {
    expect(isCheapGlob(pattern)).toBe(true);
  });

  it.each([
    '{a,b}'.repeat(10),
    '{a,b}'.repeat(200),
    '{1..100000}',
    '{1..40}{1..40}',
    '{a,{b,{c,d}{e,f}}{g,h}}'.repeat(4),
    '{a..z}{a..z}',
    `${'{a,b'.repeat(12)}`,
    '+(a|aa)x',
    '*(a*)*',
    '*a*a*a*a*a*',
  ])('refuses %j', (pattern) => {
    expect(isCheapGlob(pattern)).toBe(false);
  });
});
