import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '../../../../contracts/catalogue/catalogue.js';
import type { Json, JsonObject } from '../../../json.js';
import { importText } from '../../import-text.js';

function importStep(step: JsonObject) {
  const document = { name: 'w', variables: { n: 3, s: 'text', list: [1] }, steps: [{ id: 'a', ...step }] };
  const content = new TextEncoder().encode(JSON.stringify(document));
  return importText({ path: 'x.json', content }, ACTIONS)[0]!;
}

/** The step as it is written: on one line where its stage is. */
function writtenLines(text: string): readonly string[] {
  const whole = /\n {2}main: \{ steps: \{ (.*) \} \}\n$/.exec(text)?.[1];
  if (whole !== undefined) return [whole];
  const start = text.indexOf('    steps:\n') + '    steps:\n'.length;
  const lines = text.slice(start).split('\n');
  return lines.filter((line) => line !== '').map((line) => line.replace(/^ {6}/, ''));
}

describe('a step becomes', () => {
  it.each<[JsonObject, readonly string[]]>([
    [
      { type: 'command', command: 'echo', args: ['x', '${n}'] },
      ['a: { uses: command/run, with: { run: [ echo, x, "${{ inputs.n }}" ] } }'],
    ],
    [
      { type: 'command', command: 'echo', args: 'a  b' },
      ['a: { uses: command/run, with: { run: [ echo, a, b ] } }'],
    ],
    [
      { type: 'command', command: ['make all', 'make test'] },
      [
        'a:',
        '  uses: command/run',
        '  with:',
        '    run:',
        '      - sh',
        '      - -c',
        '      - |-',
        '        set -e',
        '        make all',
        '        make test',
      ],
    ],
    [
      { type: 'command', command: ['git', 'status'] },
      ['a: { uses: command/run, with: { run: [ git, status ] } }'],
    ],
    [
      { type: 'command', commands: ['make all', 'make test'] },
      [
        'a:',
        '  uses: command/run',
        '  with:',
        '    run:',
        '      - sh',
        '      - -c',
        '      - |-',
        '        set -e',
        '        make all',
        '        make test',
      ],
    ],
    [
      { type: 'command', command: './run.sh' },
      ['a: { uses: command/run, with: { run: [ sh, -c, ./run.sh ] } }'],
    ],
    [
      { type: 'script', language: 'python', script: 'print(1)' },
      ['a: { uses: command/run, with: { run: [ python3, -c, print(1) ] } }'],
    ],
    [
      { type: 'command', command: 'x', expectedExitCodes: [0, 2] },
      ['a: { uses: command/run, with: { run: [ sh, -c, x ], successCodes: [ 0, 2 ] } }'],
    ],
    [
      { type: 'command', command: 'x', expectedExitCode: 1 },
      ['a: { uses: command/run, with: { run: [ sh, -c, x ], successCodes: [ 1 ] } }'],
    ],
    [
      { type: 'command', command: 'x', captureOutput: true },
      ['a: { uses: command/run, with: { run: [ sh, -c, x ] } }'],
    ],
    [
      { type: 'command', command: 'x', workingDirectory: 'sub' },
      ['a: { uses: command/run, with: { run: [ sh, -c, x ], directory: sub } }'],
    ],
    [
      { type: 'command', command: 'x', workdir: '/etc' },
      ['a:', '  uses: command/run', '  with: { run: [ sh, -c, cd "$0" && exec "$@", /etc, sh, -c, x ] }'],
    ],
    [
      { type: 'command', command: 'x', shell: 'bash' },
      ['a: { uses: command/run, with: { run: [ bash, -c, x ] } }'],
    ],
    [
      { type: 'command', command: 'x', shell: '/usr/bin/env bash' },
      ['a: { uses: command/run, with: { run: [ bash, -c, x ] } }'],
    ],
    [
      { type: 'command', command: 'x', shell: true },
      ['a: { uses: command/run, with: { run: [ sh, -c, x ] } }'],
    ],
    [
      { type: 'http', url: 'https://x.test', headers: [{ name: 'A', value: '1' }] },
      ['a: { uses: http/request, with: { url: https://x.test, headers: { A: "1" } } }'],
    ],
    [
      { type: 'http', url: 'https://x.test', expectedStatus: '200, 201' },
      ['a: { uses: http/request, with: { url: https://x.test, successStatus: [ 200, 201 ] } }'],
    ],
    [
      { type: 'http', url: 'https://x.test', expectedStatus: ['2xx', 404] },
      ['a: { uses: http/request, with: { url: https://x.test, successStatus: [ 2xx, 404 ] } }'],
    ],
    [{ type: 'set', variable: 'x', value: '${n}' }, ['a: { set: { x: "${{ inputs.n }}" } }']],
    [{ type: 'log', message: 'n ${n}' }, ['a: { uses: log/write, with: { message: "n ${{ inputs.n }}" } }']],
    [{ type: 'workflow', workflow: 'other', async: false }, ['a: { workflow: { name: other } }']],
    [{ type: 'workflow', workflow: 'other', version: '1.2.3' }, ['a: { workflow: { name: other } }']],
    [
      { type: 'workflow', workflow: 'other', version: 2, inputs: { a: '${n}' } },
      ['a: { workflow: { name: other, version: 2, inputs: { a: "${{ inputs.n }}" } } }'],
    ],
    [
      { type: 'checkout', repository: 'https://x.test/a.git' },
      ['a: { uses: git/checkout, with: { repository: https://x.test/a.git } }'],
    ],
    [
      { type: 'git', repository: 'https://x.test/a.git', branch: '${s}' },
      ['a:', '  uses: git/checkout', '  with: { repository: https://x.test/a.git, ref: "${{ inputs.s }}" }'],
    ],
    [{ type: 'wait', duration: '${n}' }, ['a: { wait: "${{ inputs.n }}" }']],
    [{ type: 'wait', duration: '${n}', unit: 'minutes' }, ['a: { wait: "${{ inputs.n }}m" }']],
    [{ type: 'wait', duration: 5, unit: 'ms' }, ['a: { wait: 5ms }']],
    [{ type: 'wait', seconds: 5 }, ['a: { wait: 5s }']],
    [{ type: 'wait', until: '2030-01-01T00:00:00Z' }, ['a: { wait: { until: 2030-01-01T00:00:00Z } }']],
    [{ type: 'wait', event: { name: 'go' } }, ['a: { waitFor: { event: go } }']],
    [{ type: 'wait', event: 'go' }, ['a: { waitFor: { event: go } }']],
    [
      { type: 'wait_for_event', event: 'go', filter: 'data.x == 1' },
      ['a: { waitFor: { event: go, if: inputs.data.x == 1 } }'],
    ],
    [{ type: 'emit', event: 'go', data: { a: 1 } }, ['a: { emit: { event: go, data: { a: 1 } } }']],
    [{ type: 'emit', event: '${s}' }, ['a: { emit: { event: "${{ inputs.s }}", data: null } }']],
    [{ type: 'approval', approvers: 'ann' }, ['a: { approval: { by: [ ann ] } }']],
    [
      { type: 'approval', approvers: ['@ann', 'ops'], timeout: '1h', onTimeout: 'reject' },
      ['a: { approval: { by: [ user:ann, ops ], expires: 1h, onExpiry: reject } }'],
    ],
    [{ type: 'approval' }, ['a: { approval: { by: [ approver ] } }']],
    [{ type: 'fail', message: 'no' }, ['a: { raise: { error: failed, message: no } }']],
    [
      {
        type: 'parallel',
        branches: {
          one: [{ id: 'b', type: 'log', message: '1' }],
          two: { steps: [{ id: 'c', type: 'log', message: '2' }] },
        },
      },
      [
        'a:',
        '  parallel:',
        '    failFast: false',
        '    branches:',
        '      one: { steps: { b: { uses: log/write, with: { message: "1" } } } }',
        '      two: { steps: { c: { uses: log/write, with: { message: "2" } } } }',
      ],
    ],
    [
      {
        type: 'parallel',
        branches: [
          [{ id: 'b', type: 'log', message: '1' }],
          { name: 'two', steps: [{ id: 'c', type: 'log', message: '2' }] },
        ],
      },
      [
        'a:',
        '  parallel:',
        '    failFast: false',
        '    branches:',
        '      branch-1: { steps: { b: { uses: log/write, with: { message: "1" } } } }',
        '      two: { steps: { c: { uses: log/write, with: { message: "2" } } } }',
      ],
    ],
    [
      {
        type: 'condition',
        condition: 'n > 1',
        then: [{ id: 'b', type: 'log', message: '1' }],
        else: [{ id: 'c', type: 'log', message: '2' }],
      },
      [
        'a:',
        '  switch:',
        '    - { if: inputs.n > 1, steps: { b: { uses: log/write, with: { message: "1" } } } }',
        '    - { steps: { c: { uses: log/write, with: { message: "2" } } } }',
      ],
    ],
    [
      {
        type: 'switch',
        value: '${s}',
        cases: {
          a: [{ id: 'b', type: 'log', message: '1' }],
          default: [{ id: 'c', type: 'log', message: '2' }],
        },
      },
      [
        'a:',
        '  switch:',
        '    - { if: inputs.s == "a", steps: { b: { uses: log/write, with: { message: "1" } } } }',
        '    - { steps: { c: { uses: log/write, with: { message: "2" } } } }',
      ],
    ],
    [
      { type: 'forEach', items: '${list}', steps: [{ id: 'b', type: 'log', message: '${item}' }] },
      [
        'a:',
        '  forEach: { in: "${{ inputs.list }}", as: item, limit: 1 }',
        '  steps:',
        '    b: { uses: log/write, with: { message: "${{ item }}" } }',
      ],
    ],
    [
      { type: 'forEach', items: [1, 2], as: 'x', steps: [{ id: 'b', type: 'log', message: '${x}' }] },
      [
        'a:',
        '  forEach: { in: [ 1, 2 ], as: x, limit: 1 }',
        '  steps:',
        '    b: { uses: log/write, with: { message: "${{ x }}" } }',
      ],
    ],
    [
      { type: 'loop', while: 'n > 1', steps: [{ id: 'b', type: 'log', message: '1' }] },
      [
        'a:',
        '  loop: { while: inputs.n > 1 }',
        '  steps:',
        '    b: { uses: log/write, with: { message: "1" } }',
      ],
    ],
    [
      { type: 'loop', until: 'n > 1', max: 3, steps: [{ id: 'b', type: 'log', message: '1' }] },
      [
        'a:',
        '  loop: { until: inputs.n > 1, max: 3 }',
        '  steps:',
        '    b: { uses: log/write, with: { message: "1" } }',
      ],
    ],
    [
      { type: 'loop', count: 3, steps: [{ id: 'b', type: 'log', message: '1' }] },
      [
        'a:',
        '  loop: { while: turn.index < 3, max: 3 }',
        '  steps:',
        '    b: { uses: log/write, with: { message: "1" } }',
      ],
    ],
    [
      { type: 'loop', times: '${n}', steps: [{ id: 'b', type: 'log', message: '1' }] },
      [
        'a:',
        '  loop: { while: turn.index < inputs.n }',
        '  steps:',
        '    b: { uses: log/write, with: { message: "1" } }',
      ],
    ],
    [
      { type: 'forEach', items: 'list', steps: [{ id: 'b', type: 'log', message: '1' }] },
      [
        'a:',
        '  forEach: { in: "${{ inputs.list }}", as: item, limit: 1 }',
        '  steps:',
        '    b: { uses: log/write, with: { message: "1" } }',
      ],
    ],
  ])('%j', (step, lines) => {
    expect(writtenLines(importStep(step).text ?? '')).toEqual(lines);
  });
});

