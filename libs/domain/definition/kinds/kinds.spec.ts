import { describe, expect, it } from '@jest/globals';
import { TEST_ACTIONS } from '../../validation/testing/actions.js';
import { hintOf, problemsOf, withSteps } from '../../validation/testing/definitions.js';
import { readDefinition } from '../../validation/validate.js';
import type { StepDefinition } from '../definition.js';

function readStep(step: string): StepDefinition | undefined {
  const { definition, findings } = readDefinition(withSteps(step), TEST_ACTIONS);
  expect(findings).toEqual([]);
  return [...definition!.stages.get('main')!.steps.values()][0];
}

const BODY = 'steps: { b: { wait: 1s } }';

describe('kinds of steps', () => {
  it.each([
    [
      'a: { approval: { by: [approver] } }',
      { by: ['approver'], quorum: 1, onExpiry: 'fail', onReject: 'stop', selfApproval: false },
    ],
    [
      'a: { approval: { by: ["user:ann", "${{ run.startedBy }}"], quorum: 2, expires: 1d, onExpiry: reject, onReject: continue, selfApproval: true, message: "Go, ${{ run.id }}?", remind: 4h, escalate: { after: 8h, to: [operator] }, inputs: { window: { type: string } } } }',
      {
        by: ['user:ann', '${{ run.startedBy }}'],
        quorum: 2,
        expires: '1d',
        onExpiry: 'reject',
        onReject: 'continue',
        selfApproval: true,
        message: 'Go, ${{ run.id }}?',
        remind: '4h',
        escalate: { after: '8h', to: ['operator'] },
        inputs: { window: { type: 'string' } },
      },
    ],
  ])('reads %s', (step, approval) => {
    expect(readStep(step)).toEqual({ id: 'a', kind: 'approval', approval });
  });

  it.each([
    [
      `a: { loop: { until: turn.index > 3 }, ${BODY} }`,
      { loop: { as: 'turn', until: 'turn.index > 3', max: 1000 } },
    ],
    [
      `a: { loop: { as: t, while: "t.index < 2", max: 100000, delay: 0s }, ${BODY} }`,
      { loop: { as: 't', while: 't.index < 2', max: 100_000, delay: '0s' } },
    ],
    ['a: { waitFor: { event: "deployed-${{ run.id }}" } }', { waitFor: { event: 'deployed-${{ run.id }}' } }],
    [
      'a: { waitFor: { event: deployed, if: event.data.ok && event.by != "" }, timeout: 1h }',
      { waitFor: { event: 'deployed', if: 'event.data.ok && event.by != ""' }, timeout: '1h' },
    ],
    ['a: { emit: { event: deployed } }', { emit: { event: 'deployed', data: null } }],
    [
      'a: { emit: { event: deployed, data: ["${{ run.id }}"] } }',
      { emit: { event: 'deployed', data: ['${{ run.id }}'] } },
    ],
    ['a: { workflow: { name: other } }', { workflow: { name: 'other', inputs: {} } }],
    [
      'a: { workflow: { name: x, version: 1.4.0-rc.1 } }',
      { workflow: { name: 'x', version: '1.4.0-rc.1', inputs: {} } },
    ],
    [
      'a: { workflow: { name: x, version: stable } }',
      { workflow: { name: 'x', version: 'stable', inputs: {} } },
    ],
    [
      'a: { workflow: { name: x, version: 3, inputs: { a: "${{ run.id }}" } } }',
      { workflow: { name: 'x', version: 3, inputs: { a: '${{ run.id }}' } } },
    ],
    [
      `a: { forEach: { matrix: { os: [linux, windows], node: "\${{ run.nodes }}" }, exclude: [{ os: linux }], include: [{ os: mac, extra: 1 }], quorum: 2 }, ${BODY} }`,
      {
        forEach: {
          matrix: { os: ['linux', 'windows'], node: '${{ run.nodes }}' },
          exclude: [{ os: 'linux' }],
          include: [{ os: 'mac', extra: 1 }],
          as: 'item',
          failFast: true,
          quorum: 2,
        },
      },
    ],
    [
      `a: { try: { steps: { b: { wait: 1s } }, catch: [{ errors: [timeout, http-status], steps: { c: { wait: 1s } } }, { as: e, steps: { d: { wait: 1s } } }], finally: { steps: { f: { wait: 1s } } } } }`,
      { try: { catch: [{ errors: ['timeout', 'http-status'], as: 'error' }, { as: 'e' }] } },
    ],
    [
      'a: { uses: command/run, with: { run: [x] }, pool: large, output: { type: object }, secrets: { TOKEN: env:TOKEN, KEY: { from: "file:/run/key", as: file } } }',
      {
        pool: 'large',
        output: { type: 'object' },
        secrets: {
          TOKEN: { from: 'env:TOKEN', as: 'environment' },
          KEY: { from: 'file:/run/key', as: 'file' },
        },
      },
    ],
    [
      'a: { wait: 1s, onFailure: intervene, priority: 1, locks: ["deploy-${{ run.id }}", db], resources: { cpu: 0.5, memory: 512MiB, disk: 1000, slots: 2 }, compensate: { uses: command/run, with: { run: [undo, "${{ steps.a.status }}"] }, timeout: 1m, retry: { attempts: 3 }, secrets: { T: env:T } } }',
      {
        onFailure: 'intervene',
        priority: 1,
        locks: ['deploy-${{ run.id }}', 'db'],
        resources: { pool: 'default', cpu: 0.5, memory: 536_870_912, disk: 1000, slots: 2 },
        compensate: {
          uses: 'command/run',
          with: { run: ['undo', '${{ steps.a.status }}'] },
          timeout: '1m',
          retry: { attempts: 3 },
          secrets: { T: { from: 'env:T', as: 'environment' } },
        },
      },
    ],
  ])('reads %s', (step, expected) => {
    expect(readStep(step)).toMatchObject(expected);
  });

  it.each<[string, string[]]>([
    ['a: { approval: 5 }', ['type-mismatch a.approval']],
    ['a: { approval: {} }', ['key-missing a.approval.by']],
    ['a: { approval: { by: [] } }', ['block-empty a.approval.by']],
    ['a: { approval: { by: approver } }', ['type-mismatch a.approval.by']],
    [
      'a: { approval: { by: [An Approver, "user:", x, x, ""] } }',
      [
        'value-not-allowed a.approval.by[0]',
        'value-not-allowed a.approval.by[1]',
        'value-not-allowed a.approval.by[3]',
        'value-out-of-range a.approval.by[4]',
      ],
    ],
    [
      'a: { approval: { by: [x], quorum: 0, expires: 0s, onExpiry: wait, onReject: no, selfApproval: 1, message: 1, remind: 1ms, escalate: {}, inputs: { a-b: { type: strin } }, of: 1 } }',
      [
        'value-out-of-range a.approval.quorum',
        'duration-invalid a.approval.expires',
        'value-not-allowed a.approval.onExpiry',
        'value-not-allowed a.approval.onReject',
        'type-mismatch a.approval.selfApproval',
        'type-mismatch a.approval.message',
        'duration-invalid a.approval.remind',
        'key-missing a.approval.escalate.after',
        'key-missing a.approval.escalate.to',
        'identifier-invalid a.approval.inputs.a-b',
        'input-schema-invalid a.approval.inputs.a-b.type',
        'key-unknown a.approval.of',
      ],
    ],
    ['a: { approval: { by: ["user:ann"], quorum: 2 } }', ['quorum-too-large a.approval.quorum']],
    [
      'a: { approval: { by: ["user:ann"], quorum: 3, escalate: { after: 1h, to: ["user:bob"] } } }',
      ['quorum-too-large a.approval.quorum'],
    ],
    [`a: { loop: {}, ${BODY} }`, ['loop-endless a.loop']],
    [`a: { loop: 5, ${BODY} }`, ['type-mismatch a.loop']],
    ['a: { loop: { while: true } }', ['key-missing a.steps']],
    [
      `a: { loop: { until: 5, max: 100001, delay: x, as: 1x, times: 2 }, ${BODY} }`,
      [
        'type-mismatch a.loop.until',
        'value-out-of-range a.loop.max',
        'duration-invalid a.loop.delay',
        'identifier-invalid a.loop.as',
        'key-unknown a.loop.times',
      ],
    ],
    ['a: { waitFor: deployed }', ['type-mismatch a.waitFor']],
    [
      'a: { waitFor: { if: "${{ true }}" } }',
      ['key-missing a.waitFor.event', 'condition-in-template a.waitFor.if'],
    ],
    [
      'a: { waitFor: { event: " ", timeout: 1s } }',
      ['value-out-of-range a.waitFor.event', 'key-unknown a.waitFor.timeout'],
    ],
    ['a: { emit: { data: 1, to: x } }', ['key-missing a.emit.event', 'key-unknown a.emit.to']],
    [`a: { emit: { event: ${'x'.repeat(201)} } }`, ['value-out-of-range a.emit.event']],
    ['a: { workflow: other }', ['type-mismatch a.workflow']],
    [
      'a: { workflow: { name: Other, version: 0, inputs: [1], with: {} } }',
      [
        'id-invalid a.workflow.name',
        'value-out-of-range a.workflow.version',
        'type-mismatch a.workflow.inputs',
        'key-unknown a.workflow.with',
      ],
    ],
    ['a: { workflow: {} }', ['key-missing a.workflow.name']],
    ...['v1.4.0', '"2"', 'Stable', '""', '1.4.0.0'].map((version): [string, string[]] => [
      `a: { workflow: { name: other, version: ${version} } }`,
      ['value-not-allowed a.workflow.version'],
    ]),
    ['a: { workflow: { name: other, version: 1.4 } }', ['type-mismatch a.workflow.version']],
    [`a: { forEach: { matrix: { a: [1] }, in: [1] }, ${BODY} }`, ['value-not-allowed a.forEach.in']],
    [
      `a: { forEach: { in: [1], exclude: [], include: [] }, ${BODY} }`,
      ['value-not-allowed a.forEach.exclude', 'value-not-allowed a.forEach.include'],
    ],
    [`a: { forEach: { matrix: {} }, ${BODY} }`, ['block-empty a.forEach.matrix']],
    [
      `a: { forEach: { matrix: { o-s: [1], x: 1 }, exclude: [{ y: 1 }, 5], include: x }, ${BODY} }`,
      [
        'identifier-invalid a.forEach.matrix.o-s',
        'type-mismatch a.forEach.matrix.x',
        'key-unknown a.forEach.exclude[0].y',
        'type-mismatch a.forEach.exclude[1]',
        'type-mismatch a.forEach.include',
      ],
    ],
    [
      `a: { forEach: { matrix: { x: [${'1,'.repeat(101)}], y: [${'1,'.repeat(100)}] } }, ${BODY} }`,
      ['matrix-too-large a.forEach.matrix'],
    ],
    [
      `a: { forEach: { matrix: { x: [${'1,'.repeat(100)}], y: [${'1,'.repeat(100)}] }, include: [{ x: 1 }] }, ${BODY} }`,
      ['matrix-too-large a.forEach.matrix'],
    ],
    [`a: { forEach: { in: [1, 2], quorum: 3 }, ${BODY} }`, ['quorum-too-large a.forEach.quorum']],
    [
      `a: { forEach: { matrix: { x: [1, 2], y: [1, 2] }, include: [{ x: 3 }], quorum: 6 }, ${BODY} }`,
      ['quorum-too-large a.forEach.quorum'],
    ],
    [
      'a: { parallel: { quorum: 2, branches: { x: { steps: { b: { wait: 1s } } } } } }',
      ['quorum-too-large a.parallel.quorum'],
    ],
    ['a: { try: 5 }', ['type-mismatch a.try']],
    ['a: { try: { steps: { b: { wait: 1s } } } }', ['key-missing a.try']],
    [
      'a: { try: { catch: [], finally: {}, else: 1 } }',
      [
        'key-missing a.try.steps',
        'block-empty a.try.catch',
        'key-missing a.try.finally.steps',
        'key-unknown a.try.else',
      ],
    ],
    [
      'a: { try: { steps: { b: { wait: 1s } }, catch: [{ steps: { c: { wait: 1s } } }, { errors: [timeout], steps: { d: { wait: 1s } } }] } }',
      ['catch-unreachable a.try.catch[1]'],
    ],
    [
      'a: { try: { steps: { b: { wait: 1s } }, catch: [{ errors: [timeout, auth], steps: { c: { wait: 1s } } }, { errors: [auth], steps: { d: { wait: 1s } } }, { errors: [], steps: { e: { wait: 1s } } }] } }',
      ['catch-unreachable a.try.catch[1]', 'catch-unreachable a.try.catch[2]'],
    ],
    [
      'a: { try: { steps: { b: { wait: 1s } }, catch: [{ errors: [Timeout, "http status", 5], steps: { c: { wait: 1s } } }] } }',
      [
        'error-name-invalid a.try.catch[0].errors[0]',
        'error-name-invalid a.try.catch[0].errors[1]',
        'type-mismatch a.try.catch[0].errors[2]',
      ],
    ],
    ['a: { uses: note/add, secrets: { A: env:A } }', ['secrets-not-taken a.secrets']],
    [
      'a: { uses: command/run, with: { run: [x] }, secrets: { A: vault:x, B: "env:", c-d: env:A, E: { as: file }, F: { from: env:F, as: pipe, x: 1 }, G: 5, H: "file:/${{ run.id }}" }, pool: Large, output: { type: nothing } }',
      [
        'secret-reference-invalid a.secrets.A',
        'secret-reference-invalid a.secrets.B',
        'identifier-invalid a.secrets.c-d',
        'key-missing a.secrets.E.from',
        'value-not-allowed a.secrets.F.as',
        'key-unknown a.secrets.F.x',
        'type-mismatch a.secrets.G',
        'secret-reference-invalid a.secrets.H',
        'id-invalid a.pool',
        'output-schema-invalid a.output.type',
      ],
    ],
    ['a: { uses: note/add, output: { $ref: "other.json" } }', ['output-schema-reference a.output.$ref']],
    [
      'a: { wait: 1s, output: {}, pool: x, secrets: {} }',
      ['key-unknown a.output', 'key-unknown a.pool', 'key-unknown a.secrets'],
    ],
    [
      'a: { wait: 1s, locks: [x, x, 5], priority: 6, resources: { pool: A B, cpu: 0, memory: 0B, disk: 1.5GiB, slots: 1.5, gpu: 1 }, compensate: { with: {}, locks: [] } }',
      [
        'lock-duplicate a.locks[1]',
        'type-mismatch a.locks[2]',
        'value-out-of-range a.priority',
        'id-invalid a.resources.pool',
        'value-out-of-range a.resources.cpu',
        'size-invalid a.resources.memory',
        'size-invalid a.resources.disk',
        'type-mismatch a.resources.slots',
        'key-unknown a.resources.gpu',
        'key-missing a.compensate.uses',
        'key-unknown a.compensate.locks',
      ],
    ],
    ['a: { wait: 1s, resources: {} }', ['key-missing a.resources']],
    ['a: { wait: 1s, resources: { pool: x } }', ['key-missing a.resources']],
    [
      `a: { wait: 1s, locks: [${Array.from({ length: 21 }, (_, n) => `l${n}`)}] }`,
      ['value-out-of-range a.locks'],
    ],
    [
      'a: { wait: 1s, compensate: { uses: no/such, with: { x: "${{ steps.no }}" } } }',
      ['action-unknown a.compensate.uses', 'reference-unknown-step a.compensate.with.x'],
    ],
    [
      'a: { wait: 1s, compensate: { uses: note/add, with: { txt: a }, secrets: { A: env:A } } }',
      ['action-input-invalid a.compensate.with.txt', 'secrets-not-taken a.compensate.secrets'],
    ],
  ])('refuses %s', (step, problems) => {
    expect(problemsOf(step)).toEqual(problems);
  });

  it.each(['int', 'string', 'in', 'for', 'null', 'google', 'steps', 'event', 'secrets'])(
    'lets no variable be called %s',
    (name) => {
      expect(problemsOf(`a: { forEach: { in: [1], as: "${name}" }, ${BODY} }`)).toEqual([
        'loop-variable-taken a.forEach.as',
      ]);
    },
  );

  it('tells variables of forEach, loop and catch apart, wherever they nest', () => {
    expect(
      problemsOf(
        'a: { forEach: { in: [1], as: turn }, steps: { b: { loop: { while: true }, steps: { c: { wait: 1s } } } } }',
      ),
    ).toEqual(['loop-variable-taken a.steps.b.loop']);
    const inner = (where: 'body' | 'catch') => {
      const nested = 'i: { try: { steps: { j: { wait: 1s } }, catch: [{ steps: { k: { wait: 1s } } }] } }';
      const [body, taken] = where === 'body' ? [nested, 'l: { wait: 1s }'] : ['l: { wait: 1s }', nested];
      return `a: { try: { steps: { ${body} }, catch: [{ steps: { ${taken} } }] } }`;
    };
    expect(problemsOf(inner('body'))).toEqual([]);
    expect(problemsOf(inner('catch'))).toEqual(['loop-variable-taken a.try.catch[0].steps.i.try.catch[0]']);
  });

  it('gives a stage none of the keys that are for steps alone', () => {
    const stage = (key: string) =>
      `sluice: 1\nname: x\nstages:\n  main:\n    ${key}\n    steps: { a: { wait: 1s } }\n`;
    const codes = (key: string) =>
      readDefinition(stage(key), TEST_ACTIONS).findings.map(({ code, path }) => `${code} ${path}`);
    expect(codes('onFailure: rollback')).toEqual([]);
    expect(codes('onFailure: intervene')).toEqual(['value-not-allowed stages.main.onFailure']);
    for (const key of ['locks', 'resources', 'priority', 'compensate']) {
      expect(codes(`${key}: x`)).toEqual([`key-unknown stages.main.${key}`]);
    }
  });

  it.each([
    ['a: { wait: 1s, onFailure: intervent }', 'Did you mean "intervene"?'],
    [`a: { loop: { until: true, dealy: 1s }, ${BODY} }`, 'Did you mean "delay"?'],
    [
      'a: { try: { steps: { b: { wait: 1s } }, catch: [{ errors: [Timeout], steps: { c: { wait: 1s } } }] } }',
      'Did you mean "timeout"?',
    ],
    [`a: { forEach: { matrix: { node: [1] }, exclude: [{ nod: 1 }] }, ${BODY} }`, 'Did you mean "node"?'],
  ])('tells what to write instead of %s', (step, hint) => {
    expect(hintOf(withSteps(step))).toBe(hint);
  });
});

describe('concurrency', () => {
  const read = (line: string) => readDefinition(`${line}\n${withSteps('a: { wait: 1s }')}`, TEST_ACTIONS);
  const problems = (line: string) => read(line).findings.map(({ code, path }) => `${code} ${path}`);

  it('queues unless told otherwise', () => {
    expect(read('concurrency: { group: "x-${{ run.workflow }}" }').definition?.concurrency).toEqual({
      group: 'x-${{ run.workflow }}',
      policy: 'queue',
    });
    expect(read('concurrency: { group: x, policy: cancel }').definition?.concurrency?.policy).toBe('cancel');
  });

  it.each<[string, string[]]>([
    ['concurrency: x', ['type-mismatch concurrency']],
    [
      'concurrency: { policy: wait, limit: 1 }',
      [
        'key-missing concurrency.group',
        'value-not-allowed concurrency.policy',
        'key-unknown concurrency.limit',
      ],
    ],
    ['concurrency: { group: "${{ steps.a.status }}" }', ['reference-unknown-name concurrency.group']],
    ['concurrency: { group: "${{ inputs.no }}" }', ['reference-unknown-input concurrency.group']],
  ])('refuses %s', (line, expected) => {
    expect(problems(line)).toEqual(expected);
  });
});
