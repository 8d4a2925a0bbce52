import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '../../contracts/catalogue/catalogue.js';
import { planFrom } from '../execution/testing/plan-from.js';
import { readWorkflow } from '../front-ends/read-workflow.js';
import { forecast } from './forecast.js';

const shown = (steps: string, inputs = {}, missing: string[] = [], more = '') =>
  forecast(planFrom(steps, more), inputs, missing);

/** Outlook, wave and input of each leaf. */
const outlooks = (steps: string, inputs = {}, missing: string[] = [], more = '') =>
  shown(steps, inputs, missing, more)
    .steps.filter(({ kind }) => kind !== 'stage')
    .map(({ key, outlook }) => `${key} ${outlook}`);

const STANDARD = 'document: { dsl: 1.0.3, namespace: default, name: x, version: 1.0.0 }';
const INPUTS = 'inputs: { n: { type: integer, default: 1 }, list: { type: array, default: [a, b] } }';

describe('forecast', () => {
  it('shows what is known, and the source of what is not', () => {
    const { steps, output } = shown(
      `a: { set: { x: "\${{ inputs.n + 1 }}", l: [0, "\${{ inputs.n }}"], t: "v\${{ inputs.n }}" } }
b: { DO, with: { known: "\${{ steps.a.output }}", text: "v\${{ inputs.n }}-\${{ steps.a.status }}" } }
c: { DO, with: { unknown: "\${{ steps.b.output.y }}", both: "\${{ inputs.n }}/\${{ run.id }}" } }`,
      { n: 1, list: [] },
      [],
      `${INPUTS}\noutput: { x: "\${{ steps.a.output.x }}", y: "\${{ steps.c.output.y }}" }`,
    );
    expect(steps.find(({ id }) => id === 'b')?.input).toEqual({
      known: { x: 2, l: [0, 1], t: 'v1' },
      text: 'v1-succeeded',
    });
    expect(steps.find(({ id }) => id === 'c')?.input).toEqual({
      unknown: '${{ steps.b.output.y }}',
      both: '1/${{ run.id }}',
    });
    expect(output).toEqual({ x: 2, y: '${{ steps.c.output.y }}' });
  });

  it.each<[string, string, readonly string[]]>([
    [
      'a condition that is known',
      'a: { DO, if: inputs.n == 2 }\nb: { DO, if: inputs.n == 1 }',
      ['a skipped', 'b runs'],
    ],
    ['one that is not', 'a: { DO }\nb: { DO, if: steps.a.output.x }', ['a runs', 'b may-run']],
    [
      'a case that is known',
      'a: { switch: [{ if: inputs.n == 2, steps: { b: { DO } } }, { steps: { c: { DO } } }] }',
      ['a runs', 'c runs'],
    ],
    [
      'cases that are not',
      'z: { DO }\na: { switch: [{ if: steps.z.output.x, steps: { b: { DO } } }, { steps: { c: { DO } } }] }',
      ['z runs', 'a runs', 'b may-run', 'c may-run'],
    ],
    [
      'a known list',
      'a: { forEach: { in: "${{ inputs.list }}", as: i }, steps: { b: { DO } } }',
      ['a runs', 'b[0] runs', 'b[1] runs'],
    ],
    [
      'an unknown list',
      'z: { DO }\na: { forEach: { in: "${{ steps.z.output.l }}", as: i }, steps: { b: { DO, with: { i: "${{ i }}" } } } }',
      ['z runs', 'a runs', 'b[*] runs'],
    ],
    [
      'a loop',
      'a: { loop: { until: steps.b.output.done, max: 5 }, steps: { b: { DO } } }',
      ['a runs', 'b[*] runs'],
    ],
    [
      'what a failure calls for',
      'a: { try: { steps: { b: { DO } }, catch: [{ steps: { c: { DO } } }], finally: { steps: { d: { DO } } } } }\ne: { DO, compensate: { DO } }',
      ['a runs', 'b runs', 'd runs', 'e runs', 'c on-failure', 'e:compensate on-failure'],
    ],
    [
      'all branches of a race',
      'a: { parallel: { quorum: 1, branches: { x: { steps: { b: { DO } } }, y: { steps: { c: { wait: 1m } } } } } }',
      ['a runs', 'b runs', 'c runs'],
    ],
    [
      'an error that may be raised',
      'z: { DO }\na: { if: steps.z.output.x, raise: { error: e, message: m } }\nb: { DO }',
      ['z runs', 'a may-run', 'b runs'],
    ],
    [
      'an unknown combination of lists',
      'z: { DO }\na: { forEach: { matrix: { x: [1, 2], y: "${{ steps.z.output.l }}" } }, steps: { b: { DO, with: { x: "${{ item.x }}" } } } }',
      ['z runs', 'a runs', 'b[*] runs'],
    ],
    [
      'a known combination of lists',
      'a: { forEach: { matrix: { x: [1, 2], y: "${{ inputs.list }}" }, exclude: [{ x: 1, y: b }] }, steps: { b: { DO } } }',
      ['a runs', 'b[0] runs', 'b[1] runs', 'b[2] runs'],
    ],
    [
      'pauses that are not known',
      'z: { DO }\na: { wait: "${{ steps.z.output.d }}" }\nb: { wait: { until: "${{ steps.z.output.t }}" } }',
      ['z runs', 'a runs', 'b runs'],
    ],
    [
      'what fails for sure, and asks a person what to do',
      'a: { DO, onFailure: intervene, with: { x: "${{ inputs.n / 0 }}" } }\nb: { DO }',
      ['a skipped', 'b runs'],
    ],
    [
      'events that are sent',
      'a: { emit: { event: "go-${{ inputs.n }}", data: "${{ run.id }}" } }\nb: { DO }',
      ['a runs', 'b runs'],
    ],
    [
      'approvals and events',
      'a: { approval: { by: [x], quorum: 2 } }\nb: { waitFor: { event: go, if: event.data.x } }\nc: { DO }',
      ['a runs', 'b runs', 'c runs'],
    ],
  ])('takes %s', (_, steps, expected) => {
    expect(outlooks(steps, { n: 1, list: ['a', 'b'] }, [], INPUTS)).toEqual(expected);
  });

  it('takes an input without a value for not known', () => {
    const { steps, missingInputs } = shown(
      'a: { DO, with: { n: "${{ inputs.n }}" } }',
      {},
      ['n'],
      'inputs: { n: { type: integer } }',
    );
    expect(steps.at(-1)?.input).toEqual({ n: '${{ inputs.n }}' });
    expect(missingInputs).toEqual(['n']);
  });

  it('finds waves, the longest chain, waits and claims', () => {
    const found = shown(
      `a: { DO, locks: ["l-\${{ inputs.n }}"] }
b: { needs: [], parallel: { branches: { x: { steps: { c: { DO }, d: { wait: 1h } } }, y: { steps: { e: { DO } } } } } }
f: { DO, needs: [a, b] }`,
      { n: 1, list: [] },
      [],
      INPUTS,
    );
    expect(
      Object.fromEntries(found.steps.flatMap(({ id, wave }) => (wave === undefined ? [] : [[id, wave]]))),
    ).toEqual({ a: 1, c: 1, e: 1, d: 2, f: 3 });
    expect(found.longestChain).toEqual(['c', 'd', 'f']);
    expect(found.waitsMs).toBe(3_600_000);
    expect(found.steps.find(({ id }) => id === 'a')?.claims?.locks).toEqual(['l-1']);
  });

  it('takes time that grows with the steps', () => {
    const steps = Array.from(
      { length: 9_000 },
      (_, index) => `s${index}: { DO${index % 2 ? '' : ', needs: []'} }`,
    );
    expect(shown(steps.join('\n')).steps).toHaveLength(9_001);
  });
});

