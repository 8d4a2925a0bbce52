import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCommand } from '../testing/run-command.js';

const FILES = {
  '.gitlab-ci.yml': 'include: [/jobs/a.yml, { remote: "https://example.org/x.yml" }]\n',
  // Included by a name that no pattern knows, which includes another.
  'jobs/a.yml': 'include: jobs/b.yml\nbuild:\n  script: [npm ci]\n',
  'jobs/b.yml': 'deploy:\n  stage: deploy\n  timeout: 5m\n  script: ["echo \\u001b[31mred"]\n',
};
let folder: string;
let empty: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-pipelines-'));
  empty = await mkdtemp(join(tmpdir(), 'sluice-cli-pipelines-empty-'));
  for (const [path, text] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await rm(empty, { recursive: true });
});

const detect = (...argv: readonly string[]) => runCommand({ argv: ['pipelines', 'detect', ...argv] });

describe('sluice pipelines detect', () => {
  it('prints a line for each pipeline, the findings by their codes, and what was not read', async () => {
    const { code, out } = await detect(folder);
    expect(code).toBe(0);
    expect(out.split('\n').slice(0, 2)).toEqual([
      'platform   pipeline        started by  jobs  longest chain',
      'GitLab CI  .gitlab-ci.yml  push, tag   2     2: build → deploy',
    ]);
    expect(out).toContain(
      'warning time-limit-missing\n  jobs/a.yml:2:1 Without one GitLab CI ends it after 60',
    );
    expect(out).toContain('warning cache-missing\n  jobs/a.yml:3:12 `npm ci` fetches packages of npm');
    expect(out).toContain(
      '\n3 warnings\nnot read: .gitlab-ci.yml:1:24 https://example.org/x.yml was not looked up.\n',
    );
  });

  it('prints one JSON object with --json', async () => {
    const { out } = await detect(folder, '--json');
    expect(out).not.toContain('\u001b');
    expect(JSON.parse(out)).toMatchObject({
      platforms: [{ name: 'gitlab-ci', title: 'GitLab CI', files: ['.gitlab-ci.yml'] }],
      pipelines: [
        {
          name: '.gitlab-ci.yml',
          longestChain: ['build', 'deploy'],
          jobs: [{ id: 'deploy' }, { id: 'build' }],
        },
      ],
      findings: expect.arrayContaining([
        expect.objectContaining({
          code: 'cache-missing',
          place: { file: 'jobs/a.yml', line: 3, column: 12 },
        }),
      ]),
      omitted: 0,
      unread: [{ code: 'reference-remote' }],
    });
  });

  it.each([
    ['error', 0],
    ['warning', 1],
    ['note', 1],
  ])('with --fail-on %s answers with %d', async (severity, answer) => {
    expect((await detect(folder, '--fail-on', severity)).code).toBe(answer);
  });

  it('says where there is nothing', async () => {
    expect(await detect(empty)).toMatchObject({
      code: 0,
      out: 'No file of a platform that is known was found.\n',
    });
  });

  it.each([[['none']], [['.', '--fail-on', 'much']]])('answers with 2 to %j', async (argv) => {
    expect((await detect(...argv)).code).toBe(2);
  });
});
