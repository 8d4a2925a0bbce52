import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { AliasView, VersionDiffView } from '#contracts/rest/versions.js';
import type { WorkflowVersionView } from '#contracts/rest/workflows.js';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { aProblem } from '../testing/problems.js';
import { runCommand } from '../testing/run-command.js';
import { anEndedRun, aRun, aWorkflow, RUN_ID } from '../testing/views.js';

let server: ContractServer;
let folder: string;

const AT = '2026-11-21T12:00:00.000Z';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-versions-'));
  server = await startContractServer({ workflow: aWorkflow({ latestVersion: 3 }), runs: [aRun()] });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

function sluice(...argv: string[]) {
  return runCommand({ argv, env: { SLUICE_URL: server.url } });
}

function aVersion(version: number, as?: string, aliases: readonly string[] = []): WorkflowVersionView {
  return {
    workflowId: 'wf-1',
    version,
    digest: 'sha256:00',
    createdAt: AT,
    createdBy: 'ann',
    ...(as !== undefined && { published: { as, by: 'bob', at: AT, reason: 'tested\u001b[2J' } }),
    aliases,
    source: 'sluice: 1',
    format: 'yaml',
  };
}

const difference: VersionDiffView = {
  workflow: 'shop',
  from: { version: 2, publishedAs: '1.0.0', digest: 'sha256:00' },
  to: { version: 3, digest: 'sha256:01' },
  bump: 'major',
  next: '2.0.0',
  inputs: [
    {
      name: 'region',
      change: 'added',
      bump: 'major',
      why: 'a start without it is refused',
      values: [{ path: '', after: { type: 'string' } }],
    },
  ],
  steps: [
    {
      id: 'lint',
      kind: 'uses',
      change: 'added',
      bump: 'minor',
      values: [
        { path: '', after: { kind: 'uses', uses: 'command/run', within: 'build', needs: ['a', 'b'] } },
      ],
    },
    {
      id: 'deploy\u001b[2J',
      kind: 'uses',
      change: 'changed',
      bump: 'patch',
      values: [
        { path: '/needs', before: ['a'], after: ['lint'] },
        { path: '/with/run/1', before: 'a', after: 'b' },
        { path: '/timeout', after: '1m' },
      ],
    },
    { id: 'greet', from: 'say', kind: 'set', change: 'renamed', bump: 'patch', values: [] },
    {
      id: 'tell',
      kind: 'emit',
      change: 'removed',
      bump: 'major',
      why: 'who waits for its event waits in vain',
      values: [{ path: '', before: { kind: 'emit' } }],
    },
  ],
  keys: [{ key: 'output', bump: 'minor', why: 'there was none', values: [{ path: '', after: { a: 1 } }] }],
};

describe('sluice versions', () => {
  it('lists them, with what they were published as', async () => {
    server.script.answers = {
      'GET /workflows/shop/versions': [
        aVersion(3),
        aVersion(2, '1.1.0', ['latest', 'stable']),
        aVersion(1, '1.0.0'),
      ],
    };
    const { code, out } = await sluice('versions', 'shop');
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'VERSION  PUBLISHED AS  ALIASES         AT                        BY   REASON',
      `v3       draft                         ${AT}  ann`,
      `v2       1.1.0         latest, stable  ${AT}  bob  tested␛[2J`,
      `v1       1.0.0                         ${AT}  bob  tested␛[2J`,
      '',
    ]);
    expect(server.received[0]?.query.get('published')).toBeNull();
  });

  it('lists only those that were published', async () => {
    server.script.answers = { 'GET /workflows/shop/versions': [] };
    expect((await sluice('versions', 'shop', '--published')).out).toBe(
      'no version was published; publish one: sluice publish NAME\n',
    );
    expect(server.received[0]?.query.get('published')).toBe('true');
    expect(JSON.parse((await sluice('versions', 'shop', '--json')).out)).toEqual({ items: [] });
  });
});

