import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readWorkflow } from '../read-workflow.js';
import { readTasks, TASK_ACTIONS } from './testing/run-tasks.js';

const first = (rest: string) => {
  const { findings, workflow } = readTasks(rest);
  return workflow === undefined ? findings.map(({ code, path }) => [code, path])[0] : undefined;
};

describe('what is refused, and where', () => {
  it.each([
    [
      'do: [a: { call: grpc, with: { proto: { endpoint: "file://x" }, service: { name: a, host: b }, method: c } }]',
      'open-workflow-call',
      'do[0].a.call',
    ],
    ['do: [a: { run: { container: { image: x } } }]', 'open-workflow-container', 'do[0].a.run.container'],
    [
      'do: [a: { run: { shell: { command: x }, await: false } }]',
      'open-workflow-unsupported',
      'do[0].a.run.await',
    ],
    [
      'do: [a: { run: { script: { language: cobol, code: x } } }]',
      'open-workflow-unsupported',
      'do[0].a.run.script.language',
    ],
    ['do: [a: { call: "https://x/function.yaml" }]', 'open-workflow-catalog', 'do[0].a.call'],
    ['do: [a: { call: missing }]', 'open-workflow-reference', 'do[0].a.call'],
    [
      'use: { functions: { f: { call: f } } }\ndo: [a: { call: f }]',
      'open-workflow-reference',
      'use.functions.f.call',
    ],
    ['do: [a: { set: { x: 1 }, then: b }]', 'open-workflow-reference', 'do[0].a.then'],
    ['do: [a: { do: [b: { set: { x: 1 }, then: a }] }]', 'open-workflow-reference', 'do[0].a.do[0].b.then'],
    ['do: [a: { raise: { error: nope } }]', 'open-workflow-reference', 'do[0].a.raise.error'],
    ['do: [a: { set: { x: "${ .a | }" } }]', 'expression-invalid', 'do[0].a.set.x'],
    ['do: [a: { if: now > 1, set: { x: 1 } }]', 'expression-invalid', 'do[0].a.if'],
    ['do: [a: { set: { x: "${ $secrets.s }" } }]', 'open-workflow-secret', 'do[0].a.set.x'],
    [
      'do: [a: { call: http, with: { method: get, endpoint: { uri: "http://x", authentication: { bearer: { use: s } } } } }]',
      'open-workflow-secret',
      'do[0].a.with.endpoint.authentication.bearer.use',
    ],
    [
      'do: [a: { call: http, with: { method: get, endpoint: { uri: "http://x", authentication: { digest: { username: a, password: b } } } } }]',
      'open-workflow-authentication',
      'do[0].a.with.endpoint.authentication.digest',
    ],
    [
      'do: [a: { call: http, with: { method: get, endpoint: "http://x{?a}" } }]',
      'open-workflow-unsupported',
      'do[0].a.with.endpoint',
    ],
    ['schedule: { cron: "0 0 * * *" }\ndo: [a: { set: { x: 1 } }]', 'open-workflow-schedule', 'schedule'],
    [
      'evaluate: { language: cel }\ndo: [a: { set: { x: 1 } }]',
      'open-workflow-unsupported',
      'evaluate.language',
    ],
    ['evaluate: { mode: loose }\ndo: [a: { set: { x: 1 } }]', 'open-workflow-unsupported', 'evaluate.mode'],
    [
      'use: { extensions: [{ e: { extend: all } }] }\ndo: [a: { set: { x: 1 } }]',
      'open-workflow-extension',
      'use.extensions',
    ],
    [
      'use: { catalogs: { c: { endpoint: "https://x" } } }\ndo: [a: { set: { x: 1 } }]',
      'open-workflow-catalog',
      'use.catalogs',
    ],
    [
      'input: { schema: { resource: { endpoint: "https://x" } } }\ndo: [a: { set: { x: 1 } }]',
      'open-workflow-unsupported',
      'input.schema.resource',
    ],
    [
      'input: { schema: { document: 3 } }\ndo: [a: { set: { x: 1 } }]',
      'open-workflow-invalid',
      'input.schema',
    ],
    [
      'timeout: { after: "${ .x }" }\ndo: [a: { set: { x: 1 } }]',
      'open-workflow-unsupported',
      'timeout.after',
    ],
    [
      'do: [a: { call: http, with: { method: brew, endpoint: "https://x" } }]',
      'open-workflow-unsupported',
      'do[0].a.with.method',
    ],
    [
      'do: [a: { run: { script: { language: js, source: { endpoint: "https://x" } } } }]',
      'open-workflow-unsupported',
      'do[0].a.run.script.source',
    ],
    [
      'do: [a: { try: [b: { set: { x: 1 } }], catch: { retry: { limit: { attempt: { count: 2, duration: PT3S } } } } }]',
      'open-workflow-unsupported',
      'do[0].a.catch.retry.limit.attempt.duration',
    ],
    [
      'use: { retries: { some: { delay: PT1S } } }\ndo: [a: { try: [b: { set: { x: 1 } }], catch: { retry: sme } }]',
      'open-workflow-reference',
      'do[0].a.catch.retry',
    ],
    ['do: [{ a: { set: { x: 1 } }, b: { set: { x: 1 } } }]', 'open-workflow-invalid', 'do[0]'],
    ['do: [1]', 'open-workflow-invalid', 'do[0]'],
    ['do: [a: { nothing: 1 }]', 'open-workflow-invalid', 'do[0].a'],
    ['do: [a: { set: { x: 1 }, foo: 1 }]', 'open-workflow-invalid', 'do[0].a.foo'],
    ['do: [a: { set: { x: 1 }, wait: PT1S }]', 'open-workflow-invalid', 'do[0].a.wait'],
    ['do: [a: { wait: soon }]', 'open-workflow-invalid', 'do[0].a.wait'],
    ['do: { a: { set: { x: 1 } } }', 'open-workflow-invalid', 'do'],
    ['do: [a: 1]', 'open-workflow-invalid', 'do[0].a'],
    ['do: [a: { set: { x: 1 } }, a: { set: { x: 1 } }]', 'id-duplicate', 'do[1].a'],
    [
      'input: { schema: { format: avro, document: {} } }\ndo: [a: { set: { x: 1 } }]',
      'open-workflow-unsupported',
      'input.schema.format',
    ],
    [
      'input: { schema: { document: { $ref: "https://x" } } }\ndo: [a: { set: { x: 1 } }]',
      'open-workflow-unsupported',
      'input.schema',
    ],
  ])('%s', (rest, code, path) => {
    expect(first(rest)).toEqual([code, path]);
  });

  it.each([
    ["document: { dsl: '0.8', namespace: a, name: b, version: '1.0.0' }\ndo: []", 'open-workflow-version'],
    ["document: { dsl: '2.0.0', namespace: a, name: b, version: '1.0.0' }\ndo: []", 'open-workflow-version'],
    [
      '{"id":"x","specVersion":"0.8","start":"a","states":[{"name":"a","type":"inject","end":true}]}',
      'open-workflow-version',
    ],
    ['{"id":"x","states":[]}', 'open-workflow-version'],
    ['document: {}\n', 'open-workflow-invalid'],
    ['document: 1\ndo: []', 'open-workflow-invalid'],
    ['do: [a: { set: { x: 1 } }]', 'open-workflow-invalid'],
    ['document: { dsl: "1.0.0" ', 'yaml-syntax'],
  ])('%s', (text, code) => {
    const { findings, workflow } = readWorkflow(text, TASK_ACTIONS);
    expect(workflow).toBeUndefined();
    expect(findings.map((finding) => finding.code)).toContain(code);
  });
});

