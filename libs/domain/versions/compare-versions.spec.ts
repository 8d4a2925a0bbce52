import { describe, expect, it } from '@jest/globals';
import { readWorkflow } from '../front-ends/read-workflow.js';
import { TEST_ACTIONS } from '../validation/testing/actions.js';
import { compareVersions, type VersionContent, type VersionDiff } from './compare-versions.js';

function read(text: string): VersionContent {
  const { workflow, findings } = readWorkflow(text, TEST_ACTIONS);
  if (workflow === undefined) throw new Error(JSON.stringify(findings, null, 2));
  return { plan: workflow.compile((_, named) => (named === undefined ? 7 : 3)), inputs: workflow.inputs };
}

const of = (steps: string, more = '') =>
  read(`sluice: 1\nname: test\n${more}\nstages:\n  main:\n    steps:\n${steps.replace(/^/gm, '      ')}\n`);

/** `~ deploy minor /if a > b` */
function tell({ inputs, steps, keys }: VersionDiff): string[] {
  const signs = { added: '+', removed: '-', changed: '~', renamed: '=' } as const;
  const show = (value: unknown) => (value === undefined ? '–' : JSON.stringify(value));
  const values = (of: VersionDiff['keys'][number]['values']) =>
    of.map(({ path, before, after }) => ` ${path} ${show(before)} > ${show(after)}`).join('');
  return [
    ...inputs.map(({ name, change, bump, why }) => `${signs[change]} input ${name} ${bump}: ${why}`),
    ...steps.map(({ id, change, from, bump, values: of }) => {
      const detail = change === 'added' || change === 'removed' ? '' : values(of);
      return `${signs[change]} ${from === undefined ? '' : `${from} > `}${id} ${bump}${detail}`;
    }),
    ...keys.map(({ key, bump, why, values: of }) => `${key} ${bump}: ${why}${values(of)}`),
  ];
}

const WORK = 'uses: command/run, with: { run: [a] }';

