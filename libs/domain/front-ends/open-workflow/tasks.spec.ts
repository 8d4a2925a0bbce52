import { describe, expect, it } from '@jest/globals';
import type { World } from '../../execution/testing/simulate-run.js';
import type { Json, JsonObject } from '../../json.js';
import { runTasks } from './testing/run-tasks.js';

const ERRORS = 'https://open-workflow-specification.org/dsl/errors/types/';

const set = (value: string) => `set: ${value}`;

/** Name, document, input, output. */
const SUCCEEDS: readonly (readonly [string, string, JsonObject, Json])[] = [
  [
    'hands the output of each task to the next',
    `do: [a: { ${set('{ x: "${ .n + 1 }" }')} }, b: { ${set('{ y: "${ .x * 2 }" }')} }]`,
    { n: 1 },
    { y: 4 },
  ],
  [
    'takes an expression with space before it for the whole',
    'do: [a: { set: { x: "  ${ .n }" } }]',
    { n: [1] },
    { x: [1] },
  ],
  ['takes an expression for the whole', 'do: [a: { set: "${ .n }" }]', { n: [1] }, [1]],
  [
    'puts values into text',
    'do: [a: { set: { t: "Hi ${ .n }, ${HOME} and ${ $input.n }" } }]',
    { n: 1 },
    { t: 'Hi 1, ${HOME} and 1' },
  ],
  [
    'skips a task whose condition is not true, and its `then`',
    'do: [a: { if: .no, set: { x: 1 }, then: end }, b: { set: { y: "${ . }" } }]',
    {},
    { y: {} },
  ],
  ['ends where a task says so', 'do: [a: { set: { x: 1 }, then: end }, b: { set: { x: 2 } }]', {}, { x: 1 }],
  [
    'leaves the list where a task says so',
    'do: [a: { do: [b: { set: { x: 1 }, then: exit }, c: { set: { x: 2 } }] }, d: { set: { y: "${ .x }" } }]',
    {},
    { y: 1 },
  ],
  [
    'ends from within',
    'do: [a: { do: [b: { set: { x: 1 }, then: end }] }, d: { set: { y: 1 } }]',
    {},
    { x: 1 },
  ],
  [
    'goes back until it need not',
    'do: [a: { set: { n: "${ .n + 1 }" } }, b: { switch: [more: { when: .n < 5, then: a }, enough: { then: end }] }, c: { set: {x: 1} }]',
    { n: 0 },
    { n: 5 },
  ],
  [
    'transforms input and output',
    'input: { from: .a }\noutput: { as: { z: "${ .y }" } }\ndo: [a: { input: { from: .b }, set: { y: "${ . }" }, output: { as: "{ y: (.y + $input) }" } }]',
    { a: { b: 3 } },
    { z: 6 },
  ],
  [
    'exports to the context, which begins as the input',
    'do: [a: { set: { x: 1 }, export: { as: "$context + { seen: .x }" } }, b: { set: "${ $context }" }]',
    { i: 0 },
    { i: 0, seen: 1 },
  ],
  [
    'repeats for each item, with what the turn before put out',
    'do: [a: { for: { each: i, in: .list, at: n }, do: [b: { set: { sum: "${ (.sum // 0) + $i * $n }" } }] }]',
    { list: [5, 6, 7] },
    { sum: 20 },
  ],
  [
    'repeats while it may',
    'do: [a: { for: { in: .list }, while: "(.sum // 0) < 10", do: [b: { set: { sum: "${ (.sum // 0) + $item }" } }] }]',
    { list: [5, 6, 7] },
    { sum: 11 },
  ],
  [
    'repeats for nothing',
    'do: [a: { for: { in: .list }, do: [b: { set: { x: 1 } }] }]',
    { list: [] },
    { list: [] },
  ],
  [
    'forks and joins',
    'do: [f: { fork: { branches: [a: { set: { x: "${ .n }" } }, b: { set: { x: 2 } }] } }]',
    { n: 1 },
    [{ x: 1 }, { x: 2 }],
  ],
  [
    'lets branches compete',
    'do: [f: { fork: { compete: true, branches: [slow: { wait: PT1H }, fast: { set: { x: 2 } }] } }]',
    {},
    { x: 2 },
  ],
  [
    'lets a failed branch lose',
    'do: [f: { fork: { compete: true, branches: [bad: { raise: { error: { type: x, status: 1 } } }, good: { set: { x: 2 } }] } }]',
    {},
    { x: 2 },
  ],
  [
    'catches what it names',
    `do: [t: { try: [r: { raise: { error: { type: ${ERRORS}timeout, status: 408, title: T } } }], catch: { errors: { with: { type: https://serverlessworkflow.io/spec/1.0.0/errors/timeout } }, as: e, do: [h: { set: "\${ $e }" }] } }]`,
    {},
    { type: `${ERRORS}timeout`, status: 408, title: 'T', instance: '/do/0/t/try/0/r' },
  ],
  [
    'asks about the error',
    'do: [t: { try: [r: { raise: { error: { type: x, status: 7 } } }], catch: { when: $error.status == 7, exceptWhen: $error.type == "y" } }]',
    { n: 1 },
    { n: 1 },
  ],
  [
    'goes on elsewhere after a catch',
    'do: [t: { try: [r: { raise: { error: { type: x, status: 7 } } }], catch: { then: z } }, y: { set: { a: 1 }, then: end }, z: { set: { b: 1 } }]',
    {},
    { b: 1 },
  ],
  [
    'calls a function with arguments',
    'use: { functions: { add: { input: { schema: { document: { type: object, required: [a] } } }, set: { sum: "${ .a + .b }" } } } }\ndo: [c: { call: add, with: { a: "${ .x }", b: 2 } }]',
    { x: 1 },
    { sum: 3 },
  ],
  [
    'waits',
    'do: [w: { wait: { hours: 2 } }, v: { wait: "${ .d }" }]',
    { d: { seconds: 3 } },
    { d: { seconds: 3 } },
  ],
  [
    'tells of workflow and task',
    'do: [a: { set: { n: "${ $workflow.definition.document.name }", r: "${ $task.reference }", t: "${ $task.definition.set.n }", i: "${ $workflow.input.q }" } }]',
    { q: 1 },
    { n: 'test', r: '/do/0/a', t: '${ $workflow.definition.document.name }', i: 1 },
  ],
  [
    'hears what was emitted',
    'do: [e: { emit: { event: { with: { type: a.b, data: { x: 5 } } } } }, l: { listen: { to: { one: { with: { type: a.b, data: "${ .x > 4 }" } } } } }]',
    {},
    [{ x: 5 }],
  ],
  [
    'hears all of several',
    'do: [f: { fork: { branches: [l: { listen: { to: { all: [{ with: { type: a } }, { with: { type: b } }] } } }, e: { do: [b: { emit: { event: { with: { type: b, data: 2 } } } }, a: { emit: { event: { with: { type: a, data: 1 } } } }] }] } }, o: { set: "${ .[0] }" }]',
    {},
    [2, 1],
  ],
  [
    'hears until a condition holds',
    'do: [f: { fork: { branches: [l: { listen: { to: { any: [], until: "length == 2" } } }, e: { do: [a: { emit: { event: { with: { type: a, data: 1 } } } }, b: { emit: { event: { with: { type: b, data: 2 } } } }] }] } }, o: { set: "${ .[0] }" }]',
    {},
    [1, 2],
  ],
  [
    'does something for each event',
    'do: [f: { fork: { branches: [l: { listen: { to: { any: [{ with: { type: a } }], until: { one: { with: { type: z } } } } }, foreach: { item: e, at: i, do: [s: { set: { v: "${ [$e, $i] }" } }] } }, e: { do: [a: { emit: { event: { with: { type: a, data: 7 } } } }, b: { emit: { event: { with: { type: z } } } }] }] } }, o: { set: "${ .[0] }" }]',
    {},
    [{ v: [7, 0] }],
  ],
];