describe('sluice publish', () => {
  const published = aVersion(3, '1.1.0', ['latest']);

  it('publishes the newest version, or the one that is named', async () => {
    server.script.answers = {
      'GET /workflows/shop': aWorkflow({ name: 'shop', latestVersion: 3 }),
      'POST /workflows/shop/versions/3/publish': published,
      'POST /workflows/shop/versions/2/publish': {
        ...published,
        published: { ...published.published!, sameAs: ['1.0.0'] },
      },
    };
    expect(await sluice('publish', 'shop', '--as-version', '1.1.0', '--reason', 'tested')).toEqual({
      code: 0,
      err: '',
      out: 'shop v3 is published as 1.1.0, named by latest\n',
    });
    expect(JSON.parse(server.received[1]!.body)).toEqual({ version: '1.1.0', reason: 'tested' });
    expect((await sluice('publish', 'shop@2', '--as-version', '1.1.0', '--reason', 'x')).out).toContain(
      '  it means the same as 1.0.0\n',
    );
  });

  it('stores a file first', async () => {
    const file = join(folder, 'shop.yaml');
    await writeFile(file, 'sluice: 1');
    server.script.workflow = aWorkflow({ name: 'shop', latestVersion: 3 });
    server.script.answers = { 'POST /workflows/shop/versions/3/publish': published };
    const { code } = await sluice('publish', file, '--as-version', '1.1.0', '--reason', 'x');
    expect([code, server.received.map(({ route }) => route)]).toEqual([
      0,
      ['POST /workflows', 'POST /workflows/shop/versions/3/publish'],
    ]);
  });

  it('suggests a version where none is given, and takes it where that is wished', async () => {
    server.script.answers = {
      'GET /workflows/shop': aWorkflow({ name: 'shop', latestVersion: 3 }),
      'GET /workflows/shop/diff': difference,
      'POST /workflows/shop/versions/3/publish': aVersion(3, '2.0.0'),
    };
    const asked = await sluice('publish', 'shop', '--reason', 'x');
    expect(asked).toMatchObject({ code: 2, out: '' });
    expect(asked.err).toContain('2.0.0 fits: major since 1.0.0.');
    expect(asked.err).toContain('Add --as-version 2.0.0');
    expect(server.received.some(({ route }) => route.startsWith('POST'))).toBe(false);
    expect(await sluice('publish', 'shop', '--as-version', 'next', '--reason', 'x')).toMatchObject({
      code: 0,
      out: 'shop v3 is published as 2.0.0\n',
    });
    const { next: _, ...known } = difference;
    server.script.answers['GET /workflows/shop/diff'] = known;
    expect((await sluice('publish', 'shop', '--reason', 'x')).code).toBe(2);
    server.script.answers['GET /workflows/shop/versions/3'] = aVersion(3, '2.0.0');
    expect(await sluice('publish', 'shop', '--as-version', 'next', '--reason', 'x')).toMatchObject({
      code: 0,
      out: 'shop v3 is published as 2.0.0\n',
    });
    expect(server.received.filter(({ route }) => route.startsWith('POST'))).toHaveLength(1);
  });

  it('needs a reason, and answers with 5 where it is refused', async () => {
    expect((await sluice('publish', 'shop', '--as-version', '1.0.0')).code).toBe(2);
    server.script.refusals = {
      'POST /workflows/shop/versions/7/publish': aProblem({ code: 'semver-taken', status: 409 }),
    };
    expect((await sluice('publish', 'shop@7', '--as-version', '1.0.0', '--reason', 'x')).code).toBe(5);
    expect((await sluice('publish', 'shop@1.0', '--as-version', '1.0.0', '--reason', 'x')).code).toBe(2);
    expect(server.received).toHaveLength(1);
  });
});

