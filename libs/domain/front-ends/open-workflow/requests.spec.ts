import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '../../json.js';
import { readTasks, runTasks } from './testing/run-tasks.js';

const INPUT = { user: 'ann', key: 'k', method: 'get', env: { A: 1 }, n: 2 };
const http = (endpoint: string, more = '') =>
  `do: [a: { call: http, with: { method: get, endpoint: ${endpoint}${more} } }]`;
const secured = (how: string) => http(`{ uri: "https://x.test", authentication: ${how} }`);
const openapi = (more: string) =>
  `do: [a: { call: openapi, with: { document: { endpoint: "https://x.test/api.json" }, operationId: list${more} } }]`;

/** What the first action that a document starts is given. */
const firstInput = (rest: string): JsonObject | undefined => runTasks(rest, INPUT).actions[0]?.with;

describe('what an action is given', () => {
  it.each<[string, string, JsonObject]>([
    [
      'a user and a password',
      secured('{ basic: { username: "${ .user }", password: "p:\'1" } }'),
      { headers: { authorization: `Basic ${btoa("ann:p:'1")}` } },
    ],
    ['a token', secured('{ bearer: { token: "${ .key }" } }'), { headers: { authorization: 'Bearer k' } }],
    [
      'a token in a text',
      secured('{ bearer: { token: "t-${ .key }-${ .n }" } }'),
      { headers: { authorization: 'Bearer t-k-2' } },
    ],
    [
      'a secret',
      `use: { secrets: [TOKEN] }\n${secured('{ bearer: { use: TOKEN } }')}`,
      { auth: { secret: 'env:TOKEN', scheme: 'bearer' } },
    ],
    [
      'a method that is computed',
      'do: [a: { call: http, with: { method: "${ .method }", endpoint: "https://x.test" } }]',
      { method: 'GET', url: 'https://x.test' },
    ],
    ['an operation', openapi(''), { operation: 'list' }],
    [
      'an operation with parameters and a token',
      openapi(', parameters: { limit: "${ .n }" }, authentication: { bearer: { token: t } }'),
      { operation: 'list', parameters: { limit: 2 }, headers: { authorization: 'Bearer t' } },
    ],
    [
      'arguments and variables that are computed',
      'do: [a: { run: { shell: { command: ls, arguments: ["${ .n }", b], environment: { A: "${ .n }", B: 1, C: ["${ .n }", "v${ .n }"] } } } }]',
      {
        run: ['sh', '-c', 'ls', 'sh', '2', 'b'],
        environment: { A: '2', B: '1', C: '[2,"v2"]' },
      },
    ],
  ])('%s', (_, rest, expected) => {
    expect(firstInput(rest)).toMatchObject(expected);
  });
});

describe('another workflow', () => {
  it.each<[string, string, Json]>([
    ['is given the data', 'version: latest', INPUT],
    ['is given what is written', 'version: \'1.0.0\', input: { user: "${ .user }" }', { user: 'ann' }],
  ])('%s', (_, more, inputs) => {
    const run = runTasks(
      `do: [a: { run: { workflow: { namespace: test, name: Other Flow, ${more} } } }]`,
      INPUT,
    );
    expect(run.commands.find(({ type }) => type === 'run-workflow')).toMatchObject({ inputs });
  });
});

describe('what is refused', () => {
  it.each<[string, string, string]>([
    [
      'a secret whose name is no variable',
      `use: { secrets: [my-token] }\n${secured('{ bearer: { use: my-token } }')}`,
      'open-workflow-secret',
    ],
    [
      'a document behind a login',
      'do: [a: { call: openapi, with: { document: { endpoint: { uri: "https://x.test", authentication: { bearer: { token: t } } } }, operationId: o } }]',
      'open-workflow-authentication',
    ],
    [
      'a version that is none',
      'do: [a: { run: { workflow: { namespace: test, name: other, version: newest } } }]',
      'open-workflow-invalid',
    ],
    [
      'output of a loop over events',
      'do: [a: { listen: { to: { any: [{ with: { type: t } }] } }, foreach: { output: { as: . }, do: [b: { set: { x: 1 } }] } }]',
      'open-workflow-unsupported',
    ],
    ['a wait of two years', 'do: [a: { wait: P731D }]', 'duration-invalid'],
  ])('%s', (_, rest, code) => {
    const { findings, workflow } = readTasks(rest);
    expect(workflow).toBeUndefined();
    expect(findings.map((finding) => finding.code)).toContain(code);
  });
});

describe('events', () => {
  const send = (name: string, data: Json) => ({
    type: 'operation' as const,
    operation: { type: 'send-event' as const, name, data, by: 'bob', roles: ['admin'] },
  });
  const listen = (correlate: string) =>
    `do: [a: { listen: { to: { all: [{ with: { type: one }, correlate: ${correlate} }, { with: { type: two }, correlate: ${correlate} }] } } }]`;
  const hear = (rest: string, ...events: (readonly [string, Json])[]) => {
    const queue = events.map(([name, data]) => send(name, data));
    return runTasks(rest, INPUT, { idle: () => queue.shift() }).state;
  };

  it('that belong together are those of one value', () => {
    const both = listen('{ order: { from: .data.order } }');
    expect(hear(both, ['one', { order: 1 }], ['two', { order: 2 }]).status).toBe('running');
    expect(hear(both, ['one', { order: 1 }], ['two', { order: 2 }], ['two', { order: 1 }]).output).toEqual([
      { order: 1 },
      { order: 1 },
    ]);
    expect(hear(both, ['one', {}], ['one', 'text']).status).toBe('running');
  });

  it('belong to the run whose value they have', () => {
    const own = listen('{ user: { from: .data.user, expect: "${ .user }" } }');
    expect(hear(own, ['one', { user: 'eve' }], ['two', { user: 'ann' }]).status).toBe('running');
    expect(hear(own, ['one', { user: 'ann' }], ['two', { user: 'ann' }]).status).toBe('succeeded');
  });

  it('are compared as they are, whatever their type', () => {
    const state = hear('do: [a: { listen: { to: { one: { with: { type: t, data: { a: [1] } } } } } }]', [
      't',
      { a: [2] },
    ]);
    expect(state.status).toBe('running');
    expect(
      hear('do: [a: { listen: { to: { one: { with: { type: t, data: { a: [1] } } } } } }]', ['t', { a: [1] }])
        .status,
    ).toBe('succeeded');
  });

  it('that are too large together fail the step', () => {
    const large = 'x'.repeat(200 * 1024);
    const all = 'do: [a: { listen: { to: { any: [{ with: { type: t } }], until: "false" } } }]';
    expect(hear(all, ['t', large], ['t', large]).error).toMatchObject({ code: 'output-too-large' });
  });
});

describe('a pause before another attempt', () => {
  it('is drawn from its jitter, the same at every replay', () => {
    const rest =
      'do: [t: { try: [r: { raise: { error: { type: x, status: 1 } } }], catch: { retry: { delay: PT1S, limit: { attempt: { count: 4 } }, jitter: { from: PT0S, to: PT1S } } } }]';
    const pauses = () =>
      runTasks(rest).commands.flatMap((command) => (command.type === 'start-timer' ? [command.ms] : []));
    expect(pauses()).toEqual(pauses());
    expect(pauses().every((ms) => ms >= 1_000 && ms <= 2_000)).toBe(true);
    expect(new Set(pauses()).size).toBe(pauses().length);
    expect(pauses().length).toBeGreaterThan(1);
  });
});