/** Name, document, input, the problem. */
const FAILS: readonly (readonly [string, string, JsonObject, JsonObject])[] = [
  [
    'raises',
    'do: [a: { do: [b: { raise: { error: { type: "https://x/y", status: 400, title: T, detail: "${ .d }" } } }] }]',
    { d: 'why' },
    { type: 'https://x/y', status: 400, title: 'T', detail: 'why', instance: '/do/0/a/do/0/b' },
  ],
  [
    'raises what is reused',
    'use: { errors: { e: { type: "https://x/y", status: 400 } } }\ndo: [a: { raise: { error: e } }]',
    {},
    { type: 'https://x/y', status: 400, instance: '/do/0/a' },
  ],
  [
    'tells of an expression that fails',
    'do: [a: { set: { x: "${ .a + 1 }" } }]',
    { a: 'x' },
    { type: `${ERRORS}expression`, status: 400, instance: '/do/0/a' },
  ],
  [
    'checks the input of the whole',
    'input: { schema: { document: { type: object, required: [a] } } }\ndo: [a: { set: { x: 1 } }]',
    {},
    { type: `${ERRORS}validation`, status: 400, instance: '/' },
  ],
  [
    'checks the input of a task',
    'do: [a: { input: { schema: { document: { properties: { a: { type: string } } } } }, set: { x: 1 } }]',
    { a: 1 },
    { type: `${ERRORS}validation`, instance: '/do/0/a' },
  ],
  [
    'checks the output of a task',
    'do: [a: { set: { x: 1 }, output: { schema: { document: { required: [y] } } } }]',
    {},
    { type: `${ERRORS}validation`, instance: '/do/0/a' },
  ],
  [
    'ends what takes too long',
    'timeout: { after: { seconds: 1 } }\ndo: [a: { wait: PT1H }]',
    {},
    { type: `${ERRORS}timeout`, status: 408 },
  ],
  [
    'ends a task that takes too long',
    'do: [a: { do: [b: { wait: PT1H }], timeout: { after: PT1S } }]',
    {},
    { type: `${ERRORS}timeout`, instance: '/do/0/a' },
  ],
  ['does not go back for ever', 'do: [a: { set: { n: 1 }, then: a }]', {}, { instance: '/do/0/a' }],
  [
    'does not catch what it does not name',
    'do: [t: { try: [r: { raise: { error: { type: x, status: 1 } } }], catch: { errors: { with: { status: 2 } } } }]',
    {},
    { type: 'x', status: 1, instance: '/do/0/t/try/0/r' },
  ],
  [
    'iterates over lists only',
    'do: [a: { for: { in: .x }, do: [b: { set: { x: 1 } }] }]',
    { x: 1 },
    { instance: '/do/0/a' },
  ],
];

