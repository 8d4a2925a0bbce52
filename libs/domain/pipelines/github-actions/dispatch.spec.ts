import { describe, expect, it } from '@jest/globals';
import { readDispatch } from './dispatch.js';

const FILE = '.github/workflows/build.yml';

describe('readDispatch', () => {
  it('reads what may be given by hand, and how its runs are called', () => {
    const read = readDispatch(
      FILE,
      `
run-name: "Build \${{ inputs.sluice_key }}"
on:
  push:
  workflow_call:
    inputs: { elsewhere: { type: string } }
  workflow_dispatch:
    inputs:
      environment: { type: choice, options: [staging, production], required: true, description: Where to }
      dry: { type: boolean, default: false }
      sluice_key: { required: false }
`,
    );
    expect(read).toMatchObject({
      isOffered: true,
      runName: 'Build ${{ inputs.sluice_key }}',
      descriptions: { environment: 'Where to' },
      inputs: [
        { name: 'environment', type: 'choice', required: true, choices: ['staging', 'production'] },
        { name: 'dry', type: 'boolean', required: false, default: false },
        { name: 'sluice_key', type: 'text', required: false },
      ],
    });
  });

  it.each([
    ['on: workflow_dispatch', true],
    ['on: [push, workflow_dispatch]', true],
    ['on: { workflow_dispatch: }', true],
    ['on: push', false],
    ['jobs: {}', false],
  ])('knows of %j whether it can be started by hand', (text, isOffered) => {
    expect(readDispatch(FILE, text)).toMatchObject({ isOffered, inputs: [] });
  });

  it.each(['', '- a', ': : :', '\t@', `a: &a [*a]`, 'x'.repeat(600_000)])('gives up %#', (text) => {
    expect(() => readDispatch(FILE, text)).not.toThrow();
  });
});