describe('headers and variables', () => {
  const request = (headers: Json) => importStep({ type: 'http', url: 'https://x.test', headers });
  const command = (env: Json) => importStep({ type: 'command', command: 'x', env });
  it.each<[Json, string]>([
    [{ A: '1' }, 'headers: { A: "1" }'],
    [['A: x:1'], 'headers: { A: x:1 }'],
    ['A: b', 'headers: { A: b }'],
    [[{ key: 'A', value: 'b' }], 'headers: { A: b }'],
  ])('of a request as %j', (headers, written) => {
    expect(request(headers).text).toContain(written);
  });

  it.each<[Json]>([[['A']], [5], [[{ name: 'A' }]], [[{ value: 'b' }]], [[[]]]])(
    'of a request as %j are refused',
    (headers) => {
      expect(request(headers).findings.map(({ message }) => message)).toContain('This is no header.');
    },
  );

  it.each<[Json, string | undefined]>([
    [{ A: 'b' }, '{ A: b }'],
    [['A=b=c'], '{ A: b=c }'],
    ['A=b', '{ A: b }'],
    ['A', undefined],
    [5, undefined],
  ])('of a command as %j', (env, written) => {
    if (written === undefined) expect(command(env).text).toBeUndefined();
    else expect(command(env).text).toContain(written);
  });
});

