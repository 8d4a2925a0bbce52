import { describe, expect, it } from '@jest/globals';
import { planTasks } from '../front-ends/open-workflow/testing/run-tasks.js';
import type { Plan } from '../plan/plan.js';
import type { EarlierSteps } from './earlier-step.js';
import { RERUN_FINDINGS } from './findings.js';
import { computeSeed } from './seed.js';
import { type StepSketch, sketchPlan } from './testing/plans.js';

const done = (output?: string) => ({ status: 'succeeded', ...(output === undefined ? {} : { output }) });
const failed = { status: 'failed' };
const stage = (id: string, steps: readonly StepSketch[], more: Partial<StepSketch> = {}): StepSketch => ({
  id,
  kind: 'stage',
  blocks: [steps],
  ...more,
});

function seedOf(
  plan: Plan,
  steps: EarlierSteps,
  more: { from?: string; newPlan?: Plan; inputsEdited?: boolean; startedBy?: string } = {},
) {
  return computeSeed({ oldPlan: plan, newPlan: plan, steps, ...more });
}
const keys = (...args: Parameters<typeof seedOf>) => {
  const result = seedOf(...args);
  return result.ok
    ? Object.keys(result.seed).sort()
    : result.findings.map(({ code, step }) => {
        expect(RERUN_FINDINGS[code]).toMatch(/\.$/);
        return `${code} ${step}`;
      });
};

const LINE = sketchPlan([
  stage('build', [{ id: 'compile' }, { id: 'test' }, { id: 'lint', needs: [] }]),
  stage('release', [{ id: 'deploy' }, { id: 'verify' }]),
]);
const LINE_DONE = {
  build: done(),
  compile: done('c'),
  test: done('t'),
  lint: done('l'),
  release: done(),
  deploy: done('d'),
  verify: done('v'),
};

