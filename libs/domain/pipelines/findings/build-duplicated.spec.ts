import { describe, expect, it } from '@jest/globals';
import { detectPipelines } from '../detect.js';

const workflow = (on: string) =>
  `on: ${on}\njobs: { a: { runs-on: ubuntu-latest, steps: [{ run: make build }] } }`;

describe('the same build in two workflows', () => {
  it.each([
    ['pushes of any branch', '[push]', '[push]', 'for the same pushes'],
    [
      'pushes of the same branch',
      '{ push: { branches: [main] } }',
      '{ push: { branches: [main, next] } }',
      'for the same pushes',
    ],
    [
      'a pattern that may let a branch through',
      '{ push: { branches: [main] } }',
      '{ push: { branches: ["m*"] } }',
      'for the same pushes',
    ],
    [
      'pushes of other branches',
      '{ push: { branches: [main] } }',
      '{ push: { branches: [next] } }',
      undefined,
    ],
    ['pull requests', '[pull_request]', '[pull_request]', 'for the same pull requests'],
    ['the same tag', '{ push: { tags: [v1] } }', '{ push: { tags: [v1] } }', 'for the same tags'],
    ['other tags', '{ push: { tags: [v1] } }', '{ push: { tags: [v2] } }', undefined],
    ['changes of other paths', '{ push: { paths: [a.txt] } }', '{ push: { paths: [b.txt] } }', undefined],
  ])('is told where both are started by %s', (_, first, second, expected) => {
    const texts = new Map([
      ['.github/workflows/a.yml', workflow(first)],
      ['.github/workflows/b.yml', workflow(second)],
    ]);
    const found = detectPipelines({ files: [...texts.keys()], texts }).findings.filter(
      ({ code }) => code === 'build-duplicated',
    );
    expect(found.map(({ message }) => /for the same [\w ]+/.exec(message)?.[0])).toEqual(
      expected === undefined ? [] : [expected],
    );
  });
});
