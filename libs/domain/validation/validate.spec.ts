import { describe, expect, it } from '@jest/globals';
import { parse } from '../definition/parse.js';
import { TEST_ACTIONS } from './testing/actions.js';
import { findingsOf, withSteps } from './testing/definitions.js';
import { readDefinition, validate } from './validate.js';

const COMPLETE = `sluice: 1
name: verify-repository
description: Everything that the language has.
inputs:
  service: { type: string, pattern: "^[a-z]+$", default: api }
  regions: { type: array, items: { type: string }, default: [eu-west, us-east] }
  replicas: { type: integer }
defaults: { timeout: 10m, retry: { attempts: 3, delay: 2s, factor: 2, maxDelay: 1m } }
stages:
  build:
    name: Build it
    steps:
      ci:
        uses: command/run
        with: { run: [make, "\${{ inputs.service }}"], outputLimit: "\${{ inputs.replicas * 10 }}" }
        timeout: 30m
      unit: { needs: [], uses: command/run, with: { run: [npm, test] }, onFailure: continue }
      facts: { set: { tag: "v\${{ inputs.replicas + 1 }}", whole: "\${{ inputs }}" } }
  judge:
    needs: [build]
    if: steps.ci.status == "succeeded" && !failed()
    steps:
      pause: { wait: 30s }
      pause-until: { wait: { until: 2030-01-31T08:00:00Z } }
      pause-for: { wait: { for: "\${{ steps.facts.output.pause }}" } }
      choose:
        switch:
          - if: steps.ci.output.exitCode == 0
            steps: { fine: { uses: note/add } }
          - steps:
              stop: { raise: { error: not-fine, message: "Exit code \${{ steps.ci.output.exitCode }}" } }
      both:
        parallel:
          limit: 1
          failFast: false
          branches:
            lint: { steps: { lint: { uses: note/add, with: { text: lint } } } }
            types: { steps: { types: { uses: note/add, if: true } } }
  release:
    steps:
      roll-out:
        forEach: { in: "\${{ inputs.regions }}", as: region, limit: 1 }
        steps:
          deploy: { uses: note/add, with: { text: "\${{ region }}" } }
          zones:
            forEach: { in: [a, b], failFast: false }
            steps:
              zone: { uses: note/add, with: { text: "\${{ region + item + steps.deploy.status + steps.fine.status }}" } }
      after: { if: always(), set: { all: "\${{ steps.roll-out.output[0].deploy }}" } }
output: { regions: "\${{ steps.roll-out.output }}", stage: "\${{ steps.build.status }}" }
`;

describe('readDefinition of a good definition', () => {
  const { definition, findings } = readDefinition(COMPLETE, TEST_ACTIONS);

  it('finds nothing wrong', () => {
    expect(findings).toEqual([]);
  });

  it('keeps the written order', () => {
    expect([...definition!.stages.keys()]).toEqual(['build', 'judge', 'release']);
    expect([...definition!.stages.get('judge')!.steps.keys()]).toEqual([
      'pause',
      'pause-until',
      'pause-for',
      'choose',
      'both',
    ]);
  });

  it('types every kind', () => {
    const { build, judge, release } = Object.fromEntries(definition!.stages);
    const steps = Object.fromEntries([...build!.steps, ...judge!.steps, ...release!.steps]);
    expect(build!.name).toBe('Build it');
    expect(judge).toMatchObject({ needs: ['build'], if: 'steps.ci.status == "succeeded" && !failed()' });
    expect(steps['ci']).toEqual({
      id: 'ci',
      kind: 'uses',
      uses: 'command/run',
      with: { run: ['make', '${{ inputs.service }}'], outputLimit: '${{ inputs.replicas * 10 }}' },
      timeout: '30m',
    });
    expect(steps['unit']).toMatchObject({ needs: [], onFailure: 'continue' });
    expect(steps['pause']).toMatchObject({ kind: 'wait', wait: { for: '30s' } });
    expect(steps['pause-until']).toMatchObject({ wait: { until: '2030-01-31T08:00:00Z' } });
    expect(steps['choose']).toMatchObject({
      kind: 'switch',
      switch: [{ if: 'steps.ci.output.exitCode == 0' }, {}],
    });
    expect(steps['both']).toMatchObject({ kind: 'parallel', parallel: { limit: 1, failFast: false } });
    expect(steps['roll-out']).toMatchObject({
      forEach: { in: '${{ inputs.regions }}', as: 'region', limit: 1, failFast: true },
    });
    const both = steps['both']!;
    const types = both.kind === 'parallel' ? both.parallel.branches.get('types')!.get('types') : undefined;
    expect(types).toEqual({ id: 'types', kind: 'uses', uses: 'note/add', with: {}, if: 'true' });
    expect(definition!.defaults).toEqual({
      timeout: '10m',
      retry: { attempts: 3, delay: '2s', factor: 2, maxDelay: '1m' },
    });
  });

  it('reads the same from JSON', () => {
    const small = { sluice: 1, name: 'x', stages: { s: { steps: { a: { wait: '1s' } } } } };
    const fromJson = readDefinition(JSON.stringify(small, null, '\t'), TEST_ACTIONS);
    const fromYaml = readDefinition(
      'sluice: 1\nname: x\nstages: { s: { steps: { a: { wait: 1s } } } }',
      TEST_ACTIONS,
    );
    expect(fromJson.findings).toEqual([]);
    expect(fromJson.definition).toEqual(fromYaml.definition);
  });
});

describe('all findings', () => {
  it('come at once, those of the text and those of the meaning, in the order of the text', () => {
    const text = withSteps(
      'a: { wait: soon }',
      'a: { wait: 1s }',
      'b: { wait: 1s, needs: [x] }',
      '1: 2',
    ).replace('name: x', 'nam: x');
    expect(findingsOf(text)).toEqual([
      'key-missing 1:1 name',
      'key-unknown 2:1 nam',
      'duration-invalid 6:18 stages.main.steps.a.wait',
      'key-duplicate 7:7 stages.main.steps.a',
      'needs-unknown 8:30 stages.main.steps.b.needs[0]',
      'key-not-text 9:7 stages.main.steps',
    ]);
  });

  it('are counted beyond 500', () => {
    const steps = Array.from({ length: 600 }, (_, n) => `s${n}: { wait: soon }`);
    const { findings } = readDefinition(withSteps(...steps), TEST_ACTIONS);
    expect(findings).toHaveLength(501);
    expect(findings.at(-1)).toMatchObject({
      code: 'findings-omitted',
      line: 506,
      message: expect.stringMatching(/^100 /),
    });
  });

  it('are the same from validate as from readDefinition, where the text itself has none', () => {
    const text = withSteps('a: { wait: soon }');
    expect(validate(parse(text).tree!, TEST_ACTIONS)).toEqual(readDefinition(text, TEST_ACTIONS));
  });

  it('show no more than a glimpse of what was written', () => {
    const { findings } = readDefinition(withSteps(`a: { wait: ${'x'.repeat(5_000)} }`), TEST_ACTIONS);
    expect(findings[0]!.message.length).toBeLessThan(200);
  });
});