describe('forecast of the standard language', () => {
  const known = (tasks: string) => {
    const { workflow, findings } = readWorkflow(`${STANDARD}\ndo:\n${tasks}`, ACTIONS);
    expect(findings).toEqual([]);
    return forecast(
      workflow!.compile(() => 1),
      {},
      [],
    ).steps;
  };

  it.each<[string, string, readonly string[], string]>([
    [
      'an event that is sent',
      '  - a: { emit: { event: { with: { source: "urn:a", type: go, data: { n: "${ .x }", l: [1, "v${ .y }"] } } } } }\n  - b: { set: { n: 1 } }',
      ['a emit runs', 'b set runs'],
      'emits {"source":"urn:a","type":"go","data":{"n":"${{ .x }}","l":[1,"v${{ .y }}"]}}',
    ],
    [
      'a loop that goes on while something is so',
      '  - a: { for: { each: i, in: "${ .l }" }, while: "${ .n < 3 }", do: [{ b: { set: { n: "${ $i }" } } }] }',
      ['a forEach runs', 'b[*] set runs'],
      '1 at once',
    ],
    [
      'every event',
      '  - a: { listen: { to: { any: [] } } }\n  - b: { set: { n: 1 } }',
      ['a listen runs', 'b set runs'],
      'listens for every event',
    ],
    [
      'events of all kinds',
      '  - a: { listen: { to: { all: [{ with: { type: x } }, { with: { type: y } }] } } }',
      ['a listen runs'],
      'listens for all of 2 kinds of event',
    ],
    [
      'events until others come, with something to do for each',
      '  - a: { listen: { to: { any: [{ with: { type: x } }], until: { one: { with: { type: y } } } } }, foreach: { item: each, do: [{ b: { set: { n: "${ $each }" } } }] } }',
      ['a listen runs', 'b[*] set runs'],
      'listens for any of 1 kinds of event until others come',
    ],
    [
      'events until something is so',
      '  - a: { listen: { to: { any: [{ with: { type: x } }], until: "${ .n == 1 }" } } }',
      ['a listen runs'],
      'listens for any of 1 kinds of event until [.n == 1',
    ],
    [
      'a call of another workflow',
      '  - a: { set: { n: 1 } }\n  - b: { run: { workflow: { namespace: default, name: other, version: latest, input: { n: "${ .n }", l: [1, "v${ .n }"] } } } }',
      ['a set runs', 'b workflow runs'],
      '',
    ],
  ])('takes %s', (_, tasks, expected, note) => {
    const steps = known(tasks);
    expect(steps.map(({ key, kind, outlook }) => `${key} ${kind} ${outlook}`)).toEqual(expected);
    expect(steps[0]!.notes[0] ?? '').toContain(note);
  });
});

it('raises an error that is made of data', () => {
  const text = `${STANDARD}\ndo:\n  - a: { raise: { error: { type: "https://x/y", status: 400, detail: "why \${ .n }" } } }`;
  const { workflow } = readWorkflow(text, ACTIONS);
  const [step] = forecast(
    workflow!.compile(() => 1),
    {},
    [],
  ).steps;
  expect(step!.notes[0]).toContain('raises {');
});

describe('forecast of a group', () => {
  it('shows what is known of its name', () => {
    const concurrency = 'concurrency: { group: "a-${{ inputs.n }}-${{ run.id }}", policy: queue }';
    const found = shown('a: { DO }', { n: 1, list: [] }, [], `${INPUTS}\n${concurrency}`);
    expect(found.concurrency).toMatchObject({ group: 'a-1-${{ run.id }}' });
  });

  it('shows how it was written where its name fails', () => {
    const concurrency = 'concurrency: { group: "a-${{ inputs.n / 0 }}", policy: queue }';
    const found = shown('a: { DO }', { n: 1, list: [] }, [], `${INPUTS}\n${concurrency}`);
    expect(found.concurrency).toMatchObject({ group: 'a-${{ inputs.n / 0 }}' });
  });
});
