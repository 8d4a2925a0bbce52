import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..');

/** What is planted: file, import, and the rule that has to catch it. */
const PLANTED: readonly (readonly [rule: string, file: string, source: string])[] = [
  ['no-cycle', 'libs/contracts/ring-a.ts', `import { b } from './ring-b.js'; export const a = () => b;`],
  ['no-orphan', 'libs/gates/forgotten.ts', 'export const forgotten = 1;'],
  ['no-unresolved', 'libs/gates/lost.ts', `import './nowhere.js';`],
  ['no-development-package', 'libs/gates/needs-tool.ts', `import 'jest';`],
  ['no-test-code', 'libs/gates/uses-test.ts', `import '../../test/fixture.js';`],
  ['no-test-code', 'libs/gates/uses-spec.ts', `import './innocent.spec.js';`],
  ['domain-is-pure', 'libs/domain/plan/reads-files.ts', `import 'node:fs';`],
  ['domain-is-pure', 'libs/domain/plan/uses-framework.ts', `import 'pg';`],
  ['domain-is-pure', 'libs/domain/plan/knows-contracts.ts', `import '#contracts/innocent.js';`],
  ['domain-packages-have-their-place', 'libs/domain/execution/parses.ts', `import 'yaml';`],
  ['domain-packages-have-their-place', 'libs/domain/optimisation/parses.ts', `import 'yaml';`],
  ['domain-packages-have-their-place', 'libs/domain/errors-parse.ts', `import 'yaml';`],
  ['contracts-know-the-domain-only', 'libs/contracts/uses-node.ts', `import 'node:path';`],
  ['contracts-know-the-domain-only', 'libs/contracts/uses-package.ts', `import 'yaml';`],
  ['libs-stand-alone', 'libs/gates/uses-neighbour.ts', `import '#connectors/innocent.js';`],
  ['libs-below-the-rest', 'libs/gates/uses-app.ts', `import '../../apps/api/innocent.js';`],
  ['libs-below-the-rest', 'libs/gates/uses-temporal.ts', `import '#temporal/client/innocent.js';`],
  ['workflows-are-sandboxed', 'temporal/workflows/uses-client.ts', `import '@temporalio/client';`],
  ['workflows-are-sandboxed', 'temporal/workflows/uses-node.ts', `import 'node:fs';`],
  [
    'workflows-are-sandboxed',
    'temporal/workflows/uses-activity.ts',
    `import '../activities/http/innocent.js';`,
  ],
  [
    'workflows-reach-little',
    'temporal/workflows/parses-far-away.ts',
    `import '#domain/definition/parse.js';`,
  ],
  ['temporal-sdk-has-its-place', 'apps/api/uses-sdk.ts', `import '@temporalio/client';`],
  ['temporal-sdk-has-its-place', 'libs/gates/uses-sdk.ts', `import '@temporalio/common';`],
  ['temporal-below-the-programs', 'temporal/worker/uses-app.ts', `import '../../apps/api/innocent.js';`],
  ['queues-stand-alone', 'temporal/activities/command/uses-http.ts', `import '../http/innocent.js';`],
  ['activities-get-their-world', 'temporal/activities/http/uses-lib.ts', `import '#connectors/innocent.js';`],
  [
    'activities-get-their-world',
    'temporal/activities/http/uses-worker.ts',
    `import '../../worker/innocent.js';`,
  ],
  [
    'client-and-server-stay-outside',
    'temporal/client/uses-workflow.ts',
    `import '../workflows/innocent.js';`,
  ],
  ['api-starts-runs-only', 'apps/api/uses-worker.ts', `import '#temporal/worker/innocent.js';`],
  ['clients-speak-contracts', 'apps/cli/uses-client.ts', `import '#temporal/client/innocent.js';`],
  ['clients-speak-contracts', 'apps/cli/uses-http.ts', `import '#connectors/innocent.js';`],
  ['pages-read-no-files', 'apps/web/scans.ts', `import '#repositories/innocent.js';`],
  ['pages-read-no-files', 'apps/web/judges.ts', `import '#risk/innocent.js';`],
  ['clients-speak-contracts', 'apps/web/uses-store.ts', `import '#persistence/innocent.js';`],
  ['local-runs-do-the-actions', 'apps/cli/local/uses-worker.ts', `import '#temporal/worker/innocent.js';`],
  ['local-runs-do-the-actions', 'apps/cli/local/uses-store.ts', `import '#persistence/innocent.js';`],
  ['command-line-starts-fast', 'apps/cli/commands/loads-all.ts', `import '../local/innocent.js';`],
  ['command-line-starts-fast', 'apps/cli/commands/judges.ts', `import '#gates/innocent.js';`],
  [
    'command-line-without-temporal',
    'apps/cli/local/uses-activity.ts',
    `import '#temporal/activities/knows-temporal.js';`,
  ],
  ['local-provides-servers', 'apps/local/uses-store.ts', `import '#persistence/innocent.js';`],
  ['plugins-need-nothing', 'examples/plugins/own/uses-lib.js', `import '#connectors/innocent.js';`],
  ['plugins-need-nothing', 'examples/plugins/own/uses-package.js', `import 'yaml';`],
  ['programs-stand-alone', 'apps/worker/uses-api.ts', `import '../api/innocent.js';`],
];

