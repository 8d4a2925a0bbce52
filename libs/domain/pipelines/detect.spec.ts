import { describe, expect, it } from '@jest/globals';
import { detectPipelines } from './detect.js';

const detect = (files: Readonly<Record<string, string>>) => {
  const texts = new Map(Object.entries(files));
  return detectPipelines({ files: [...texts.keys()], texts });
};

describe('what is found in the files of a repository', () => {
  it('stands in the order of its codes where the place and the weight are the same', () => {
    const text = `on: pull_request_target
jobs:
  a:
    steps:
      - run: echo \${{ secrets.A }} \${{ github.head_ref }} && gh pr checkout 1
`;
    const found = detect({ '.github/workflows/a.yml': text }).findings.filter(
      ({ severity }) => severity === 'error',
    );
    expect(found.map(({ code, place: { line, column } }) => `${code} ${line}:${column}`)).toEqual([
      ...['checkout-of-stranger 5:14', 'secret-printed 5:14', 'text-of-stranger 5:14'],
    ]);
  });

  it('stands by weight first, then by file and line', () => {
    const text =
      'on: push\njobs:\n  a:\n    container: node\n    steps: [{ run: make }, { uses: a/b@main }]\n';
    const found = detect({ '.github/workflows/b.yml': text, '.github/workflows/a.yml': text }).findings;
    const warnings = found.filter(({ severity }) => severity === 'warning');
    expect(found.slice(0, warnings.length)).toEqual(warnings);
    const files = warnings.map(({ place }) => place.file);
    expect(files).toEqual([...files].sort());
    expect(new Set(files).size).toBe(2);
  });

  it('is cut after a thousand, and how many were left out is told', () => {
    const steps = Array.from({ length: 1_200 }, (_, n) => `      - uses: a/b${n}@main\n`).join('');
    const { findings, omitted } = detect({
      '.github/workflows/a.yml': `on: push\npermissions: {}\njobs:\n  a:\n    timeout-minutes: 5\n    steps:\n${steps}`,
    });
    expect([findings.length, omitted]).toEqual([1_000, 200]);
  });
});
