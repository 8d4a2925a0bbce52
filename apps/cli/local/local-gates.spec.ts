import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCommand } from '../testing/run-command.js';

const home = process.cwd();
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-gates-'));
  await mkdir(join(folder, '.sluice/gates'), { recursive: true });
  process.chdir(folder);
});
afterEach(async () => {
  process.chdir(home);
  await rm(folder, { recursive: true });
});

const gateOf = (name: string, pass = '>= 80') =>
  `gate: 1\nname: ${name}\ncriteria: [{ metric: coverage, pass: "${pass}" }]\n`;

const put = (file: string, text: string) => writeFile(join(folder, '.sluice/gates', file), text);

async function judge(steps: string, output: string) {
  const text = `sluice: 1\nname: it\nstages:\n  main:\n    steps:\n${steps.replace(/^/gm, '      ')}\noutput: ${output}\n`;
  await writeFile(join(folder, 'it.yaml'), text);
  return runCommand({ argv: ['run', '--local', 'it.yaml'], env: { PATH: process.env['PATH'] ?? '' } });
}

const stepOf = (gate: string, coverage = 90) =>
  `gate: { uses: gate/evaluate, with: { gate: ${gate}, version: 7, metrics: { coverage: ${coverage} } } }`;

const OUTPUT = '{ outcome: "${{ steps.gate.output.outcome }}", allowed: "${{ steps.gate.output.allowed }}" }';

describe('gates of the folder in a local run', () => {
  it.each([
    ['by the name of its file', 'pre-deploy.yaml', gateOf('pre-deploy')],
    [
      'in JSON',
      'pre-deploy.json',
      JSON.stringify({ gate: 1, name: 'pre-deploy', criteria: [{ metric: 'coverage', pass: '>= 80' }] }),
    ],
    ['by the name that it has itself', 'other.yml', gateOf('pre-deploy')],
    [
      'of objectives, by the name of their file',
      'pre-deploy.yaml',
      'spec_version: "1.0"\nobjectives: [{ sli: coverage, pass: [{ criteria: [">=80"] }] }]\ntotal_score: { pass: "90%", warning: "75%" }\n',
    ],
  ])('are found %s', async (_, file, text) => {
    await put(file, text);
    await put('broken.yaml', 'gate: [');
    const { code, out, err } = await judge(stepOf('pre-deploy'), OUTPUT);
    expect([code, err]).toEqual([0, expect.any(String)]);
    expect(JSON.parse(out)).toEqual({ outcome: 'pass', allowed: true });
  });

  it('fail the step as they do on a server', async () => {
    await put('pre-deploy.yaml', gateOf('pre-deploy'));
    const { code, err } = await judge(stepOf('pre-deploy', 10), OUTPUT);
    expect(code).toBe(1);
    expect(err).toContain('gate-failed');
  });

  it.each([
    ['nowhere', 'gate-not-found', '.sluice/gates/'],
    ['../gates/pre-deploy', 'gate-not-found', '.sluice/gates/'],
    ['broken', 'gate-invalid', 'criteria'],
  ])('are refused: %s', async (name, code, words) => {
    await put('pre-deploy.yaml', gateOf('pre-deploy'));
    await put('broken.yaml', 'gate: 1\nname: broken\n');
    const { code: exit, err } = await judge(stepOf(`"${name}"`), OUTPUT);
    expect([exit, err]).toEqual([1, expect.stringContaining(code)]);
    expect(err).toContain(words);
  });

  it('compare with what they said before in this run', async () => {
    await put(
      'relative.yaml',
      'gate: 1\nname: relative\ncriteria: [{ metric: coverage, pass: ">= -5%", compare: { atLeast: 1, fewer: pass } }]\n',
    );
    const { code, out } = await judge(
      'first: { uses: gate/evaluate, with: { gate: relative, metrics: { coverage: 90 } } }\n' +
        'gate: { uses: gate/evaluate, with: { gate: relative, metrics: { coverage: 80 }, failOn: [] } }',
      OUTPUT,
    );
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ outcome: 'fail', allowed: false });
  });
});
