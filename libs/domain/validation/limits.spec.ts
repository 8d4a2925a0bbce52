import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from '../definition/parse.js';
import { compile } from '../plan/compile.js';
import { TEST_ACTIONS } from './testing/actions.js';
import { readDefinition, validate } from './validate.js';

function withSteps(lines: readonly string[]): string {
  return `sluice: 1\nname: x\nstages:\n  main:\n    steps:\n${lines.map((line) => `      ${line}\n`).join('')}`;
}

function codesOf(text: string): string[] {
  return readDefinition(text, TEST_ACTIONS).findings.map(({ code }) => code);
}

describe('limits', () => {
  it('takes 10,000 steps in a chain, each reading one far above', () => {
    const steps = Array.from({ length: 10_000 }, (_, n) =>
      n === 0 ? 's0: { wait: 1s }' : `s${n}: { set: { a: "\${{ steps.s${(n * 7_919) % n}.output }}" } }`,
    );
    const { definition, findings } = readDefinition(withSteps(steps), TEST_ACTIONS);
    expect(findings).toEqual([]);
    expect(definition!.stages.get('main')!.steps.size).toBe(10_000);
  });

  it('finds the one wrong reference among 10,000 steps', () => {
    const steps = Array.from({ length: 9_999 }, (_, n) => `s${n}: { wait: 1s }`);
    const text = withSteps([...steps, 'last: { needs: [s5000], if: steps.s5001.attempts > 1, wait: 1s }']);
    expect(readDefinition(text, TEST_ACTIONS).findings).toEqual([
      expect.objectContaining({ code: 'reference-not-ordered', line: 10_005 }),
    ]);
  });

  it('refuses the 10,001st step, wherever it stands', () => {
    const steps = Array.from({ length: 9_999 }, (_, n) => `s${n}: { wait: 1s }`);
    const loop = 'l: { forEach: { in: [1] }, steps: { inner: { wait: 1s } } }';
    const { findings } = readDefinition(withSteps([...steps, loop]), TEST_ACTIONS);
    expect(findings).toEqual([
      expect.objectContaining({ code: 'steps-too-many', path: 'stages.main.steps.l.steps.inner' }),
    ]);
  });

  it('takes 32 blocks in one another, the stages and their steps counted, and refuses the next', () => {
    const nested = (loops: number) => {
      let step = 'leaf: { wait: 1s }';
      for (let n = 0; n < loops; n++) step = `l${n}: { switch: [{ steps: { ${step} } }] }`;
      return withSteps([step]);
    };
    expect(codesOf(nested(30))).toEqual([]);
    expect(codesOf(nested(31))).toEqual(['nesting-too-deep']);
    expect(codesOf(nested(60))).toEqual(['nesting-too-deep']);
    expect(codesOf(nested(500))).toEqual(['tree-too-deep']);
  });

  it('takes fifty secrets and refuses one more', () => {
    const secrets = (count: number) => {
      const each = Array.from({ length: count }, (_, at) => `T${at}: env:T${at}`).join(', ');
      return withSteps([`a: { uses: command/run, with: { run: [ls] }, secrets: { ${each} } }`]);
    };
    expect(codesOf(secrets(50))).toEqual([]);
    expect(codesOf(secrets(51))).toEqual(['value-out-of-range']);
  });

  it('takes an expression of 4 KiB and refuses a longer one', () => {
    const expression = (bytes: number) =>
      withSteps([`a: { set: { x: "\${{ '${'é'.repeat((bytes - 2) / 2)}' }}" } }`]);
    expect(codesOf(expression(4096))).toEqual([]);
    expect(codesOf(expression(4098))).toEqual(['expression-too-long']);
  });

  it('counts what aliases repeat as if it were written', () => {
    const text = withSteps([
      'a: { forEach: { in: [1] }, steps: &s { inner: { wait: 1s } } }',
      'b: { forEach: { in: [1] }, steps: *s }',
    ]);
    expect(codesOf(text)).toEqual(['id-duplicate']);
  });
});

