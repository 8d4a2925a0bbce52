import { describe, expect, it } from '@jest/globals';
import { generateFrom } from './testing/generate-from.js';

const json = JSON.stringify;
const FILES = {
  'package.json': json({ workspaces: ['packages/*'], scripts: { lint: 'all' } }),
  'package-lock.json': '{}',
  'packages/lib/package.json': json({ name: 'lib', scripts: { test: 'x', lint: 'x' } }),
  'packages/web/package.json': json({
    name: 'web',
    dependencies: { lib: '1' },
    scripts: { test: 'x', lint: 'x' },
  }),
  'packages/cli/package.json': json({ name: 'cli', scripts: { test: 'x' } }),
  'api/go.mod': 'module api\n\nreplace shared => ../shared\n',
  'shared/go.mod': 'module shared\n',
  'infra/main.tf': 'module "n" {\n  source = "../modules/n"\n}\n',
  'modules/n/n.tf': '',
  'api/Dockerfile': 'FROM scratch\n',
};

function stagesFor(...changed: readonly string[]) {
  const { tree, risk, explanations } = generateFrom({ files: FILES, changed });
  return { stages: Object.keys(tree.stages), tree, risk, explanations };
}

describe('what a change touches', () => {
  it.each([
    [['packages/web/a.ts'], ['prepare', 'node', 'packages-web']],
    [['packages/lib/a.ts'], ['prepare', 'node', 'packages-lib', 'packages-web']],
    [['api/a.go'], ['prepare', 'api-go', 'api-container']],
    [['shared/a.go'], ['prepare', 'shared', 'api-go', 'api-container']],
    [['tsconfig.base.json'], ['prepare', 'node', 'packages-cli', 'packages-lib', 'packages-web']],
    [['docs/a.md', 'packages/lib/README.md'], ['prepare']],
    [[], ['prepare']],
  ])('%j', (changed, stages) => {
    expect(stagesFor(...changed).stages).toEqual(stages);
  });

  it('says why something is built though nobody touched it', () => {
    const why = stagesFor('packages/lib/a.ts').explanations.find(
      ({ path }) => path === 'stages.packages-web',
    );
    expect(why?.reason).toContain('It depends on npm package lib, which is touched.');
    expect(why?.evidence).toContainEqual({ file: 'packages/lib/a.ts' });
  });

  it('takes scripts of the members where some are built, those of the root where all are', () => {
    const some = stagesFor('packages/web/a.ts').tree.stages;
    expect(Object.keys(some['node']!.steps)).toEqual(['node-tools', 'node-install']);
    expect(Object.keys(some['packages-web']!.steps)).toEqual(['packages-web-lint', 'packages-web-test']);
    const { tree } = generateFrom({ files: FILES });
    expect(Object.keys(tree.stages['node']!.steps)).toContain('node-lint');
    expect(Object.keys(tree.stages['packages-web']!.steps)).toEqual(['packages-web-test']);
  });

  it('waits for what it is made of', () => {
    const { tree } = stagesFor('shared/a.go', 'packages/lib/a.ts');
    expect(tree.stages).toMatchObject({
      'api-go': { needs: ['shared'] },
      'api-container': { needs: ['api-go'] },
      'packages-web': { needs: ['node', 'packages-lib'] },
      'packages-lib': { needs: ['node'] },
    });
  });

  it('builds everything where no build file says who uses it', () => {
    const { 'package.json': _, ...rest } = FILES;
    const { tree, explanations } = generateFrom({ files: rest, changed: ['Makefile.common'] });
    expect(Object.keys(tree.stages)).toHaveLength(8);
    expect(explanations.find(({ path }) => path === 'stages.shared')?.reason).toContain(
      'no build file says who uses it',
    );
  });

  it('says that documents alone are tested by nobody', () => {
    const { tree, explanations } = stagesFor('docs/a.md');
    expect(tree.stages['prepare']!.steps['nothing-to-do']).toMatchObject({ uses: 'log/write' });
    expect(explanations.find(({ path }) => path.endsWith('nothing-to-do'))).toMatchObject({
      reason: 'Only documents changed (1 file), so building and testing are skipped.',
      evidence: [{ file: 'docs/a.md' }],
    });
  });
});

describe('what a change asks for', () => {
  it('infrastructure: a plan, an approval and its application, for whoever asks for it', () => {
    const { tree } = stagesFor('modules/n/n.tf');
    expect(tree.inputs['deploy']).toMatchObject({ default: false });
    expect(tree.stages['verify-rollout']).toMatchObject({ if: 'inputs.deploy', needs: ['verify'] });
    expect(
      Object.entries(tree.stages['verify-rollout']!.steps).map(([id, step]) => [
        id,
        step.with?.['run'] ?? step.approval,
      ]),
    ).toEqual([
      ['verify-init', ['terraform', 'init', '-input=false', '-reconfigure']],
      ['verify-plan', ['terraform', 'plan', '-input=false', '-out=sluice.tfplan']],
      ['verify-approve', { by: ['approver'], message: expect.stringContaining('infra') }],
      ['verify-apply', ['terraform', 'apply', '-input=false', 'sluice.tfplan']],
    ]);
  });

  it('a lock file: a look at what is known of it', () => {
    const { tree } = stagesFor('package-lock.json');
    expect(tree.stages['node']!.steps['node-audit']).toMatchObject({
      with: { run: ['npm', 'audit', '--audit-level=high'] },
      onFailure: 'continue',
    });
    expect(stagesFor('api/a.go').tree.stages).not.toHaveProperty('node');
  });

  it.each([['packages/lib/migrations/1_a.sql'], ['.github/workflows/a.yml']])('%s: an approval', (file) => {
    const { tree } = stagesFor(file);
    expect(tree.stages['review']!.steps).toMatchObject({ 'sign-off': { approval: { by: ['approver'] } } });
  });

  it.each([
    [['packages/web/a.ts', 'packages/web/a.test.ts'], 0, 'low'],
    [['packages/web/a.ts'], 10, 'low'],
    [['infra/main.tf'], 35, 'medium'],
    [['infra/main.tf', 'db/migrations/1.sql'], 80, 'high'],
  ])('%j has a risk of %d, %s', (changed, score, level) => {
    expect(stagesFor(...changed).risk).toMatchObject({ score, level });
  });
});
