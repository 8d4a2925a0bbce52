import { describe, expect, it } from '@jest/globals';
import { findingsOf, hintOf, withSteps } from './testing/definitions.js';

describe('references', () => {
  it.each([
    [
      'bad syntax, where it is bad',
      withSteps('a: { set: { x: "a ${{ 1 + }}" } }'),
      [expect.stringMatching(/^expression-invalid 6:(29|30|31|32) stages.main.steps.a.set.x$/)],
    ],
    [
      'bad syntax in a condition',
      withSteps('a: { if: 1 +, wait: 1s }'),
      [expect.stringMatching(/^expression-invalid 6:(16|17|18|19) stages.main.steps.a.if$/)],
    ],
    [
      'a template without an end',
      withSteps('a: { set: { x: "a ${{ 1" } }'),
      ['template-invalid 6:25 stages.main.steps.a.set.x'],
    ],
    [
      'a template in a key',
      withSteps('a: { set: { "${{ 1 }}": 1 } }'),
      ['template-invalid 6:19 stages.main.steps.a.set["${{ 1 }}"]'],
    ],
    [
      'a condition in a template',
      withSteps('a: { if: "${{ true }}", wait: 1s }'),
      ['condition-in-template 6:16 stages.main.steps.a.if'],
    ],
    [
      'unknown inputs, steps and names',
      withSteps('a: { set: { x: "${{ inputs.no }}", y: "${{ steps.no.output }}", z: "${{ no }}" } }'),
      [
        'reference-unknown-input 6:27 stages.main.steps.a.set.x',
        'reference-unknown-step 6:50 stages.main.steps.a.set.y',
        'reference-unknown-name 6:79 stages.main.steps.a.set.z',
      ],
    ],
    [
      'what is not declared',
      withSteps('a: { set: { x: "${{ event.a }}", y: "${{ env.A }}", z: "${{ secrets.a }}" } }'),
      [
        'reference-unknown-name 6:27 stages.main.steps.a.set.x',
        'reference-unknown-name 6:48 stages.main.steps.a.set.y',
        'reference-unknown-name 6:67 stages.main.steps.a.set.z',
      ],
    ],
    [
      'steps chosen at run time',
      withSteps('a: { set: { x: "${{ steps[run.id] }}", y: "${{ steps }}" } }'),
      [
        'reference-dynamic-step 6:27 stages.main.steps.a.set.x',
        'reference-dynamic-step 6:54 stages.main.steps.a.set.y',
      ],
    ],
    [
      'status functions elsewhere',
      withSteps(
        'a: { set: { x: "${{ failed() }}" } }',
        'b: { switch: [{ if: always(), steps: { c: { wait: 1s } } }] }',
      ),
      [
        'status-outside-if 6:27 stages.main.steps.a.set.x',
        'status-outside-if 7:27 stages.main.steps.b.switch[0].if',
      ],
    ],
    [
      'a step of its own and one below',
      withSteps('a: { set: { x: "${{ steps.a.status + steps.b.status }}" } }', 'b: { wait: 1s }'),
      [
        'reference-not-ordered 6:27 stages.main.steps.a.set.x',
        'reference-not-ordered 6:27 stages.main.steps.a.set.x',
      ],
    ],
    [
      'a step beside',
      withSteps('a: { wait: 1s }', 'b: { needs: [], if: steps.a.status == "failed", wait: 1s }'),
      ['reference-not-ordered 7:27 stages.main.steps.b.if'],
    ],
    [
      'the container of a step',
      withSteps(
        'a: { forEach: { in: [1] }, steps: { b: { set: { x: "${{ steps.a.status + steps.main.status }}" } } } }',
      ),
      [
        'reference-not-ordered 6:63 stages.main.steps.a.steps.b.set.x',
        'reference-not-ordered 6:63 stages.main.steps.a.steps.b.set.x',
      ],
    ],
    [
      'another branch, another case, and what comes later',
      withSteps(
        'a: { parallel: { branches: { x: { steps: { a1: { wait: 1s } } }, y: { steps: { a2: { if: steps.a1.attempts > 1, wait: 1s } } } } } }',
        'b: { switch: [{ if: steps.b1.attempts > 1, steps: { b1: { wait: 1s } } }] }',
      ),
      [
        'reference-not-ordered 6:96 stages.main.steps.a.parallel.branches.y.steps.a2.if',
        'reference-not-ordered 7:27 stages.main.steps.b.switch[0].if',
      ],
    ],
    [
      'a step in a loop, from outside',
      `${withSteps('a: { forEach: { in: [1] }, steps: { b: { wait: 1s } } }', 'c: { set: { x: "${{ steps.b.output }}" } }')}output: "\${{ steps.b.output }}"\n`,
      ['reference-into-loop 7:27 stages.main.steps.c.set.x', 'reference-into-loop 8:14 output'],
    ],
    [
      'the variable of a loop, from outside',
      withSteps(
        'a: { forEach: { in: "${{ item }}" }, if: item > 1, steps: { b: { if: item > 1, wait: 1s } } }',
        'c: { if: item > 1, wait: 1s }',
      ),
      [
        'reference-unknown-name 6:32 stages.main.steps.a.forEach.in',
        'reference-unknown-name 6:48 stages.main.steps.a.if',
        'reference-unknown-name 7:16 stages.main.steps.c.if',
      ],
    ],
    [
      'the variables of loop, catch and waitFor, from outside',
      withSteps(
        'a: { loop: { until: turn.index > 1 }, if: turn.index > 1, steps: { b: { wait: 1s } } }',
        'c: { try: { steps: { d: { if: has(error.code), wait: 1s } }, catch: [{ steps: { e: { if: has(error.code), wait: 1s } } }] } }',
        'f: { waitFor: { event: "${{ event.name }}", if: event.by == "a" } }',
      ),
      [
        'reference-unknown-name 6:49 stages.main.steps.a.if',
        'reference-unknown-name 7:37 stages.main.steps.c.try.steps.d.if',
        'reference-unknown-name 8:35 stages.main.steps.f.waitFor.event',
      ],
    ],
    [
      'a step of a loop before its turn, or a step of a loop in a loop',
      withSteps(
        'a: { loop: { while: steps.b.attempts > 1 }, steps: { b: { wait: 1s } } }',
        'c: { loop: { until: steps.c.attempts > 1 }, steps: { d: { wait: 1s } } }',
        'e: { loop: { until: steps.g.attempts > 1 }, steps: { f: { forEach: { in: [1] }, steps: { g: { wait: 1s } } } } }',
        'h: { if: steps.b.attempts > 1, wait: 1s }',
      ),
      [
        'reference-not-ordered 6:27 stages.main.steps.a.loop.while',
        'reference-not-ordered 7:27 stages.main.steps.c.loop.until',
        'reference-into-loop 8:27 stages.main.steps.e.loop.until',
        'reference-into-loop 9:16 stages.main.steps.h.if',
      ],
    ],
    [
      'a step of a catch from the body, of another catch, and of finally from a catch',
      withSteps(
        'a: { try: { steps: { b: { if: steps.c.attempts > 1, wait: 1s } },',
        '  catch: [{ errors: [auth], steps: { c: { wait: 1s } } }, { steps: { d: { if: steps.c.attempts + steps.f.attempts > 1, wait: 1s } } }],',
        '  finally: { steps: { f: { wait: 1s } } } } }',
      ),
      [
        'reference-not-ordered 6:37 stages.main.steps.a.try.steps.b.if',
        'reference-not-ordered 7:85 stages.main.steps.a.try.catch[1].steps.d.if',
        'reference-not-ordered 7:85 stages.main.steps.a.try.catch[1].steps.d.if',
      ],
    ],
    [
      'in a compensation, a step in its own forEach, one beside and one below',
      withSteps(
        'a: { forEach: { in: [1] }, steps: { b: { wait: 1s } }, compensate: { uses: note/add, with: { text: "${{ steps.b.status }}" } } }',
        'c: { needs: [], wait: 1s, compensate: { uses: note/add, with: { text: "${{ steps.a.status + steps.d.status }}" } } }',
        'd: { wait: 1s }',
      ),
      [
        'reference-into-loop 6:111 stages.main.steps.a.compensate.with.text',
        'reference-not-ordered 7:82 stages.main.steps.c.compensate.with.text',
        'reference-not-ordered 7:82 stages.main.steps.c.compensate.with.text',
      ],
    ],
    [
      'an unknown step in the output',
      `${withSteps('a: { wait: 1s }')}output: { x: "\${{ steps.b.output }}" }\n`,
      ['reference-unknown-step 7:19 output.x'],
    ],
  ])('refuses %s', (_, text, findings) => {
    expect(findingsOf(text)).toEqual(findings);
  });

  it.each([
    [
      'a step above, through others',
      withSteps('a: { wait: 1s }', 'b: { wait: 1s }', 'c: { if: steps.a.attempts > 1, wait: 1s }'),
    ],
    [
      'a step needed, written below',
      withSteps('a: { needs: [b], if: steps.b.attempts > 1, wait: 1s }', 'b: { needs: [], wait: 1s }'),
    ],
    [
      'a step inside a container above',
      withSteps(
        'a: { parallel: { branches: { x: { steps: { a1: { wait: 1s } } } } } }',
        'b: { switch: [{ steps: { b1: { if: steps.a1.attempts > 1, wait: 1s } } }] }',
        'c: { if: steps.b1.attempts > 1, wait: 1s }',
      ),
    ],
    [
      'a step of a stage before',
      'sluice: 1\nname: x\nstages:\n  s: { steps: { a: { wait: 1s } } }\n  t: { if: steps.a.attempts > 1, steps: { b: { if: steps.a.attempts > 1, wait: 1s } } }',
    ],
    [
      'the same iteration',
      withSteps(
        'a: { forEach: { in: [1] }, steps: { b: { wait: 1s }, c: { if: steps.b.attempts > 1, wait: 1s } } }',
      ),
    ],
    [
      'in `until`, the steps of the turn that ended, and its number',
      withSteps(
        'a: { wait: 1s }',
        'b: { loop: { while: steps.a.attempts > 0 && turn.index < 2, until: steps.c.attempts + steps.d.attempts > turn.index }, steps: { c: { wait: 1s }, e: { switch: [{ steps: { d: { if: turn.previous == null, wait: 1s } } }] } } }',
      ),
    ],
    [
      'in a catch the body, in finally both, after all of them each',
      withSteps(
        'a: { try: { steps: { b: { wait: 1s }, g: { switch: [{ steps: { h: { wait: 1s } } }] } },',
        '  catch: [{ steps: { c: { if: steps.b.attempts + steps.h.attempts > 0 && error.class == "auth", wait: 1s } } }],',
        '  finally: { steps: { f: { if: steps.b.attempts + steps.c.attempts > 1, wait: 1s } } } } }',
        'z: { if: steps.b.attempts + steps.c.attempts + steps.f.attempts > 1, wait: 1s }',
      ),
    ],
    [
      'in a compensation, the step itself, what it holds and what it sees',
      withSteps(
        'a: { wait: 1s }',
        'l: { forEach: { in: [1] }, steps: { b: { uses: note/add, compensate: { uses: note/add, with: { text: "${{ item }} ${{ steps.a.status }} ${{ steps.b.output }}" } } } } }',
        's: { switch: [{ steps: { t: { wait: 1s } } }], compensate: { uses: note/add, with: { text: "${{ steps.t.status }}" } } }',
      ),
    ],
    [
      'any step, in the output',
      `${withSteps('a: { needs: [], wait: 1s }', 'b: { needs: [], wait: 1s }')}output: ["\${{ steps.a.status + steps.b.status }}"]\n`,
    ],
    ['characters that look like a template', withSteps('a: { set: { x: "$${{ no }}" } }')],
  ])('takes %s', (_, text) => {
    expect(findingsOf(text)).toEqual([]);
  });

  it('tells how to read a loop', () => {
    const loop =
      'a: { forEach: { in: [1] }, steps: { b: { forEach: { in: [1], as: x }, steps: { c: { wait: 1s } } } } }';
    expect(hintOf(withSteps(loop, 'd: { set: { x: "${{ steps.b.output }}" } }'))).toContain(
      '`steps.a.output[i].b`',
    );
    expect(hintOf(withSteps(loop, 'd: { set: { x: "${{ steps.c.output }}" } }'))).toContain(
      '`steps.a.output`',
    );
  });

  it('tells how to read a loop of turns', () => {
    const loop = 'a: { loop: { while: true }, steps: { b: { wait: 1s } } }';
    expect(hintOf(withSteps(loop, 'd: { set: { x: "${{ steps.b.output }}" } }'))).toContain(
      'that of the last turn: `steps.a.output.b`',
    );
  });

  it('does not judge the order behind a circle', () => {
    const text = withSteps(
      'a: { needs: [b], wait: 1s }',
      'b: { wait: 1s }',
      'c: { if: steps.d.attempts > 1, wait: 1s }',
      'd: { wait: 1s }',
    );
    expect(findingsOf(text)).toEqual(['needs-cycle 6:20 stages.main.steps.a.needs[0]']);
  });
});