const GOOD = {
  sluice: 1,
  name: 'x',
  inputs: { list: { type: 'array', items: { type: 'string' }, default: ['a'] } },
  defaults: { timeout: '1m', retry: { attempts: 2 } },
  stages: {
    one: {
      steps: {
        a: {
          uses: 'command/run',
          with: { run: ['x', '${{ inputs.list[0] }}'] },
          timeout: '1s',
          onFailure: 'continue',
        },
        b: { needs: ['a'], if: 'steps.a.attempts > 1', set: { x: '${{ steps.a.output }}' } },
        c: {
          forEach: { in: '${{ inputs.list }}', as: 'i', limit: 2 },
          steps: { d: { wait: { for: '${{ i }}' } } },
        },
        e: { parallel: { branches: { f: { steps: { g: { wait: '1s' } } } } } },
        h: {
          switch: [
            { if: 'true', steps: { i: { raise: { error: 'x', message: 'y' } } } },
            { steps: { j: { wait: '1s' } } },
          ],
        },
      },
    },
    three: {
      onFailure: 'rollback',
      steps: {
        l: {
          approval: {
            by: ['approver', '${{ inputs.list[0] }}'],
            quorum: 2,
            expires: '1d',
            escalate: { after: '1h', to: ['user:ann'] },
          },
        },
        m: {
          loop: { until: 'steps.n.output.done', while: 'turn.index < 3', delay: '1s' },
          steps: { n: { set: { done: '${{ turn.previous == null }}' } } },
        },
        o: {
          try: {
            steps: { p: { waitFor: { event: 'e', if: 'event.data == 1' }, timeout: '1s' } },
            catch: [{ errors: ['timeout'], steps: { q: { set: { x: '${{ error.code }}' } } } }],
            finally: { steps: { r: { emit: { event: 'e', data: '${{ steps.p.status }}' } } } },
          },
        },
        s: {
          forEach: { matrix: { x: [1, 2], y: '${{ inputs.list }}' }, exclude: [{ x: 1 }], quorum: 1 },
          steps: { t: { workflow: { name: 'x', inputs: { a: '${{ item.x }}' } } } },
        },
        u: {
          uses: 'command/run',
          with: { run: ['x'] },
          secrets: { T: 'env:T' },
          locks: ['${{ run.id }}'],
          resources: { cpu: 1, memory: '1GiB' },
          priority: 2,
          onFailure: 'intervene',
          compensate: { uses: 'note/add', with: { text: '${{ steps.u.status }}' } },
        },
      },
    },
    two: { needs: ['one'], steps: { k: { uses: 'note/add', with: { text: '${{ run.id }}' } } } },
  },
  concurrency: { group: 'g-${{ run.workflow }}', policy: 'cancel' },
  output: '${{ steps.c.output }}',
};

/** Paths of every value in a JSON value. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

function replace(
  value: unknown,
  [key, ...path]: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  if (key === undefined) return change(value);
  const copy = Array.isArray(value) ? [...value] : { ...(value as object) };
  (copy as Record<string, unknown>)[key] = replace((copy as Record<string, unknown>)[key], path, change);
  return copy;
}

describe('validate of anything', () => {
  it('never throws for any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const { tree } = parse(JSON.stringify(value));
        if (tree === undefined) return;
        const { definition, findings } = validate(tree, TEST_ACTIONS);
        expect(definition === undefined).toBe(findings.length > 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never throws for a definition with values changed, and what it takes can be compiled', () => {
    const paths = fc.constantFrom(...pathsOf(GOOD));
    const values = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(
        'a',
        'b',
        '1s',
        '${{ steps.a }}',
        '${{ item }}',
        '${{',
        'steps.g.output',
        [],
        {},
        ['a'],
        true,
        1,
        'note/add',
        'x',
      ),
      fc.constantFrom(
        { wait: '1s' },
        { steps: { a: { wait: '1s' } } },
        { $ref: '#' },
        { type: 'string', pattern: '(' },
      ),
    );
    const changes = fc.array(fc.tuple(paths, values), { minLength: 1, maxLength: 3 });
    let taken = 0;
    fc.assert(
      fc.property(changes, (changed) => {
        let value: unknown = GOOD;
        for (const [path, put] of changed) {
          // An earlier change may have taken the way away.
          if (pathsOf(value).some((known) => known.join('/') === path.join('/')))
            value = replace(value, path, () => put);
        }
        const { definition, findings } = readDefinition(JSON.stringify(value), TEST_ACTIONS);
        expect(definition === undefined).toBe(findings.length > 0);
        if (definition === undefined) return;
        taken++;
        expect(compile(definition, TEST_ACTIONS, () => 1).nodes.length).toBeGreaterThan(1);
      }),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(0);
  });

  it('takes the definition that the changes start from', () => {
    expect(codesOf(JSON.stringify(GOOD))).toEqual([]);
  });
});