describe('sluice alias', () => {
  const stable: AliasView = {
    name: 'stable',
    version: 2,
    as: '1.1.0',
    movedBy: 'ann',
    movedAt: AT,
    reason: 'quiet for a week',
  };

  it('lists them, and tells the history of one', async () => {
    server.script.answers = {
      'GET /workflows/shop/aliases': [stable],
      'GET /workflows/shop/aliases/stable/history': [
        { by: 'bob', at: AT, reason: 'gone' },
        { version: 2, as: '1.1.0', by: 'ann', at: AT, reason: 'quiet' },
        { version: 1, as: '1.0.0', by: 'ann', at: AT, reason: 'first' },
      ],
    };
    expect((await sluice('alias', 'shop')).out.split('\n')).toEqual([
      'ALIAS   IS     VERSION  SINCE                     BY   REASON',
      `stable  1.1.0  v2       ${AT}  ann  quiet for a week`,
      '',
    ]);
    expect((await sluice('alias', 'shop', 'stable')).out.split('\n')).toEqual([
      'AT                        TO       VERSION  BY   REASON',
      `${AT}  removed           bob  gone`,
      `${AT}  1.1.0    v2       ann  quiet`,
      `${AT}  1.0.0    v1       ann  first`,
      '',
    ]);
    server.script.answers['GET /workflows/shop/aliases'] = [];
    expect((await sluice('alias', 'shop')).out).toContain('no version was published yet');
  });

  it('moves one', async () => {
    server.script.answers = { 'PUT /workflows/shop/aliases/stable': stable };
    expect(await sluice('alias', 'shop', 'stable', '1.1.0', '--reason', 'quiet')).toEqual({
      code: 0,
      err: '',
      out: 'shop@stable is 1.1.0 (v2)\n',
    });
    expect(JSON.parse(server.received[0]!.body)).toEqual({ version: '1.1.0', reason: 'quiet' });
    await sluice('alias', 'shop', 'stable', '2', '--reason', 'quiet');
    expect(JSON.parse(server.received[1]!.body)).toMatchObject({ version: 2 });
  });

  it('removes one', async () => {
    server.script.answers = { 'DELETE /workflows/shop/aliases/stable': undefined };
    expect(await sluice('alias', 'shop', 'stable', '--remove', '--reason', 'not needed')).toMatchObject({
      code: 0,
      out: 'shop@stable is removed\n',
    });
    expect(server.received[0]?.query.get('reason')).toBe('not needed');
  });

  it('moves it only from where it is expected', async () => {
    server.script.answers = {
      'GET /workflows/shop/aliases/stable': stable,
      'PUT /workflows/shop/aliases/stable': { ...stable, version: 3, as: '1.2.0' },
    };
    const move = (expect: string) =>
      sluice('alias', 'shop', 'stable', '3', '--reason', 'x', '--expect', expect);
    expect(await move('1.0.0')).toMatchObject({
      code: 2,
      err: expect.stringContaining('shop@stable is 1.1.0 (v2), not 1.0.0.'),
    });
    expect((await move('2')).code).toBe(0);
    expect((await move('1.1.0')).code).toBe(0);
    server.script.refusals = {
      'PUT /workflows/shop/aliases/stable': aProblem({ code: 'alias-moved', status: 412 }),
    };
    expect((await move('2')).code).toBe(5);
  });

  it.each([
    [['shop', 'stable', '1.0.0']],
    [['shop', 'stable', '--remove']],
    [['shop', 'stable', '1.0.0', '--remove', '--reason', 'x']],
    [['shop', '--remove', '--reason', 'x']],
    [['shop', 'stable', '1.0', '--reason', 'x']],
    [['shop', 'stable', '1.0.0', 'more']],
  ])('asks nobody for %j', async (argv) => {
    expect((await sluice('alias', ...argv)).code).toBe(2);
    expect(server.received).toHaveLength(0);
  });
});