describe('any text', () => {
  it('is read or refused, never more', () => {
    const word = fc.constantFrom(
      'do',
      'set',
      'call',
      'for',
      'try',
      'catch',
      'then',
      'with',
      'in',
      'fork',
      'branches',
      'listen',
      'to',
      'one',
      'run',
      'shell',
      'switch',
      'when',
      'input',
      'from',
      'wait',
      'a',
      'http',
      '${ .a }',
      'end',
      'emit',
      'event',
      'raise',
      'error',
      'type',
      'status',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        word,
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(word, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(
        fc.array(
          fc.dictionary(word, fc.dictionary(word, value, { maxKeys: 4 }), { minKeys: 1, maxKeys: 1 }),
          { maxLength: 4 },
        ),
        fc.dictionary(word, value, { maxKeys: 2 }),
        (tasks, more) => {
          const document = { dsl: '1.0.3', namespace: 'a', name: 'b', version: '1.0.0' };
          const { workflow, findings } = readWorkflow(
            JSON.stringify({ document, ...more, do: tasks }),
            TASK_ACTIONS,
          );
          expect(workflow === undefined).toBe(findings.length > 0);
          workflow?.compile(() => 1);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is told to be too long, too deep, too many', () => {
    expect(
      first(
        `do: [${Array.from({ length: 11_000 }, (_, at) => `t${at}: { set: { x: 1 } }`)
          .map((task) => `{ ${task} }`)
          .join(', ')}]`,
      )?.[0],
    ).toBe('steps-too-many');
    const nested = (depth: number): string =>
      depth === 0 ? '[a: { set: { x: 1 } }]' : `[d: { do: ${nested(depth - 1)} }]`;
    expect(first(`do: ${nested(40)}`)?.[0]).toBe('nesting-too-deep');
    expect(first(`do: [a: { set: { x: "\${ ${'1 + '.repeat(2000)} 1 }" } }]`)?.[0]).toBe(
      'expression-too-long',
    );
    expect(first(`do: [a: { set: { x: "${'x'.repeat(1_100_000)}" } }]`)?.[0]).toBe('text-too-large');
    expect(first(`do: [a: { set: { x: "${'${ .a '.repeat(20_000)}" } }]`)).toBeUndefined();
  });
});

describe('what is refused as a whole', () => {
  it.each(['3', 'text', '[1, 2]', 'null'])('%s, which is no map', (text) => {
    expect(readWorkflow(text, TASK_ACTIONS, 'open-workflow').findings).toMatchObject([
      { code: 'definition-not-a-map', line: 1, column: 1 },
    ]);
  });

  it('an action that the installation does not have', () => {
    const head = 'document: { dsl: 1.0.3, namespace: default, name: x, version: 1.0.0 }';
    const text = `${head}\ndo: [a: { run: { shell: { command: ls } } }]`;
    expect(readWorkflow(text, new Map()).findings).toMatchObject([
      { code: 'action-unknown', path: 'do[0].a', line: 2 },
    ]);
  });

  it('a name that is near another, with that', () => {
    const { findings } = readTasks(
      'use: { retries: { some: { delay: PT1S } } }\ndo: [a: { try: [b: { set: { x: 1 } }], catch: { retry: sme } }]',
    );
    expect(findings[0]!.hint).toContain('"some"');
  });
});
