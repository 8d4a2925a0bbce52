import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { TestPlatform } from '../platform.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

let platform: TestPlatform;
let folder: string;

beforeAll(async () => {
  platform = await TestPlatform.start();
  folder = await mkdtemp(join(tmpdir(), 'sluice-repository-'));
});
afterAll(async () => {
  await platform?.close();
  await rm(folder, { recursive: true, force: true });
});

it('verifies this project: checks out a clone, runs unit tests of it, reads their numbers', async () => {
  const clone = join(folder, 'clone');
  await run('git', ['clone', '--quiet', '--no-hardlinks', ROOT, clone]);
  const workflow = await platform.saveExample('verify-repository');
  const { id } = await platform.execute(workflow.id, {
    repository: clone,
    install: ['ln', '-s', join(ROOT, 'node_modules'), 'node_modules'],
    test: [
      'node_modules/.bin/node',
      '--experimental-vm-modules',
      'node_modules/jest/bin/jest.js',
      '--selectProjects=unit',
      '--testPathPatterns=libs/domain/definition',
      '--reporters=jest-junit',
    ],
    report: 'junit.xml',
  });
  const end = await platform.waitForEnd(id);
  expect(end.error).toBeUndefined();
  expect(end.status).toBe('succeeded');
  expect((end.output as { passed: number }).passed).toBeGreaterThan(20);
  expect((end.output as { failed: number }).failed).toBe(0);
  const steps = await platform.steps(id);
  expect(steps.find(({ action }) => action === 'report/junit')?.output).toMatchObject({ failed: 0 });
  expect((await platform.logs(id)).some(({ step }) => step === 'test')).toBe(true);
});

it('fails with the number of failing tests', async () => {
  const repository = await makeRepository({
    'test.sh': "printf 'TAP version 14\\n1..2\\nok 1 - a\\nnot ok 2 - b\\n' > report.tap; exit 1\n",
  });
  const workflow = await platform.saveExample('verify-repository');
  const { id } = await platform.execute(workflow.id, {
    repository,
    test: ['sh', 'test.sh'],
    report: 'report.tap',
  });
  const end = await platform.waitForEnd(id);
  expect(end.status).toBe('failed');
  expect(end.error?.message).toContain('1');
});

it('says that a repository does not exist', async () => {
  const workflow = await platform.saveExample('verify-repository');
  const { id } = await platform.execute(workflow.id, {
    repository: join(folder, 'nothing-here'),
    test: ['true'],
  });
  const end = await platform.waitForEnd(id);
  expect(end).toMatchObject({ status: 'failed', error: { code: 'repository-not-found', step: 'checkout' } });
  expect(end.error?.hint).toBeDefined();
});

async function makeRepository(files: Record<string, string>): Promise<string> {
  const { mkdir, writeFile } = await import('node:fs/promises');
  const repository = join(folder, 'made');
  await mkdir(repository, { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(repository, name), text);
  const git = (...args: string[]) =>
    run('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args]);
  await git('init', '--quiet', '-b', 'main');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'one');
  return repository;
}
