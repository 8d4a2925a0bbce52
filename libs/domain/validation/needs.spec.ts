import { describe, expect, it } from '@jest/globals';
import { TEST_ACTIONS } from './testing/actions.js';
import { findingsOf, withSteps } from './testing/definitions.js';
import { readDefinition } from './validate.js';

describe('needs', () => {
  it.each([
    [
      'unknown, self and duplicate',
      withSteps('a: { wait: 1s }', 'b: { needs: [b, a, a, zz], wait: 1s }'),
      [
        'needs-self 7:20 stages.main.steps.b.needs[0]',
        'needs-duplicate 7:26 stages.main.steps.b.needs[2]',
        'needs-unknown 7:29 stages.main.steps.b.needs[3]',
      ],
    ],
    [
      'what stands in another block',
      withSteps(
        'a: { forEach: { in: [1] }, steps: { b: { wait: 1s } } }',
        'c: { needs: [b, main], wait: 1s }',
      ),
      ['needs-unknown 7:20 stages.main.steps.c.needs[0]', 'needs-unknown 7:23 stages.main.steps.c.needs[1]'],
    ],
    [
      'a circle of steps',
      withSteps('a: { needs: [b], wait: 1s }', 'b: { wait: 1s }'),
      ['needs-cycle 6:20 stages.main.steps.a.needs[0]'],
    ],
    [
      'two circles',
      withSteps(
        'a: { needs: [b], wait: 1s }',
        'b: { wait: 1s }',
        'c: { needs: [d], wait: 1s }',
        'd: { wait: 1s }',
      ),
      ['needs-cycle 6:20 stages.main.steps.a.needs[0]', 'needs-cycle 8:20 stages.main.steps.c.needs[0]'],
    ],
    [
      'a circle inside a loop',
      withSteps('l:', '  forEach: { in: [1] }', '  steps: { a: { needs: [b], wait: 1s }, b: { wait: 1s } }'),
      ['needs-cycle 8:31 stages.main.steps.l.steps.a.needs[0]'],
    ],
    [
      'a circle of stages',
      'sluice: 1\nname: x\nstages:\n  s: { needs: [t], steps: { a: { wait: 1s } } }\n  t: { steps: { b: { wait: 1s } } }',
      ['needs-cycle 4:16 stages.s.needs[0]'],
    ],
    [
      'no text',
      withSteps('a: { needs: [1], wait: 1s }'),
      ['type-mismatch 6:20 stages.main.steps.a.needs[0]'],
    ],
  ])('refuses %s', (_, text, findings) => {
    expect(findingsOf(text)).toEqual(findings);
  });

  it.each([
    ['the circle', ['a: { needs: [b], wait: 1s }', 'b: { wait: 1s }'], 'a → b → a'],
    [
      'the shortest',
      ['a: { needs: [b, c], wait: 1s }', 'b: { needs: [c], wait: 1s }', 'c: { needs: [a], wait: 1s }'],
      'a → c → a',
    ],
  ])('names %s', (_, steps, cycle) => {
    expect(readDefinition(withSteps(...steps), TEST_ACTIONS).findings[0]!.message).toContain(cycle);
  });
});
