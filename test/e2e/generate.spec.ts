import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '#domain/json.js';
import { generateIn } from '../generation/generate-command.js';
import {
  commitFiles,
  DOTNET,
  type Files,
  GO,
  git,
  INFRASTRUCTURE,
  JAVA,
  MONOREPO,
  makeRepository,
  NODE,
  PYTHON,
  RUST,
} from '../generation/repositories.js';
import { TestPlatform } from '../platform.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let platform: TestPlatform;
let folder: string;

beforeAll(async () => {
  platform = await TestPlatform.start();
  folder = await realpath(await mkdtemp(join(tmpdir(), 'sluice-generate-')));
});
afterAll(async () => {
  await platform?.close();
  await rm(folder, { recursive: true, force: true });
});

async function runDefinition(definition: string, inputs: JsonObject = {}) {
  const workflow = await platform.save(definition);
  const { id } = await platform.execute(workflow.id, inputs);
  const end = await platform.waitForEnd(id, 240_000);
  const steps = await platform.steps(id);
  const failed = steps.filter(({ status }) => status === 'failed');
  return { end, steps, failed, logs: end.status === 'succeeded' ? [] : await platform.logs(id) };
}

describe('what was generated runs to its end', () => {
  const kinds: readonly (readonly [kind: string, files: Files, tests: JsonObject])[] = [
    ['node', NODE, { report: { passed: 1, failed: 0, skipped: 0 } }],
    ['python', PYTHON, {}],
    ['go', GO, {}],
    ['java', JAVA, { report: { passed: 1, failed: 0, skipped: 0 } }],
    [
      'monorepo',
      MONOREPO,
      {
        'packages-lib-report': { passed: 1, failed: 0, skipped: 0 },
        'packages-web-report': { passed: 1, failed: 0, skipped: 0 },
      },
    ],
  ];
  it.each(kinds)('%s', async (kind, files, tests) => {
    const repository = join(folder, kind);
    const commit = await makeRepository(repository, files);
    const { definition } = await generateIn(repository);
    const { end, failed, logs } = await runDefinition(definition);
    expect({ status: end.status, failed, logs }).toEqual({ status: 'succeeded', failed: [], logs: [] });
    expect(end.output).toEqual({ commit, ...(Object.keys(tests).length > 0 ? { tests } : {}) });
  });

  it('a change of one project builds that alone, at the end of the change', async () => {
    const repository = join(folder, 'change');
    await makeRepository(repository, MONOREPO);
    const commit = await commitFiles(repository, { 'services/prices/src/prices/more.py': 'MORE = 1\n' });
    const { definition } = await generateIn(repository, '--change', 'HEAD~1..HEAD');
    const { end, steps } = await runDefinition(definition);
    expect(end).toMatchObject({ status: 'succeeded', output: { commit, risk: { level: 'low' } } });
    expect(steps.map(({ key }) => key)).toEqual(['prepare', 'checkout', 'risk', 'verify', 'tools', 'test']);
  });

  it('a change of documents alone tests nothing, and says so', async () => {
    const repository = join(folder, 'documents');
    await makeRepository(repository, NODE);
    await commitFiles(repository, { 'README.md': '# Shop, with more words\n' });
    const { definition } = await generateIn(repository, '--change', 'HEAD~1..HEAD');
    const { end, steps } = await runDefinition(definition);
    expect(end.status).toBe('succeeded');
    expect(steps.map(({ key }) => key)).toEqual(['prepare', 'checkout', 'risk', 'nothing-to-do']);
  });
});

describe('what was generated is valid and can be saved; it is not run here', () => {
  const kinds: readonly (readonly [kind: string, reason: string, files: Files, stages: readonly string[]])[] =
    [
      ['rust', 'cargo is on few machines, and fetches', RUST, ['prepare', 'verify']],
      ['dotnet', 'the SDK of .NET is on few machines, and fetches', DOTNET, ['prepare', 'verify']],
      [
        'infrastructure',
        'terraform, kubectl, kubeconform and helm are on few machines, and fetch',
        INFRASTRUCTURE,
        ['prepare', 'infra', 'overlays-prod', 'k8s', 'charts-web'],
      ],
    ];
  it.each(kinds)('%s: %s', async (kind, _, files, stages) => {
    const repository = join(folder, kind);
    await makeRepository(repository, files);
    const { definition, explanations } = await generateIn(repository);
    expect(await platform.save(definition)).toMatchObject({ latestVersion: 1 });
    const built = explanations.flatMap(({ path }) => /^stages\.([\w-]+)/.exec(path)?.[1] ?? []);
    expect([...new Set(built)]).toEqual(stages);
  });

  it('infrastructure that a change touches: plan, approval and application', async () => {
    const repository = join(folder, 'infrastructure');
    await commitFiles(repository, { 'modules/net/net.tf': 'output "name" {\n  value = "other"\n}\n' });
    const { definition, risk } = await generateIn(repository, '--change', 'HEAD~1..HEAD');
    expect(await platform.save(definition)).toMatchObject({ latestVersion: 2 });
    expect(risk).toMatchObject({ level: 'medium' });
    expect(definition).toMatch(/terraform, plan[\s\S]*approval:[\s\S]*terraform, apply/);
  });
});

describe('this project', () => {
  it('is verified by what was generated for a change of it: static checks, the build, the tests that are asked for', async () => {
    const clone = join(folder, 'sluice');
    await git(ROOT, 'clone', '--quiet', '--no-hardlinks', ROOT, clone);
    await commitFiles(clone, { 'libs/domain/added.spec.ts': ADDED_TEST });
    const { definition } = await generateIn(clone, '--change', 'HEAD~1..HEAD');
    const packages = await realpath(join(ROOT, 'node_modules'));
    const { end, failed, logs } = await runDefinition(definition, {
      // What `npm ci` would fetch, from here; links would lead the checks out of the project.
      install: ['cp', '-a', packages, 'node_modules'],
      // All of `npm test` takes minutes, and servers of its own, which a command kept from the host may not start.
      test: [
        'node_modules/.bin/node',
        '--experimental-vm-modules',
        'node_modules/jest/bin/jest.js',
        '--selectProjects=unit',
        '--testPathPatterns=libs/domain/added',
      ],
    });
    expect({ status: end.status, failed, logs }).toEqual({ status: 'succeeded', failed: [], logs: [] });
  });
});

const ADDED_TEST = `import { expect, it } from '@jest/globals';

it('adds', () => {
  expect(1 + 1).toBe(2);
});
`;