describe('tasks', () => {
  it.each(SUCCEEDS)('%s', (_, document, input, output) => {
    const { state } = runTasks(document, input);
    expect([state.status, state.output, state.error]).toEqual(['succeeded', output, undefined]);
  });

  it.each(FAILS)('%s', (_, document, input, problem) => {
    const { state } = runTasks(document, input);
    expect([state.status, state.error?.problem]).toEqual(['failed', expect.objectContaining(problem)]);
  });

  it('fills a CloudEvent in', () => {
    const { state, commands } = runTasks(
      'do: [e: { emit: { event: { with: { type: a.b, source: "https://x", data: { x: "${ .n }" } } } } }]',
      { n: 1 },
    );
    expect(state.output).toEqual({
      specversion: '1.0',
      id: 'r1/e/1',
      time: '2026-01-01T00:00:00.000Z',
      source: 'https://x',
      type: 'a.b',
      data: { x: 1 },
    });
    expect(commands).toContainEqual(
      expect.objectContaining({
        type: 'publish',
        event: expect.objectContaining({ type: 'event.emitted', name: 'a.b' }),
      }),
    );
  });

  it('tries again as its policy says, then handles or fails', () => {
    const failing: World = {
      act: () => ({
        error: { class: 'dependency', code: 'http-status', message: 'no', details: { status: 503 } },
      }),
    };
    const document = (handler: string) =>
      `do: [t: { try: [c: { call: http, with: { method: get, endpoint: "http://x/{id}" } }], catch: { errors: { with: { status: 503 } }, retry: { delay: { seconds: 3 }, backoff: { exponential: {} }, limit: { attempt: { count: 2 } } } ${handler} } }]`;
    const { actions, commands, state } = runTasks(
      document(', do: [h: { set: { handled: true } }]'),
      { id: 'a b' },
      failing,
    );
    expect(actions.map(({ with: { url } }) => url)).toEqual([
      'http://x/a%20b',
      'http://x/a%20b',
      'http://x/a%20b',
    ]);
    expect(
      commands.flatMap((command) =>
        command.type === 'start-timer' && command.timer === 'retry' ? [command.ms] : [],
      ),
    ).toEqual([3_000, 6_000]);
    expect(state.output).toEqual({ handled: true });
    const failed = runTasks(document(''), {}, failing).state;
    expect([failed.status, failed.error?.problem?.status]).toEqual(['failed', 503]);
  });

  it.each([
    ['content', 'http/request', { status: 200, headers: {}, body: { id: 1 }, durationMs: 1 }, { id: 1 }],
    [
      'response',
      'http/request',
      { status: 200, headers: { a: 'b' }, body: 1, durationMs: 1, request: { method: 'GET' } },
      { request: { method: 'GET' }, headers: { a: 'b' }, statusCode: 200, content: 1 },
    ],
  ] as const)('answers an HTTP call as %s', (output, _action, answer, expected) => {
    const { state, actions } = runTasks(
      `do: [c: { call: http, with: { method: post, endpoint: { uri: "\${ .u }", authentication: { bearer: { token: "\${ .t }" } } }, headers: { x-a: "\${ .n }", x-b: "\${ .none }" }, query: { q: "\${ .n }" }, body: { n: "\${ .n }" }, output: ${output} } }]`,
      { u: 'http://h/p', t: 'tok', n: 1 },
      { act: () => ({ output: answer as unknown as Json }) },
    );
    expect(actions[0]!.with).toMatchObject({
      url: 'http://h/p',
      method: 'POST',
      headers: { 'x-a': '1', authorization: 'Bearer tok' },
      query: { q: 1 },
      body: { n: 1 },
    });
    expect(state.output).toEqual(expected);
  });

  it('runs a shell line and a script', () => {
    const { actions, state } = runTasks(
      'do: [s: { run: { shell: { command: "echo ${ .a } ${HOME}", arguments: [x, "${ .a }"], stdin: "${ . }", environment: { N: 1 } }, return: all } }, j: { run: { script: { language: js, code: "console.log(`${1}`)", arguments: [y] } } }]',
      { a: 1 },
      {
        act: () => ({ output: { exitCode: 0, stdout: 'out', stderr: '', truncated: false, durationMs: 1 } }),
      },
    );
    expect(actions[0]!.with).toMatchObject({
      run: ['sh', '-c', 'echo 1 ${HOME}', 'sh', 'x', '1'],
      stdin: '{"a":1}',
      environment: { N: '1' },
    });
    expect(actions[1]!.with).toEqual({
      run: ['node', '--input-type=module', '--eval', 'console.log(`${1}`)', 'y'],
    });
    expect(state.output).toBe('out');
  });
});