describe('computeSeed', () => {
  it('takes over all of a run in which nothing failed, with outputs', () => {
    expect(seedOf(LINE, LINE_DONE)).toEqual({ ok: true, seed: LINE_DONE });
    expect(seedOf(LINE, {})).toEqual({ ok: true, seed: {} });
  });

  it.each<[string, Record<string, unknown>, string | undefined, string[]]>([
    ['from a step', {}, 'deploy', ['build', 'compile', 'lint', 'test']],
    ['from a step in the middle', {}, 'compile', ['lint']],
    ['from one beside others', {}, 'lint', ['compile', 'test']],
    ['from a stage', {}, 'release', ['build', 'compile', 'lint', 'test']],
    ['from the last', {}, 'verify', ['build', 'compile', 'deploy', 'lint', 'test']],
    [
      'from the failed one',
      { release: failed, deploy: failed, verify: { status: 'skipped', skipped: 'upstream-failed' } },
      undefined,
      ['build', 'compile', 'lint', 'test'],
    ],
    ['of a failure early, nothing after it', { build: failed, lint: failed }, undefined, ['compile', 'test']],
    [
      'what its own condition did not want',
      { lint: { status: 'skipped', skipped: 'condition' } },
      'test',
      ['compile', 'lint'],
    ],
  ])('%s', (_, changes, from, expected) => {
    const steps = { ...LINE_DONE, ...changes } as EarlierSteps;
    expect(keys(LINE, steps, from === undefined ? {} : { from })).toEqual(expected);
  });

  it('takes a container that succeeded as it is, whatever a person skipped in it', () => {
    const steps = { ...LINE_DONE, test: { status: 'skipped', skipped: 'operator' } } as const;
    expect(keys(LINE, steps)).toEqual(['build', 'compile', 'deploy', 'lint', 'release', 'verify']);
    expect(keys(LINE, { ...steps, build: failed })).toEqual(['compile', 'lint']);
  });

  it('says how it was skipped, and keeps null for what it is: nothing', () => {
    const steps = {
      ...LINE_DONE,
      lint: { status: 'skipped', skipped: 'condition', output: null },
      test: { status: 'succeeded', output: null },
    } as const;
    expect(seedOf(LINE, steps)).toMatchObject({
      seed: { lint: { status: 'skipped', skipped: 'condition' }, test: { status: 'succeeded' } },
    });
  });

  describe('in loops', () => {
    const LOOPS = sketchPlan([
      stage('release', [
        { id: 'each', kind: 'forEach', blocks: [[{ id: 'deploy' }, { id: 'verify' }]] },
        { id: 'poll', kind: 'loop', blocks: [[{ id: 'check' }, { id: 'note' }]] },
        { id: 'tell' },
      ]),
    ]);
    const turns = (id: string, count: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`${id}[${index}]`, done(`${id}${index}`)]),
      );
    const STEPS = {
      release: done(),
      each: done(),
      ...turns('deploy', 3),
      ...turns('verify', 3),
      poll: done(),
      ...turns('check', 3),
      ...turns('note', 3),
      tell: done(),
    };

    it('keeps the other turns of a forEach', () => {
      expect(keys(LOOPS, STEPS, { from: 'deploy[1]' })).toEqual([
        'deploy[0]',
        'deploy[2]',
        'verify[0]',
        'verify[2]',
      ]);
      expect(keys(LOOPS, STEPS, { from: 'verify[1]' })).toContain('deploy[1]');
      expect(keys(LOOPS, STEPS, { from: 'each' })).toEqual([]);
    });

    it('keeps the turns of a loop up to the one that runs again', () => {
      const kept = keys(LOOPS, STEPS, { from: 'check[1]' });
      expect(kept.filter((key) => /^(check|note)/.test(key))).toEqual(['check[0]', 'note[0]']);
      expect(kept).toContain('each');
      const again = {
        ...STEPS,
        release: failed,
        poll: failed,
        'note[2]': failed,
        tell: { status: 'skipped' },
      };
      expect(keys(LOOPS, again).filter((key) => /^(check|note|poll|tell)/.test(key))).toEqual([
        'check[0]',
        'check[1]',
        'check[2]',
        'note[0]',
        'note[1]',
      ]);
    });

    it.each([
      ['none', 'rerun-from-unknown none'],
      ['deploy', 'rerun-from-loop deploy'],
      ['deploy[3]', 'rerun-from-unknown deploy[3]'],
      ['deploy[01]', 'rerun-from-unknown deploy[01]'],
      ['deploy[0][0]', 'rerun-from-unknown deploy[0][0]'],
      ['deploy[x]', 'rerun-from-unknown deploy[x]'],
      ['tell[0]', 'rerun-from-unknown tell[0]'],
      ['__proto__', 'rerun-from-unknown __proto__'],
      ['', 'rerun-from-unknown '],
    ])('refuses from %s', (from, finding) => {
      expect(keys(LOOPS, STEPS, { from })).toEqual([finding]);
    });

    it('keeps no turn of a list that may be another one', () => {
      const source = (text: string) => ({
        in: { kind: 'expression', expression: { dialect: 'cel', source: text } },
      });
      const of = (text: string, digest: string) =>
        sketchPlan(
          [stage('s', [{ id: 'each', kind: 'forEach', blocks: [[{ id: 'deploy' }]], more: source(text) }])],
          digest,
        );
      const steps = { s: failed, each: failed, 'deploy[0]': done(), 'deploy[1]': failed };
      const byInputs = of('inputs.regions', 'a');
      expect(keys(byInputs, steps)).toEqual(['deploy[0]']);
      expect(keys(byInputs, steps, { inputsEdited: true })).toEqual([]);
      expect(keys(byInputs, steps, { inputsEdited: true, from: 'deploy[1]' })).toEqual([
        'rerun-list-differs deploy[1]',
      ]);
      expect(keys(of('steps.x.output', 'a'), steps, { inputsEdited: true })).toEqual(['deploy[0]']);
      expect(keys(byInputs, steps, { newPlan: of('inputs.others', 'b') })).toEqual([]);
    });
  });

  it('enters containers again: other branches stay, a catch and what comes at last do not', () => {
    const plan = sketchPlan([
      stage('s', [
        { id: 'both', kind: 'parallel', blocks: [[{ id: 'left' }, { id: 'left-2' }], [{ id: 'right' }]] },
        {
          id: 'attempt',
          kind: 'try',
          needs: [],
          blocks: [[{ id: 'body' }], [{ id: 'rescue' }], [{ id: 'clean' }]],
        },
        { id: 'choose', kind: 'switch', needs: [], blocks: [[{ id: 'first' }], [{ id: 'other' }]] },
      ]),
    ]);
    const steps = {
      s: done(),
      both: done(),
      left: done(),
      'left-2': done(),
      right: done(),
      attempt: done(),
      body: failed,
      rescue: done(),
      clean: done(),
      choose: done(),
      other: done(),
    };
    expect(keys(plan, steps, { from: 'left' })).toEqual([
      'attempt',
      'choose',
      'clean',
      'other',
      'rescue',
      'right',
    ]);
    expect(keys(plan, steps, { from: 'rescue' })).toEqual([
      'both',
      'choose',
      'left',
      'left-2',
      'other',
      'right',
    ]);
    expect(keys(plan, { ...steps, body: done() }, { from: 'clean' })).toContain('body');
    expect(keys(plan, steps, { from: 'other' })).not.toContain('choose');
  });

  describe('never steps over', () => {
    const guarded = (more: object) =>
      sketchPlan([
        stage('sign', [{ id: 'sign-off', kind: 'approval', more: { onReject: 'stop', ...more } }]),
        stage('release', [{ id: 'deploy' }]),
      ]);
    const rejected = {
      sign: done(),
      'sign-off': { status: 'succeeded', output: { decision: 'rejected' } },
      release: { status: 'skipped', skipped: 'rejected' },
    } as const;

    it('an approval that was not given', () => {
      expect(keys(guarded({}), rejected)).toEqual([]);
      expect(keys(guarded({ onReject: 'continue' }), rejected)).toEqual(['sign', 'sign-off']);
      const approved = { ...rejected, 'sign-off': { status: 'succeeded', output: { decision: 'approved' } } };
      expect(keys(guarded({}), approved)).toEqual(['sign', 'sign-off']);
      expect(keys(guarded({}), { ...rejected, 'sign-off': done('odd') })).toEqual([]);
    });

    it('an approval that was given for something else, or by who runs it again', () => {
      const given = (by: string[]) =>
        ({
          sign: done(),
          'sign-off': { status: 'succeeded', output: { decision: 'approved', by } },
          release: done(),
          deploy: done(),
        }) as const;
      const plan = guarded({ selfApproval: false });
      const all = ['deploy', 'release', 'sign', 'sign-off'];
      expect(keys(plan, given(['bob']), { startedBy: 'ann' })).toEqual(all);
      expect(keys(plan, given(['bob']), { startedBy: 'bob' })).toEqual([]);
      expect(keys(guarded({ selfApproval: true }), given(['bob']), { startedBy: 'bob' })).toEqual(all);
      expect(keys(plan, given(['bob']), { startedBy: 'ann', inputsEdited: true })).toEqual([]);
    });

    it('what was undone', () => {
      const plan = sketchPlan([stage('s', [{ id: 'a' }, { id: 'deploy', compensated: true }, { id: 'b' }])]);
      const steps = { s: done(), a: done(), deploy: done(), b: done() };
      expect(keys(plan, steps)).toEqual(['a', 'b', 'deploy', 's']);
      expect(keys(plan, { ...steps, 'deploy:compensate': done() })).toEqual(['a']);
      expect(keys(plan, { ...steps, 'deploy:compensate': failed })).toEqual(['a']);
      expect(keys(plan, steps, { from: 'deploy:compensate' })).toEqual([
        'rerun-from-unknown deploy:compensate',
      ]);
    });

    it('what was undone together with all that it holds', () => {
      const plan = sketchPlan([
        stage('s', [
          { id: 'a' },
          { id: 'all', kind: 'parallel', compensated: true, blocks: [[{ id: 'x' }]] },
        ]),
      ]);
      const steps = { s: done(), a: done(), all: done(), x: done(), 'all:compensate': done() };
      expect(keys(plan, steps)).toEqual(['a']);
    });
  });

  describe('on a newer version', () => {
    const version = (stages: readonly StepSketch[]) => sketchPlan(stages, 'sha256:01');
    const BUILD = stage('build', [{ id: 'compile' }, { id: 'test' }, { id: 'lint', needs: [] }]);
    const RELEASE = stage('release', [{ id: 'deploy' }, { id: 'verify' }]);

    it.each<[string, readonly StepSketch[], string | undefined, string[]]>([
      [
        'other inputs of a step do no harm',
        [{ ...BUILD, more: { name: 'x' } }, RELEASE],
        'deploy',
        ['build', 'compile', 'lint', 'test'],
      ],
      [
        'a step removed',
        [stage('build', [{ id: 'compile' }, { id: 'test' }]), RELEASE],
        'deploy',
        ['rerun-step-removed lint'],
      ],
      [
        'a step removed after where it begins',
        [BUILD, stage('release', [{ id: 'deploy' }])],
        'deploy',
        ['build', 'compile', 'lint', 'test'],
      ],
      [
        'another kind',
        [
          stage('build', [{ id: 'compile' }, { id: 'test', kind: 'set' }, { id: 'lint', needs: [] }]),
          RELEASE,
        ],
        'deploy',
        ['rerun-step-changed test'],
      ],
      [
        'another place',
        [stage('build', [{ id: 'compile' }, { id: 'test' }]), stage('more', [{ id: 'lint' }]), RELEASE],
        'deploy',
        ['rerun-step-moved lint'],
      ],
      [
        'into a loop',
        [
          stage('build', [
            { id: 'compile' },
            { id: 'test' },
            { id: 'l', kind: 'forEach', blocks: [[{ id: 'lint' }]] },
          ]),
          RELEASE,
        ],
        'verify',
        ['rerun-step-moved lint', 'rerun-step-added l'],
      ],
      [
        'a new step in what stays',
        [
          stage('build', [{ id: 'compile' }, { id: 'scan' }, { id: 'test' }, { id: 'lint', needs: [] }]),
          RELEASE,
        ],
        'deploy',
        ['rerun-step-added scan'],
      ],
      [
        'a new step before what stays',
        [BUILD, stage('release', [{ id: 'scan' }, { id: 'deploy' }, { id: 'verify' }])],
        'verify',
        ['rerun-step-added scan'],
      ],
      [
        'from the new step',
        [BUILD, stage('release', [{ id: 'scan' }, { id: 'deploy' }, { id: 'verify' }])],
        'scan',
        ['build', 'compile', 'lint', 'test'],
      ],
      [
        'a new step after where it begins',
        [BUILD, stage('release', [{ id: 'deploy' }, { id: 'scan' }, { id: 'verify' }])],
        'deploy',
        ['build', 'compile', 'lint', 'test'],
      ],
      [
        'a new step beside',
        [BUILD, stage('release', [{ id: 'deploy' }, { id: 'verify' }, { id: 'scan', needs: [] }])],
        'verify',
        ['build', 'compile', 'deploy', 'lint', 'test'],
      ],
      ['a new order', [RELEASE, BUILD], 'deploy', []],
    ])('%s', (_, stages, from, expected) => {
      const result = keys(LINE, LINE_DONE, {
        newPlan: version(stages),
        ...(from === undefined ? {} : { from }),
      });
      expect(result).toEqual(expected);
    });

    it('says what fits', () => {
      const newPlan = version([
        BUILD,
        stage('release', [{ id: 'scan' }, { id: 'deploy' }, { id: 'verify' }]),
      ]);
      expect(seedOf(LINE, LINE_DONE, { newPlan, from: 'verify' })).toEqual({
        ok: false,
        findings: [
          {
            code: 'rerun-step-added',
            step: 'scan',
            message: expect.stringContaining('`deploy`'),
            hint: expect.stringContaining('Rerun from `scan`'),
          },
        ],
      });
      expect(seedOf(LINE, LINE_DONE, { from: 'deply' })).toMatchObject({
        findings: [{ hint: 'Did you mean "deploy"?' }],
      });
    });
  });

  it('is linear: 60,000 turns', () => {
    const plan = sketchPlan([stage('s', [{ id: 'poll', kind: 'loop', blocks: [[{ id: 'check' }]] }])]);
    const steps = Object.fromEntries(Array.from({ length: 60_000 }, (_, turn) => [`check[${turn}]`, done()]));
    const kept = keys(plan, { s: failed, poll: failed, ...steps, 'check[59999]': failed });
    expect(kept).toHaveLength(59_999);
  });

  it('takes nothing over where steps hand their data on, and begins with none of them', () => {
    const plan = planTasks('do: [a: { set: { x: 1 } }, b: { set: { y: 1 } }]');
    const steps = { a: { status: 'succeeded', output: { x: 1 } }, b: { status: 'failed' } } as const;
    expect(computeSeed({ oldPlan: plan, newPlan: plan, steps })).toEqual({ ok: true, seed: {} });
    expect(computeSeed({ oldPlan: plan, newPlan: plan, steps, from: 'b' })).toMatchObject({
      ok: false,
      findings: [{ code: 'rerun-of-sequence', step: 'b' }],
    });
  });
});