describe('sluice diff', () => {
  it('shows what differs between two versions, and the verdict', async () => {
    server.script.answers = { 'GET /workflows/shop/diff': difference };
    const { code, out } = await sluice('diff', 'shop@1.0.0', 'shop@3');
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'shop v2 (1.0.0) → v3, a draft',
      'inputs:',
      '  + region  major  a start without it is refused',
      '      (all of it)  – → {"type":"string"}',
      'steps:',
      '  + lint         minor  command/run in build after a, b',
      '  ~ deploy␛[2J   patch',
      '      needs       ["a"] → ["lint"]',
      '      with/run/1  "a" → "b"',
      '      timeout     – → "1m"',
      '  = say → greet  patch',
      '  - tell         major  emit; who waits for its event waits in vain',
      'output:',
      '  ~ of the whole  minor  there was none',
      '      (all of it)  – → {"a":1}',
      'verdict: major: publish it as 2.0.0 or later',
      '',
    ]);
    expect(Object.fromEntries(server.received[0]!.query)).toEqual({ from: '1.0.0', to: '3' });
    expect(JSON.parse((await sluice('diff', 'shop', '--json')).out)).toEqual(difference);
    expect([...server.received[1]!.query]).toEqual([]);
  });

  it('shows it in colours on a terminal, in the same columns', async () => {
    server.script.answers = { 'GET /workflows/shop/diff': difference };
    const plain = (await sluice('diff', 'shop')).out;
    const env = { SLUICE_URL: server.url };
    const { out } = await runCommand({ argv: ['diff', 'shop'], env, terminal: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
    expect(out.replace(/\u001b\[\d+m/g, '')).toBe(plain);
    expect(out).toContain('\u001b[31mmajor\u001b[39m');
  });

  it('says so where nothing differs', async () => {
    const { next: _, ...known } = difference;
    server.script.answers = {
      'GET /workflows/shop/diff': { ...known, bump: 'none', inputs: [], steps: [], keys: [] },
    };
    expect((await sluice('diff', 'shop')).out).toContain('they mean the same\nverdict: none\n');
  });

  const text = (steps: string) => `sluice: 1\nname: shop\nstages: { main: { steps: { ${steps} } } }\n`;

  it('compares files without a server', async () => {
    const [a, b] = [join(folder, 'a.yaml'), join(folder, 'b.json')];
    await writeFile(a, text('x: { set: { n: 1 } }, y: { workflow: { name: other, version: stable } }'));
    await writeFile(
      b,
      JSON.stringify({
        sluice: 1,
        name: 'shop',
        stages: {
          main: {
            steps: {
              x: { set: { n: 2 } },
              y: { workflow: { name: 'other' } },
              z: { workflow: { name: 'third' } },
            },
          },
        },
      }),
    );
    const { code, out } = await runCommand({
      argv: ['diff', a, b],
      env: { SLUICE_URL: 'http://127.0.0.1:1' },
    });
    expect([code, ...out.split('\n').slice(1)]).toEqual([
      0,
      'steps:',
      '  ~ x  patch',
      '      set/n  1 → 2',
      '  ~ y  minor',
      '      version  "stable" → "the newest"',
      '  + z  minor  workflow in main after y',
      'verdict: minor',
      '',
    ]);
    const json = JSON.parse((await sluice('diff', a, b, '--json')).out);
    expect(json).toMatchObject({ from: a, to: b, bump: 'minor' });
    expect(json.steps[2].values[0].after.version).toBe('the newest');
    expect((await sluice('diff', a, a)).out).toContain('they mean the same');
  });

  it('compares a file with what is stored, and two workflows, by their texts', async () => {
    const file = join(folder, 'a.yaml');
    await writeFile(file, text('x: { set: { n: 1 } }'));
    server.script.answers = {
      'GET /workflows/shop/versions/stable': { ...aVersion(2), source: text('x: { set: { n: 3 } }') },
      'GET /workflows/web': aWorkflow({ latestVersion: 4 }),
      'GET /workflows/web/versions/4': { ...aVersion(4), source: text('w: { set: { n: 3 } }') },
    };
    expect((await sluice('diff', 'shop@stable', file)).out).toContain('set/n  3 → 1');
    expect((await sluice('diff', 'shop@stable', 'web')).out).toContain('= x → w  patch');
  });

  it('says what is wrong with a file', async () => {
    const file = join(folder, 'a.yaml');
    await writeFile(file, 'sluice: 1\nnam: x\n');
    expect(await sluice('diff', file, file)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('key-unknown'),
    });
    const { code, out } = await sluice('diff', file, file, '--json');
    expect([code, JSON.parse(out).code]).toEqual([2, 'definition-invalid']);
    expect((await sluice('diff', join(folder, 'none.yaml'), file)).code).toBe(2);
    expect((await sluice('diff', 'shop@1.0', 'shop')).code).toBe(2);
    expect((await sluice('diff', '@1.0.0', 'shop')).code).toBe(2);
  });
});

describe('a version by name', () => {
  it.each([
    ['shop@stable', 'stable'],
    ['shop@1.4.0', '1.4.0'],
    ['shop@7', 7],
    ['shop', undefined],
  ])('is what sluice run %s starts', async (argument, version) => {
    expect((await sluice('run', argument, '--no-wait')).code).toBe(0);
    expect(server.received[0]?.route).toBe('POST /workflows/shop/execute');
    expect(JSON.parse(server.received[0]!.body)).toEqual({
      inputs: {},
      ...(version !== undefined && { version }),
    });
  });

  it.each(['shop@', 'shop@v1.0.0', '@stable', 'shop@99999999999'])('is none in %s', async (argument) => {
    expect((await sluice('run', argument)).code).toBe(2);
    expect(server.received).toHaveLength(0);
  });

  it('may be that of a rerun', async () => {
    server.script.answers = { [`POST /runs/${RUN_ID}/rerun`]: aRun() };
    await sluice('rerun', RUN_ID, '--version', 'stable', '--detach');
    expect(JSON.parse(server.received[0]!.body)).toEqual({ version: 'stable' });
    expect((await sluice('rerun', RUN_ID, '--version', '1.0')).code).toBe(2);
  });

  it('is shown with runs of it', async () => {
    server.script.runs = [anEndedRun({ version: 7, publishedAs: '1.4.0' })];
    expect((await sluice('status', RUN_ID)).out).toContain('✓ hello v7 (1.4.0) succeeded in 1.5s');
    expect((await sluice('list')).out).toContain('hello v7 (1.4.0)');
  });
});