it('a step that has an id keeps its `ref` for what it does', () => {
  const checkout = importStep({ type: 'git', repository: 'https://x.test/a.git', ref: 'main' });
  expect(checkout.text).toContain('ref: main');
  expect(importStep({ type: 'workflow', ref: 'other' }).text).toContain('workflow: { name: other }');
});

describe('a step is refused', () => {
  it.each<[JsonObject, readonly string[]]>([
    [{ type: 'command', command: 'echo', args: { a: 1 } }, ['Arguments of a command are a list.']],
    [{ type: 'command', command: '' }, ['The step runs a command and does not say which.']],
    [{ type: 'command' }, ['The step runs a command and does not say which.']],
    [{ type: 'script', language: 'cobol', script: 'x' }, ['This interpreter is not known.']],
    [{ type: 'command', command: 'x', shell: 'fish' }, ['This shell is not known.']],
    [{ type: 'command', command: 'x', shell: 'bash -eo pipefail {0}' }, ['This shell is not known.']],
    [{ type: 'command', command: ['x', 'y'], shell: ['fish'] }, ['This shell is not known.']],
    [
      { type: 'command', command: 'x', env: [{ name: 'A', value: '1' }, 'B=2', 'C'] },
      ['This is no name of an environment variable.'],
    ],
    [
      { type: 'command', command: 'x', expectedExitCodes: [300] },
      ['Exit codes are whole numbers from 0 to 255.'],
    ],
    [{ type: 'http', url: 'https://x.test', expectedStatus: 'often' }, ['These are no statuses of HTTP.']],
    [{ type: 'http' }, ['The step sends a request and does not say where to.']],
    [
      { type: 'http', url: 'https://x.test', method: 'brew' },
      ['`method` must be one of ["GET","HEAD","POST","PUT","PATCH","DELETE","OPTIONS"].'],
    ],
    [
      { type: 'http', url: 'https://x.test', auth: { type: 'digest', username: 'a' } },
      ['This way to say who asks cannot be kept: it is no bearer token or API key out of a secret.'],
    ],
    [
      { type: 'http', url: 'https://x.test', auth: { type: 'basic', username: 'a', password: 'b' } },
      ['This way to say who asks cannot be kept: it is no bearer token or API key out of a secret.'],
    ],
    [{ type: 'set' }, ['The step sets no value.']],
    [{ type: 'log' }, ['The step says nothing.']],
    [
      { type: 'workflow', workflow: 'other', wait: false },
      ['The step here waits for the end of the other run.'],
    ],
    [
      { type: 'workflow', workflow: 'other', async: true },
      ['The step here waits for the end of the other run.'],
    ],
    [{ type: 'workflow' }, ['The step runs another workflow and does not name it.']],
    [{ type: 'git' }, ['The step checks out and does not say which repository.']],
    [{ type: 'wait', duration: 'soon' }, ['"soon" is no duration of at most 366 days.']],
    [{ type: 'wait' }, ['The step waits and does not say for what.']],
    [{ type: 'wait_for_event' }, ['The step waits and does not say for what.']],
    [{ type: 'emit' }, ['The step sends an event and does not name it.']],
    [{ type: 'parallel', branches: [] }, ['The step runs others side by side, and they do not stand in it.']],
    [{ type: 'condition' }, ['The step chooses and does not say by what.']],
    [
      {
        type: 'switch',
        value: '${s}',
        cases: [
          { value: 'a', steps: [{ id: 'b', type: 'log', message: '1' }] },
          { default: true, steps: [{ id: 'c', type: 'log', message: '2' }] },
        ],
      },
      ['"default" has no meaning in a case.'],
    ],
    [{ type: 'switch', value: '${s}', cases: [] }, ['This condition has a form that is not known.']],
    [{ type: 'switch', value: '${s}' }, ['This condition has a form that is not known.']],
    [
      { type: 'switch', value: '${s}', cases: [5] },
      ['A case without steps of its own cannot be kept.', 'Steps must stand here, not their names.'],
    ],
    [
      { type: 'forEach', steps: [{ id: 'b', type: 'log', message: '1' }] },
      ['The loop lacks its steps, or what it runs over.'],
    ],
    [{ type: 'teleport' }, ['"teleport" is no type of step that is known.']],
    [{ type: 5 }, ['"5" is no type of step that is known.']],
    [{}, ['The step does not say what it does.']],
  ])('%j', (step, said) => {
    const { text, findings } = importStep(step);
    expect(text).toBeUndefined();
    expect(findings.map(({ message }) => message)).toEqual(said);
  });
});