it.each([
  ['true', 'succeeded'],
  ['false', 'failed'],
])('a schema that is %s lets nothing or everything by: the run has %s', (schema, status) => {
  const { state } = runTasks(`input: { schema: { document: ${schema} } }\ndo: [a: { set: { x: 1 } }]`, {
    n: 1,
  });
  expect(state.status).toBe(status);
  expect(state.error?.code).toBe(status === 'failed' ? 'data-invalid' : undefined);
});

describe('what a task knows', () => {
  it.each<[string, Json]>([
    ['a: { set: { x: 1 }, output: { as: "${ $runtime }" } }', { name: 'sluice', version: '1', metadata: {} }],
    [
      'a: { set: { x: 1 }, output: { as: "${ [$output, $task.name, $task.input] }" } }',
      [null, 'a', { n: 3 }],
    ],
    ['a: { set: { x: 1 }, export: { as: "${ $output }" } }, b: { set: "${ $context }" }', { x: 1 }],
    ['a: { set: { x: 1 }, output: { as: "${ $task.definition.set }" } }', { x: 1 }],
  ])('%s', (tasks, output) => {
    const { state } = runTasks(`do: [${tasks}]`, { n: 3 });
    expect([state.status, state.output]).toEqual(['succeeded', output]);
  });

  it('is nothing of a task outside of one', () => {
    const { state } = runTasks('input: { from: "${ { task: $task } }" }\ndo: [a: { set: "${ . }" }]');
    expect(state.output).toEqual({ task: null });
  });
});

