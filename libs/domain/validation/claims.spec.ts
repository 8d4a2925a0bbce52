import { describe, expect, it } from '@jest/globals';
import { problemsOf } from './testing/definitions.js';

describe('claims', () => {
  it.each<[string, string[]]>([
    ['a: { locks: [x], switch: [{ steps: { b: { wait: 1s } } }] }', []],
    [
      'a: { switch: [{ steps: { b: { locks: [x], wait: 1s }, c: { resources: { cpu: 1 }, wait: 1s } } }] }',
      [],
    ],
    [
      'a: { locks: [x], switch: [{ steps: { b: { locks: [y], resources: { cpu: 1 }, wait: 1s } } }] }',
      ['claims-nested a.switch[0].steps.b.locks'],
    ],
    [
      'a: { resources: { slots: 1 }, forEach: { in: [1] }, steps: { b: { switch: [{ steps: { c: { resources: { cpu: 1 }, wait: 1s } } }] } } }',
      ['claims-nested a.steps.b.switch[0].steps.c.resources'],
    ],
    ['a: { workflow: { name: x } }', []],
    ['a: { locks: [x], workflow: { name: x } }', ['claims-nested a.locks']],
    [
      'a: { locks: [x], try: { steps: { b: { wait: 1s } }, finally: { steps: { c: { workflow: { name: x } } } } } }',
      ['claims-nested a.try.finally.steps.c'],
    ],
  ])('of %s', (step, problems) => {
    expect(problemsOf(step)).toEqual(problems);
  });
});