describe('compareVersions', () => {
  it.each<[string, string, string]>([
    [
      'comments, order of keys, quotes and layout',
      'a: { uses: command/run, with: { run: [a, "${{ run.id }}"], environment: { A: "1", B: "2" } }, timeout: 60s }',
      '# why\na:\n  timeout: 1m\n  with:\n    environment: { B: "2", A: \'1\' }\n    run: [a, "${{  run.id  }}"]\n  uses: command/run',
    ],
    [
      'the order in which steps are written, where needs say what waits for what',
      `a: { needs: [], ${WORK} }\nb: { needs: [], ${WORK} }\nc: { needs: [a, b], ${WORK} }`,
      `b: { needs: [], ${WORK} }\na: { needs: [], ${WORK} }\nc: { needs: [b, a], ${WORK} }`,
    ],
    [
      'white space and comments in expressions',
      'a: { set: { x: 1 } }\nb: { if: "steps.a.output.x == 1 && \\"a  b\\" != run.id", set: { y: 2 } }',
      'a: { set: { x: 1 } }\nb:\n  set: { y: 2 }\n  if: |\n    steps.a.output.x   ==  1 // the first\n      && "a  b" != run.id',
    ],
    ['defaults that are written out', `a: { ${WORK} }`, `a: { needs: [], onFailure: fail, ${WORK} }`],
    [
      'an alias and the number that it stands for',
      'a: { workflow: { name: other, version: stable } }',
      'a: { workflow: { name: other, version: 3 } }',
    ],
  ])('does not see %s', (_, before, after) => {
    expect(compareVersions(of(before), of(after))).toEqual({ bump: 'none', inputs: [], steps: [], keys: [] });
  });

  it.each<[string, string, string, string[]]>([
    [
      'steps that are added, gone and changed, with what waits for them',
      `a: { ${WORK} }\nb: { ${WORK} }\nc: { ${WORK}, timeout: 1m }`,
      `a: { ${WORK} }\nx: { uses: command/run, with: { run: [x] } }\nc: { ${WORK}, timeout: 90s }`,
      ['- b minor', '+ x minor', '~ c minor /needs ["b"] > ["x"] /timeout "1m" > "90s"'],
    ],
    [
      'values deep in a step, by their place',
      'a: { uses: command/run, with: { run: [a, b, "${{ run.id }}"], environment: { A: "1" } } }',
      'a: { uses: command/run, with: { run: [a, c, "${{ run.id }}-x"], environment: { A: "1", B: "2" } } }',
      [
        '~ a patch /with/run/1 "b" > "c" /with/run/2 "${{ run.id }}" > "${{ run.id }}-x" /with/environment/B – > "2"',
      ],
    ],
    [
      'a text and the expression that reads like it',
      'a: { set: { x: "$${{ run.id }}" } }',
      'a: { set: { x: "${{ run.id }}" } }',
      ['~ a patch /set/x "$${{ run.id }}" > "${{ run.id }}"'],
    ],
    [
      'blanks within strings of expressions',
      `a: { set: { x: "\${{ 'a b' }}" } }`,
      `a: { set: { x: "\${{ 'a  b' }}" } }`,
      [`~ a patch /set/x "\${{ 'a b' }}" > "\${{ 'a  b' }}"`],
    ],
    [
      'another action',
      `a: { ${WORK} }`,
      'a: { set: { x: 1 } }',
      ['~ a minor /kind "uses" > "set" /uses "command/run" > – /with {"run":["a"]} > – /set – > {"x":1}'],
    ],
    [
      'a step that moved into a container',
      `a: { ${WORK} }\nb: { parallel: { branches: { l: { steps: { c: { ${WORK} } } } } } }`,
      `b: { parallel: { branches: { l: { steps: { c: { ${WORK} } } }, r: { steps: { a: { ${WORK} } } } } } }`,
      ['~ b minor /needs ["a"] > [] /branches/1 – > {"name":"r"}', '~ a minor /within "main" > "b/r"'],
    ],
    [
      'what undoes a step, as part of it',
      `a: { ${WORK}, compensate: { uses: command/run, with: { run: [u] } } }\nb: { ${WORK} }`,
      `a: { ${WORK}, compensate: { uses: command/run, with: { run: [v] } } }\nb: { ${WORK}, compensate: { ${WORK} } }`,
      [
        '~ a minor /compensate/with/run/0 "u" > "v"',
        '~ b minor /compensate – > {"uses":"command/run","with":{"run":["a"]}}',
      ],
    ],
    [
      'approvals, locks, resources and retries',
      `a: { approval: { by: [ops], expires: 1d } }\nb: { ${WORK}, locks: [x], resources: { cpu: 1 }, retry: { attempts: 2 } }`,
      `a: { approval: { by: [ops], quorum: 1, expires: 48h } }\nb: { ${WORK}, locks: [y], resources: { cpu: 2 }, retry: { attempts: 3 } }`,
      [
        '~ a minor /expires "1d" > "2d"',
        '~ b patch /retry/attempts 2 > 3 /locks/0 "x" > "y" /resources/cpu 1 > 2',
      ],
    ],
    [
      'a case of a switch, a catch and their conditions',
      `a: { switch: [{ if: "true", steps: { b: { ${WORK} } } }] }\nt: { try: { steps: { c: { ${WORK} } }, catch: [{ errors: [timeout], steps: { d: { ${WORK} } } }] } }`,
      `a: { switch: [{ if: "false", steps: { b: { ${WORK} } } }] }\nt: { try: { steps: { c: { ${WORK} } }, catch: [{ steps: { d: { ${WORK} } } }] } }`,
      ['~ a minor /cases/0/if "true" > "false"', '~ t minor /catches/0/errors ["timeout"] > –'],
    ],
    [
      'a loop and its limits',
      `a: { loop: { while: "a.index < 2", as: a, max: 5 }, steps: { b: { ${WORK} } } }`,
      `a: { loop: { while: "a.index < 3", as: a, max: 9, delay: 1s }, steps: { b: { ${WORK} } } }`,
      ['~ a minor /while "a.index < 2" > "a.index < 3" /max 5 > 9 /delay "0ms" > "1s"'],
    ],
    [
      'events: what waits for one more, or is not sent any more, concerns others',
      'a: { emit: { event: x } }\nb: { emit: { event: y } }\nc: { waitFor: { event: z } }',
      'b: { emit: { event: yy } }\nc: { waitFor: { event: zz } }\nd: { waitFor: { event: w } }\ne: { emit: { event: v } }',
      [
        '- a major',
        '~ b major /needs ["a"] > [] /event "y" > "yy"',
        '~ c major /event "z" > "zz"',
        '+ d major',
        '+ e minor',
      ],
    ],
    [
      'a called workflow by its number',
      'a: { workflow: { name: other, version: 2 } }',
      'a: { workflow: { name: other } }',
      ['~ a minor /version 2 > 7'],
    ],
  ])('tells %s', (_, before, after, changes) => {
    expect(tell(compareVersions(of(before), of(after)))).toEqual(changes);
  });

  describe('recognises a step under another id', () => {
    it('with what refers to it', () => {
      const before = of(
        'say: { set: { x: 1 } }\nmore: { if: "steps.say.output.x > 0", set: { y: "${{ steps[\\"say\\"].output.x }}" } }\nlast: { set: { z: "${{ steps.more.output.y }}" } }',
        'output: { it: "${{ steps.say.output.x }}" }',
      );
      const after = of(
        'greet: { set: { x: 1 } }\nthen: { if: "steps.greet.output.x > 0", set: { y: "${{ steps[\\"greet\\"].output.x }}" } }\nlast: { set: { z: "${{ steps.then.output.y }}" } }',
        'output: { it: "${{ steps.greet.output.x }}" }',
      );
      expect(tell(compareVersions(before, after))).toEqual(['= say > greet patch', '= more > then patch']);
    });

    it('with the steps in it', () => {
      const stages = (name: string, id: string) =>
        read(
          `sluice: 1\nname: test\nstages:\n  ${name}: { steps: { ${id}: { ${WORK} } } }\n  last: { steps: { end: { ${WORK} } } }`,
        );
      expect(tell(compareVersions(stages('build', 'a'), stages('make', 'a')))).toEqual([
        '= build > make patch',
      ]);
      // Nothing tells that the one is the other.
      expect(tell(compareVersions(stages('build', 'a'), stages('make', 'b')))).toEqual([
        '- build minor',
        '- a minor',
        '+ make minor',
        '+ b minor',
        '~ last minor /needs ["build"] > ["make"]',
      ]);
    });

    it('of several that are alike, each once', () => {
      const two = (...ids: string[]) => of(ids.map((id) => `${id}: { ${WORK} }`).join('\n'));
      expect(tell(compareVersions(two('a', 'b'), two('x', 'y', 'z')))).toEqual([
        '= a > x patch',
        '= b > y patch',
        '+ z minor',
      ]);
    });

    it('but not one that does something else now', () => {
      expect(tell(compareVersions(of('a: { set: { x: 1 } }'), of('b: { set: { x: 2 } }')))).toEqual([
        '- a minor',
        '+ b minor',
      ]);
    });
  });

  it.each<[string, string, string[]]>([
    ['{}', '{ a: { type: string, default: x } }', ['+ input a minor: may be given']],
    ['{}', '{ a: { type: string } }', ['+ input a major: a start without it is refused']],
    ['{ a: { type: string } }', '{}', ['- input a major: a start that gives it is refused']],
    [
      '{ a: { type: string, default: x } }',
      '{ a: { type: string } }',
      ['~ input a major: a start without it is refused'],
    ],
    [
      '{ a: { type: string } }',
      '{ a: { type: string, default: x } }',
      ['~ input a minor: need not be given any more'],
    ],
    [
      '{ a: { type: string, default: x } }',
      '{ a: { type: string, default: y } }',
      ['~ input a minor: a start without it has another value'],
    ],
    [
      '{ a: { type: string } }',
      '{ a: { type: integer } }',
      ['~ input a major: values that were taken may be refused'],
    ],
    [
      '{ a: { type: string, description: A } }',
      '{ a: { type: string, description: B } }',
      ['~ input a patch: is described in other words'],
    ],
    ['{ a: { enum: [x] } }', '{ a: { enum: [y, x] } }', ['~ input a minor: takes more than before']],
    ['{ a: { type: string, minLength: 1 } }', '{ a: { minLength: 1, type: string } }', []],
  ])('judges inputs: %s to %s', (before, after, changes) => {
    const step = `a: { ${WORK} }`;
    expect(tell(compareVersions(of(step, `inputs: ${before}`), of(step, `inputs: ${after}`)))).toEqual(
      changes,
    );
  });

  it.each<[string, string, string]>([
    ['', 'output: { a: 1 }', 'output minor: there was none'],
    ['output: { a: 1 }', '', 'output major: who reads it finds none'],
    ['output: { a: 1 }', 'output: { b: 1 }', 'output major: who reads a member that is gone finds none'],
    ['output: { a: 1 }', 'output: { a: 1, b: 2 }', 'output minor: has more members'],
    ['output: { a: 1 }', 'output: { a: 2, b: 2 }', 'output minor: is computed otherwise'],
    ['output: { a: 1 }', 'output: "${{ run.id }}"', 'output major: who reads it may find another shape'],
    ['output: "${{ run.id }}"', 'output: "${{ run.workflow }}"', 'output minor: is computed otherwise'],
    ['', 'concurrency: { group: a, policy: queue }', 'concurrency minor: runs behave otherwise as a whole'],
  ])('judges the rest: %j to %j', (before, after, change) => {
    const [told] = tell(compareVersions(of(`a: { ${WORK} }`, before), of(`a: { ${WORK} }`, after)));
    expect(told).toMatch(new RegExp(`^${change} `));
  });

  it('suggests what reaches furthest', () => {
    const before = of(`a: { ${WORK}, timeout: 1m }`, 'inputs: { x: { type: string } }');
    expect(
      compareVersions(before, of(`a: { ${WORK}, timeout: 2m }`, 'inputs: { x: { type: string } }')).bump,
    ).toBe('patch');
    expect(compareVersions(before, of(`b: { set: { z: 1 } }`, 'inputs: { x: { type: string } }')).bump).toBe(
      'minor',
    );
    expect(compareVersions(before, of(`a: { ${WORK}, timeout: 2m }`)).bump).toBe('major');
  });

  it('takes large plans, shows the first of their changes, and judges all of them', () => {
    const many = (from: number, last: string) =>
      of(
        [
          ...Array.from(
            { length: 2_000 },
            (_, at) => `s${from + at}: { needs: [], set: { n: ${from + at} } }`,
          ),
          last,
        ].join('\n'),
      );
    const diff = compareVersions(
      many(0, 'z: { needs: [], emit: { event: a } }'),
      many(10_000, 'z: { needs: [], emit: { event: b } }'),
    );
    expect([diff.steps.length, diff.more, diff.bump]).toEqual([500, true, 'major']);
  });

  it('is not led astray by names that objects have anyway', () => {
    const before = of(`constructor-x: { ${WORK} }`, 'inputs: { toString: { type: string } }');
    expect(tell(compareVersions(before, of(`constructor-x: { ${WORK} }`)))).toEqual([
      '- input toString major: a start that gives it is refused',
    ]);
  });

  describe('of plans that other languages made', () => {
    /** Nodes one after the other, with whatever else is told of them. */
    const sequence = (nodes: readonly (readonly [string, object])[], more: object = {}): VersionContent => ({
      inputs: {},
      plan: {
        format: 1,
        name: 'any',
        root: { flow: 'sequence', nodes: nodes.map((_, index) => index) },
        nodes: nodes.map(([id, rest], index) => ({
          ...{ index, end: index + 1, id, parent: null, branch: 0, loops: [], needs: [], dependents: [] },
          ...{ kind: 'set', onFailure: 'fail', values: { kind: 'literal', value: id } },
          ...rest,
        })),
        digest: '',
        ...more,
      } as never,
    });

    it('sees the order of a sequence, and where it goes on, by ids', () => {
      const before = sequence([
        ['a', { then: 2 }],
        ['b', {}],
        ['c', {}],
      ]);
      const after = sequence([
        ['a', { then: 3 }],
        ['x', {}],
        ['b', {}],
        ['c', { then: 'end' }],
      ]);
      expect(tell(compareVersions(before, after))).toEqual([
        '+ x minor',
        '~ b minor /needs ["a"] > ["x"]',
        '~ c minor /then – > "end"',
      ]);
    });

    it('sees what goes through it, in any dialect, but not where that is written', () => {
      const flow = (source: string, reference: string) => ({
        reference,
        from: { kind: 'expression', expression: { dialect: 'jq', source } },
      });
      const passing = (source: string, reference: string, whole: string) =>
        sequence([['a', { dataFlow: flow(source, reference) }]], { data: flow(whole, '') });
      const before = passing('.x', '/do/0', '.');
      expect(tell(compareVersions(before, passing('.x', '/do/7', '.')))).toEqual([]);
      expect(tell(compareVersions(before, passing('.y', '/do/0', '.a')))).toEqual([
        '~ a patch /dataFlow/from "${{ jq: .x }}" > "${{ jq: .y }}"',
        'data minor: runs behave otherwise as a whole /from "${{ jq: . }}" > "${{ jq: .a }}"',
      ]);
    });

    it('sees a kind, a key and a schema that it does not know', () => {
      const listen = (limitMs: number, type: string) => ({
        ...{ kind: 'listen', values: undefined, takes: 'one', limitMs },
        ...{
          eventSchema: { kind: 'literal', value: type },
          each: { as: 'x', block: { flow: 'sequence', nodes: [] } },
        },
      });
      expect(
        tell(compareVersions(sequence([['a', listen(1_000, 'x')]]), sequence([['a', listen(60_000, 'y')]]))),
      ).toEqual(['~ a patch /limit "1s" > "1m" /eventSchema/value "x" > "y"']);
    });
  });
});
