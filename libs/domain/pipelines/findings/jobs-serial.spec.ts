import { describe, expect, it } from '@jest/globals';
import { detectPipelines } from '../detect.js';

const found = (jobs: string) => {
  const file = '.gitlab-ci.yml';
  const { findings } = detectPipelines({ files: [file], texts: new Map([[file, jobs]]) });
  return findings
    .filter(({ code }) => code === 'jobs-serial')
    .map(({ message, gain }) => `${message} ${gain}`);
};

const first = 'a: { stage: build, script: make }\n';

describe('a job that waits for one from which it takes nothing', () => {
  it('could start at once', () => {
    expect(
      found(`${first}b: { stage: test, needs: [{ job: a, artifacts: false }], script: make lint }`),
    ).toEqual([
      'b waits for a, but takes no artifact, output or cache from it. It starts at once, not after 1 job.',
    ]);
  });

  it('is no finding where it takes something that no job is seen to give: a job may give it unseen', () => {
    const file = 'azure-pipelines.yml';
    const text = [
      'jobs:',
      '  - { job: a, steps: [{ script: make }] }',
      '  - job: b',
      '    dependsOn: a',
      '    steps: [TAKE{ script: make lint }]',
    ].join('\n');
    const codes = (take: string) =>
      detectPipelines({
        files: [file],
        texts: new Map([[file, text.replace('TAKE', take)]]),
      }).findings.filter(({ code }) => code === 'jobs-serial').length;
    expect(codes('')).toBe(1);
    expect(codes('{ task: DownloadPipelineArtifact@2, inputs: { artifact: app } }, ')).toBe(0);
  });
});