describe('what is made of data that do not fit', () => {
  it.each([
    ['do: [a: { set: "${ $nobody }" }]', 'expression-failed', '$nobody is not defined'],
    [
      'output: { as: "${ error(\\"no\\") }" }\ndo: [a: { set: { x: 1 } }]',
      'expression-failed',
      'In `output.as`: no',
    ],
    [
      'output: { schema: { document: false } }\ndo: [a: { set: { x: 1 } }]',
      'data-invalid',
      'In `output.schema`',
    ],
    ['do: [a: { emit: { event: { with: { type: "${ .n }" } } } }]', 'event-name-invalid', 'must be text'],
    [
      'do: [a: { raise: { error: { type: "${ .n }", status: 400 } } }]',
      'problem-invalid',
      '`type` must be text',
    ],
  ])('%s', (document, code, said) => {
    const { state } = runTasks(document, { n: 3 });
    expect(state.status).toBe('failed');
    expect(state.output).toBeUndefined();
    expect(state.error).toMatchObject({ code, message: expect.stringContaining(said) });
  });
});

describe('a task that listens', () => {
  const around = (listen: string, ...events: readonly string[]) => {
    const sent = events.map((event, at) => `e${at}: { emit: { event: { with: { ${event} } } } }`);
    return `do: [f: { fork: { branches: [l: { ${listen} }, e: { do: [${sent.join(', ')}] }] } }, o: { set: "\${ .[0] }" }]`;
  };

  it('passes over what does not fit by a value, or by an expression', () => {
    const document = around(
      'listen: { to: { one: { with: { type: a, data: "${ .n == 2 }" } } } }',
      'type: b, data: { n: 2 }',
      'type: a, data: { n: 1 }',
      'type: a, data: { n: 2 }',
    );
    expect(runTasks(document).state.output).toEqual([{ n: 2 }]);
  });

  it('fails with what it does for an event', () => {
    const raise = 'raise: { error: { type: "https://x/y", status: 400 } }';
    const document = around(
      `listen: { to: { any: [{ with: { type: a } }], until: { one: { with: { type: z } } } } }, foreach: { item: e, do: [r: { ${raise} }] }`,
      'type: a',
      'type: z',
    );
    const { state } = runTasks(document);
    expect([state.status, state.error?.problem?.type]).toEqual(['failed', 'https://x/y']);
  });
});

it('what stands in a task is done anew where the run comes back to it', () => {
  const { state, transitions } = runTasks(
    'do: [a: { do: [x: { set: { n: "${ .n + 1 }" } }] }, b: { switch: [more: { when: .n < 3, then: a }, enough: { then: end }] }]',
    { n: 0 },
  );
  expect(state.output).toEqual({ n: 3 });
  expect(transitions.filter(({ step, status }) => step === 'x' && status === 'succeeded')).toHaveLength(3);
});