/** Files that keep every rule; some look as if they did not. */
const INNOCENT: Readonly<Record<string, string>> = {
  'libs/domain/definition/parse.ts': `import 'yaml'; export const parse = 1;`,
  'libs/domain/execution/state.ts': `import type { Plan } from '../plan/plan.js'; export type State = Plan;`,
  'libs/domain/plan/plan.ts': `import type { State } from '../execution/state.js'; export type Plan = State | 1;`,
  'libs/domain/plan/plan.spec.ts': `import 'node:fs'; import 'jest'; import './plan.js';`,
  'libs/contracts/innocent.ts': `import type { Plan } from '#domain/plan/plan.js'; export type Innocent = Plan;`,
  'libs/connectors/innocent.ts': `import 'node:fs'; import 'pg'; import '#contracts/innocent.js';`,
  'libs/persistence/innocent.ts': `import 'pg';`,
  'libs/repositories/innocent.ts': `import 'node:fs'; import '#contracts/innocent.js';`,
  'libs/connectors/model/innocent.ts': `import 'node:fs'; import '#contracts/innocent.js';`,
  'libs/risk/innocent.ts': `import 'node:fs'; import '#contracts/innocent.js';`,
  'apps/cli/judges.ts': `export const load = () => Promise.all([import('#risk/innocent.js'), import('#gates/innocent.js')]);`,
  'libs/gates/innocent.ts': `import '#contracts/innocent.js';`,
  'apps/cli/generates.ts': `import '#repositories/innocent.js'; import '#connectors/model/innocent.js';`,
  'libs/gates/innocent.spec.ts': `import '#contracts/innocent.js'; export const spec = 1;`,
  'temporal/workflows/innocent.ts': `import type { Http } from '../activities/http/innocent.js'; import '@temporalio/workflow'; export type H = Http;`,
  'temporal/activities/http/innocent.ts': `import '#contracts/innocent.js'; export type Http = 1;`,
  'temporal/activities/command/innocent.ts': `import type { C } from '#connectors/port.js'; export type Command = C;`,
  'libs/connectors/port.ts': `import 'node:path'; export type C = 1;`,
  'temporal/client/innocent.ts': `import '@temporalio/client';`,
  'temporal/worker/innocent.ts': `import '@temporalio/worker'; import '../workflows/innocent.js'; import '#contracts/innocent.js';`,
  'apps/api/innocent.ts': `import '#temporal/client/innocent.js'; import '#persistence/innocent.js';`,
  'apps/cli/local/innocent.ts': `import '#temporal/activities/http/innocent.js'; import '#connectors/port.js';`,
  'apps/cli/commands/innocent.ts': `export const load = () => import('../local/innocent.js');`,
  'test/fixture.ts': `import '@temporalio/client'; import '../apps/api/innocent.js';`,
};

/** Needed by what is planted. */
const SUPPORT: Readonly<Record<string, string>> = {
  'temporal/activities/knows-temporal.ts': `import '@temporalio/common';`,
  'libs/contracts/ring-b.ts': `import { a } from './ring-a.js'; export const b = () => a;`,
};

const PACKAGES = [
  'yaml',
  'pg',
  'jest',
  ...['client', 'common', 'worker', 'workflow'].map((name) => `@temporalio/${name}`),
];

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}

let house: string;
let violations: readonly Violation[];

beforeAll(async () => {
  house = mkdtempSync(join(tmpdir(), 'sluice-boundaries-'));
  plant();
  violations = await cruise();
}, 60_000);

afterAll(() => rmSync(house, { recursive: true, force: true }));

describe('boundaries', () => {
  it.each(PLANTED)('%s: %s', (rule, file) => {
    expect(violations.filter(({ from }) => from === file).map((violation) => violation.rule.name)).toContain(
      rule,
    );
  });

  it('has a planted violation for every rule', async () => {
    const { default: config } = (await import(join(ROOT, '.dependency-cruiser.mjs'))) as {
      default: { forbidden: { name: string }[] };
    };
    expect([...new Set(PLANTED.map(([rule]) => rule))].sort()).toEqual(
      config.forbidden.map(({ name }) => name).sort(),
    );
  });

  it.each(Object.keys(INNOCENT))('leaves %s alone', (file) => {
    expect(violations.filter(({ from }) => from === file)).toEqual([]);
  });
});

function plant(): void {
  const imports = ['domain', 'contracts', 'connectors', 'persistence', 'gates', 'repositories', 'risk'].map(
    (name) => [`#${name}/*.js`, `./libs/${name}/*.ts`],
  );
  write('package.json', {
    name: 'house',
    type: 'module',
    imports: Object.fromEntries([...imports, ['#temporal/*.js', './temporal/*.ts']]),
    dependencies: Object.fromEntries(
      PACKAGES.filter((name) => name !== 'jest').map((name) => [name, '1.0.0']),
    ),
    devDependencies: { jest: '1.0.0' },
  });
  for (const name of PACKAGES) {
    write(`node_modules/${name}/package.json`, { name, version: '1.0.0', main: 'index.js' });
    write(`node_modules/${name}/index.js`, 'module.exports = 1;');
  }
  for (const [file, source] of Object.entries({ ...INNOCENT, ...SUPPORT })) write(file, source);
  for (const [, file, source] of PLANTED) write(file, source);
}

function write(file: string, content: string | object): void {
  const path = join(house, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
}

function cruise(): Promise<readonly Violation[]> {
  const args = [
    join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs'),
    ...['--config', join(ROOT, '.dependency-cruiser.mjs'), '--output-type', 'json'],
    ...['apps', 'libs', 'temporal', 'test', 'examples'],
  ];
  return new Promise((done, fail) => {
    execFile(process.execPath, args, { cwd: house, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      try {
        done((JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations);
      } catch {
        fail(new Error(`dependency-cruiser said no JSON: ${error?.message} ${stderr}`));
      }
    });
  });
}
