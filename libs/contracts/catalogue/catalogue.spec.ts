import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Json, JsonObject } from '#domain/json.js';
import { isJsonObject } from '#domain/json.js';
import { ACTIONS } from './catalogue.js';

const ajv = new Ajv2020({ strict: true, allErrors: true });

/** Every schema of a property, at every depth, with its path. */
function listProperties(schema: JsonObject, path: string): [string, JsonObject][] {
  const own = isJsonObject(schema['properties']) ? Object.entries(schema['properties']) : [];
  return own.flatMap(([name, property]) =>
    isJsonObject(property)
      ? [
          [`${path}.${name}`, property] as [string, JsonObject],
          ...listProperties(property, `${path}.${name}`),
        ]
      : [],
  );
}

describe('catalogue', () => {
  it('holds these actions, on these queues', () => {
    expect(
      [...ACTIONS].map(([name, { queue, workspace, fillsWorkspace, quick, inline, takesSecrets }]) => [
        name,
        queue,
        workspace,
        fillsWorkspace,
        [...(quick ? ['quick'] : []), ...(inline ? ['inline'] : []), ...(takesSecrets ? ['secrets'] : [])],
      ]),
    ).toEqual([
      ['agent/invoke', 'http', false, 'never', []],
      ['command/run', 'command', true, 'on-request', ['secrets']],
      ['gate/evaluate', 'quality', false, 'never', []],
      ['git/checkout', 'command', true, 'always', []],
      ['http/request', 'http', false, 'never', []],
      ['log/write', 'orchestration', false, 'never', ['quick', 'inline']],
      ['openapi/call', 'http', false, 'never', []],
      ['pipeline/artifacts', 'command', true, 'always', []],
      ['pipeline/cancel', 'cicd', false, 'never', []],
      ['pipeline/run', 'cicd', false, 'never', []],
      ['pipeline/trigger', 'cicd', false, 'never', []],
      ['pipeline/wait', 'cicd', false, 'never', []],
      ['report/junit', 'command', true, 'never', []],
      ['report/metrics', 'command', true, 'never', []],
      ['risk/assess', 'command', true, 'never', []],
    ]);
  });

  it.each([...ACTIONS.values()])('$name has whole, closed schemas', (action) => {
    expect(action.name).toMatch(/^[a-z]+\/[a-z]+$/);
    for (const [side, schema] of [
      ['input', action.input],
      ['output', action.output],
    ] as const) {
      expect(schema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(() => ajv.compile(schema)).not.toThrow();
      for (const [path, property] of listProperties(schema, `${action.name}.${side}`)) {
        expect([path, typeof property['description']]).toEqual([path, 'string']);
      }
    }
  });

  it.each([
    ['log/write', { message: 'x' }],
    ['log/write', { message: null, level: 'warn' }],
    [
      'git/checkout',
      { repository: 'https://example.com/x.git', ref: 'main', depth: 0, credentials: 'env:TOKEN' },
    ],
    [
      'command/run',
      { run: ['npm', 'test'], environment: { A: '' }, successCodes: [0, 1], parse: 'json', rebuild: true },
    ],
    [
      'http/request',
      { url: 'https://example.com', successStatus: ['2xx', 404, '301'], query: { a: 1, b: true, c: 'x' } },
    ],
    [
      'http/request',
      { url: 'https://example.com', body: [1], auth: { header: 'X-Key', secret: 'file:/run/key' } },
    ],
    ['gate/evaluate', { gate: { gate: 1 } }],
    [
      'gate/evaluate',
      { gate: { gate: 1 }, metrics: { a: 1, b: [1], c: null }, risk: null, history: [{}], failOn: [] },
    ],
    ['report/metrics', { files: { coverage: 'a.info', tests: ['a.xml', 'b/*.xml'] } }],
    ['report/junit', { files: 'a.xml' }],
    ['report/junit', { files: ['a.xml', '**/*.tap'], format: 'auto', failOn: 'failures' }],
  ] as [string, Json][])('%s takes %j', (name, input) => {
    const validate = ajv.compile(ACTIONS.get(name)?.input ?? {});
    expect([validate(input), validate.errors]).toEqual([true, null]);
  });

  it.each([
    ['log/write', {}],
    ['log/write', { message: 'x', colour: 'red' }],
    ['git/checkout', { repository: '' }],
    ['git/checkout', { repository: 'x', depth: -1 }],
    ['git/checkout', { repository: 'x', credentials: 'hunter2' }],
    ['command/run', { run: [] }],
    ['command/run', { run: 'npm test' }],
    ['command/run', { run: ['a\0'] }],
    ['command/run', { run: ['a'], environment: { 'A=B': 'x' } }],
    ['command/run', { run: ['a'], environment: { A: 1 } }],
    ['command/run', { run: ['a'], outputLimit: 52_428_801 }],
    ['command/run', { run: ['a'], successCodes: [] }],
    ['http/request', { url: 'x', method: 'CONNECT' }],
    ['http/request', { url: 'x', headers: { 'a b': 'c' } }],
    ['http/request', { url: 'x', headers: { a: 'b\r\nc: d' } }],
    ['http/request', { url: 'x', successStatus: ['7xx'] }],
    ['http/request', { url: 'x', auth: { secret: 'plain' } }],
    ['report/junit', { files: [] }],
    ['report/junit', {}],
  ] as [string, Json][])('%s refuses %j', (name, input) => {
    expect(ajv.compile(ACTIONS.get(name)?.input ?? {})(input)).toBe(false);
  });
});
