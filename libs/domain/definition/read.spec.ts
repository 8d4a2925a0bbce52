import { describe, expect, it } from '@jest/globals';
import { findingsOf, hintOf, withSteps } from '../validation/testing/definitions.js';

describe('shape', () => {
  it.each([
    ['nothing', '', ['definition-not-a-map 1:1']],
    ['a list', '- a', ['definition-not-a-map 1:1']],
    ['an empty map', '{}', ['key-missing 1:1 sluice', 'key-missing 1:1 name', 'key-missing 1:1 stages']],
    [
      'another version',
      'sluice: 2\nname: x\nstages: { s: { steps: { a: { wait: 1s } } } }',
      ['version-unsupported 1:9 sluice'],
    ],
    [
      'unknown keys',
      `on: {}\n${withSteps('a: { wait: 1s, webhook: {} }')}`,
      ['key-unknown 1:1 on', 'key-unknown 7:22 stages.main.steps.a.webhook'],
    ],
    ['a bad name', withSteps('a: { wait: 1s }').replace('name: x', 'name: My Flow'), ['id-invalid 2:7 name']],
    ['no stage', 'sluice: 1\nname: x\nstages: {}', ['block-empty 3:1 stages']],
    [
      'no steps',
      'sluice: 1\nname: x\nstages: { s: {}, t: { steps: {} }, u: }',
      ['key-missing 3:11 stages.s.steps', 'block-empty 3:23 stages.t.steps', 'type-mismatch 3:39 stages.u'],
    ],
    [
      'bad ids',
      withSteps('B_x: { wait: 1s }', '1st: { wait: 1s }'),
      ['id-invalid 6:7 stages.main.steps.B_x', 'id-invalid 7:7 stages.main.steps["1st"]'],
    ],
    ['no kind', withSteps('a: { name: x }'), ['step-kind-missing 6:7 stages.main.steps.a']],
    [
      'a kind misspelt',
      withSteps('a: { raize: {} }'),
      ['step-kind-missing 6:7 stages.main.steps.a', 'key-unknown 6:12 stages.main.steps.a.raize'],
    ],
    [
      'two kinds',
      withSteps('a: { wait: 1s, uses: note/add, with: { text: a } }'),
      ['step-kind-ambiguous 6:22 stages.main.steps.a.uses'],
    ],
    [
      'a key of another kind',
      withSteps('a: { wait: 1s, with: {} }'),
      ['key-unknown 6:22 stages.main.steps.a.with'],
    ],
    ['no step at all', withSteps('a: note/add'), ['type-mismatch 6:10 stages.main.steps.a']],
    [
      'bad common keys',
      withSteps(
        'a: { wait: 1s, name: 5, needs: x, if: 3, timeout: 0s, retry: { delay: soon, x: 1 }, onFailure: retry }',
      ),
      [
        'type-mismatch 6:28 stages.main.steps.a.name',
        'type-mismatch 6:38 stages.main.steps.a.needs',
        'type-mismatch 6:45 stages.main.steps.a.if',
        'duration-invalid 6:57 stages.main.steps.a.timeout',
        'key-missing 6:61 stages.main.steps.a.retry.attempts',
        'duration-invalid 6:77 stages.main.steps.a.retry.delay',
        'key-unknown 6:83 stages.main.steps.a.retry.x',
        'value-not-allowed 6:102 stages.main.steps.a.onFailure',
      ],
    ],
    [
      'numbers outside their limits',
      withSteps('a: { wait: 1s, retry: { attempts: 0, factor: 0.5 } }'),
      [
        'value-out-of-range 6:41 stages.main.steps.a.retry.attempts',
        'value-out-of-range 6:52 stages.main.steps.a.retry.factor',
      ],
    ],
    [
      'half an attempt',
      withSteps('a: { wait: 1s, retry: { attempts: 1.5 } }'),
      ['type-mismatch 6:41 stages.main.steps.a.retry.attempts'],
    ],
    [
      'bad waits',
      withSteps(
        'a: { wait: 5 }',
        'b: { wait: soon }',
        'c: { wait: { for: 1s, until: 2030-01-01T00:00:00Z } }',
        'd: { wait: {} }',
        'e: { wait: { until: 1s } }',
      ),
      [
        'type-mismatch 6:18 stages.main.steps.a.wait',
        'duration-invalid 7:18 stages.main.steps.b.wait',
        'value-not-allowed 8:18 stages.main.steps.c.wait',
        'key-missing 9:18 stages.main.steps.d.wait',
        'moment-invalid 10:27 stages.main.steps.e.wait.until',
      ],
    ],
    [
      'a bad forEach',
      withSteps('a: { forEach: { in: abc, as: my-item, limit: 0, failFast: 1, steps: {} } }'),
      [
        'key-missing 6:7 stages.main.steps.a.steps',
        'type-mismatch 6:27 stages.main.steps.a.forEach.in',
        'identifier-invalid 6:36 stages.main.steps.a.forEach.as',
        'value-out-of-range 6:52 stages.main.steps.a.forEach.limit',
        'type-mismatch 6:65 stages.main.steps.a.forEach.failFast',
        'key-unknown 6:68 stages.main.steps.a.forEach.steps',
      ],
    ],
    [
      'text around the list of a forEach',
      withSteps('a: { forEach: { in: "x${{ inputs }}" }, steps: { b: { wait: 1s } } }'),
      ['type-mismatch 6:27 stages.main.steps.a.forEach.in'],
    ],
    [
      'a bad parallel',
      withSteps(
        'a: { parallel: { branches: {} } }',
        'b: { parallel: { branches: { X: { steps: {} }, y: {} } } }',
        'c: { parallel: {} }',
      ),
      [
        'block-empty 6:24 stages.main.steps.a.parallel.branches',
        'id-invalid 7:36 stages.main.steps.b.parallel.branches.X',
        'block-empty 7:41 stages.main.steps.b.parallel.branches.X.steps',
        'key-missing 7:54 stages.main.steps.b.parallel.branches.y.steps',
        'key-missing 8:12 stages.main.steps.c.parallel.branches',
      ],
    ],
    [
      'a bad switch',
      withSteps('a: { switch: [] }', 'b: { switch: [{ steps: { c: { wait: 1s } } }, { if: "true" }] }'),
      [
        'block-empty 6:20 stages.main.steps.a.switch',
        'switch-default-not-last 7:21 stages.main.steps.b.switch[0]',
        'key-missing 7:53 stages.main.steps.b.switch[1].steps',
      ],
    ],
    [
      'a bad raise and a bad set',
      withSteps('a: { raise: { error: x } }', 'b: { set: [1] }'),
      ['key-missing 6:12 stages.main.steps.a.raise.message', 'type-mismatch 7:17 stages.main.steps.b.set'],
    ],
    [
      'loop variables that are taken',
      withSteps(
        'a: { forEach: { in: [1], as: run }, steps: { a1: { wait: 1s } } }',
        'b: { forEach: { in: [1] }, steps: { b1: { forEach: { in: [1] }, steps: { b2: { wait: 1s } } } } }',
        'c: { forEach: { in: [1] }, steps: { c1: { wait: 1s } } }',
      ),
      [
        'loop-variable-taken 6:36 stages.main.steps.a.forEach.as',
        'loop-variable-taken 7:58 stages.main.steps.b.steps.b1.forEach',
      ],
    ],
    [
      'ids that are taken',
      withSteps(
        'main: { wait: 1s }',
        'a: { forEach: { in: [1] }, steps: { b: { wait: 1s } } }',
        'b: { wait: 1s }',
      ),
      ['id-duplicate 6:7 stages.main.steps.main', 'id-duplicate 8:7 stages.main.steps.b'],
    ],
  ])('refuses %s', (_, text, findings) => {
    expect(findingsOf(text)).toEqual(findings);
  });

  it('lets sibling loops and branches share names', () => {
    const loop = (id: string) =>
      `${id}: { forEach: { in: [1] }, steps: { ${id}1: { set: { a: "\${{ item }}" } } } }`;
    const branches = (id: string) =>
      `${id}: { parallel: { branches: { one: { steps: { ${id}1: { wait: 1s } } } } } }`;
    expect(findingsOf(withSteps(loop('a'), loop('b'), branches('c'), branches('d')))).toEqual([]);
  });

  it.each([
    [`nmae: x\n${withSteps('a: { wait: 1s }')}`, 'Did you mean "name"?'],
    [withSteps('a: { uses: comand/run, with: { run: [x] } }'), 'Did you mean "command/run"?'],
    [
      withSteps('a: { uses: command/run, with: { run: [x], outputlimit: 1 } }'),
      'Did you mean "outputLimit"?',
    ],
    [
      withSteps('long-name: { wait: 1s }', 'b: { set: { a: "${{ steps.logn-name.output }}" } }'),
      'Did you mean "long-name"?',
    ],
    [withSteps('a: { wait: 1s, onFailure: contineu }'), 'Did you mean "continue"?'],
    [withSteps('a: { if: "${{ inputs }}", wait: 1s }'), 'Write `if: inputs`.'],
    [withSteps('buildIt: { wait: 1s }'), expect.stringContaining('for example "build-it"')],
    [withSteps('a: { wait: 1s }', 'b: { set: { x: "${{ a.output }}" } }'), 'Write `steps.a` for the step.'],
  ])('tells what to write instead: %#', (text, hint) => {
    expect(hintOf(text)).toEqual(hint);
  });
});
