import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCommand } from '../testing/run-command.js';

let folder: string;
const LOG =
  '$ npm ci\nfetching\nnpm error network connect ECONNREFUSED 10.0.0.1:4873\nmore\nERROR: Job failed: exit code 1\n';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-diagnose-'));
  await writeFile(join(folder, 'job.log'), LOG);
  await writeFile(join(folder, 'binary.log'), Buffer.from([0xff, 0xfe, 0, 1, 2, 0xc3, 0x28, 10, 0x80]));
  await writeFile(
    join(folder, 'own.yaml'),
    'categories:\n  - { id: mirror_down, class: infrastructure, title: Mirror, remediation: Restart it., patterns: ["10.0.0.1:4873"] }\n',
  );
});
afterAll(() => rm(folder, { recursive: true }));

describe('sluice diagnose', () => {
  it('shows the line, its class and what to do', async () => {
    const { code, out } = await runCommand({ argv: ['diagnose', join(folder, 'job.log')] });
    expect(code).toBe(0);
    expect(out).toContain(`${join(folder, 'job.log')}:3: transient connection_refused`);
    expect(out).toMatch(/^> +3 \| npm error network connect ECONNREFUSED/m);
    expect(out).toMatch(/^ +2 \| fetching$/m);
    expect(out).toContain('  do: See whether the service listens there');
    expect(out).toContain('  strategy: retry, 4 attempts in all');
  });

  it('prints one JSON object, and reads standard input', async () => {
    const { code, out } = await runCommand({ argv: ['diagnose', '-', '--json'], stdin: LOG });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      class: 'transient',
      category: 'connection_refused',
      line: 3,
      text: 'npm error network connect ECONNREFUSED 10.0.0.1:4873',
      confidence: expect.any(Number),
      remediation: expect.any(String),
      strategy: { kind: 'retry' },
    });
  });

  it('takes categories of your own, and an exit code', async () => {
    const argv = ['diagnose', join(folder, 'job.log'), '--json', '--patterns', join(folder, 'own.yaml')];
    expect(JSON.parse((await runCommand({ argv })).out)).toMatchObject({ category: 'mirror_down' });
    const { out } = await runCommand({
      argv: ['diagnose', '-', '--json', '--exit-code', '137'],
      stdin: 'working',
    });
    expect(JSON.parse(out)).toMatchObject({ class: 'resource' });
  });

  it('reads what is no text', async () => {
    expect((await runCommand({ argv: ['diagnose', join(folder, 'binary.log')] })).code).toBe(0);
  });

  it.each([
    ['no file', () => ['none.log']],
    ['a folder', () => [folder]],
    ['a pattern file that is none', () => [join(folder, 'job.log'), '--patterns', join(folder, 'job.log')]],
    ['an exit code that is none', () => [join(folder, 'job.log'), '--exit-code', '1000']],
    ['nothing', () => []],
  ])('answers with 2 to %s', async (_, argv) => {
    expect((await runCommand({ argv: ['diagnose', ...argv()] })).code).toBe(2);
  });
});
