import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { runCommand } from '../testing/run-command.js';

let server: ContractServer;
let folder: string;

beforeEach(async () => {
  server = await startContractServer();
  folder = await mkdtemp(join(tmpdir(), 'sluice-archive-'));
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const sluice = (...argv: string[]) => runCommand({ argv, env: { SLUICE_URL: server.url } });
const sent = () => JSON.parse(server.received.at(-1)!.body);

const PERIOD = {
  kind: 'logs',
  days: 30,
  archive: false,
  updatedBy: 'ann',
  updatedAt: '2026-01-01T00:00:00Z',
};
const PASS = {
  id: 'p1',
  trigger: 'request',
  status: 'running',
  startedBy: 'ann',
  startedAt: 'then',
  results: [],
};

describe('sluice retention', () => {
  beforeEach(() => {
    server.script.answers['GET /retention'] = { periods: [PERIOD], nightly: '03:00' };
    server.script.answers['PUT /retention'] = { periods: [PERIOD], nightly: '03:00' };
  });

  it('shows every kind', async () => {
    const { out } = await sluice('retention', 'show');
    expect(out).toMatch(/^logs +30 days +removed +Log lines/m);
    expect(out).toMatch(/^runs +for ever +Ended runs/m);
    expect(out).toContain('each night at 03:00 UTC');
  });

  it.each([
    [
      ['runs', '90'],
      [
        { kind: 'logs', days: 30, archive: false },
        { kind: 'runs', days: 90, archive: true },
      ],
    ],
    [['logs', '7d', '--no-archive'], [{ kind: 'logs', days: 7, archive: false }]],
    [['logs', 'forever'], []],
  ])('set %j sends all periods', async (argv, periods) => {
    expect((await sluice('retention', 'set', ...argv, '--reason', 'law')).code).toBe(0);
    expect(sent()).toEqual({ periods, reason: 'law' });
  });

  it.each([
    ['users', '3'],
    ['runs', '0'],
    ['runs', 'x'],
    ['runs', '1.5'],
  ])('refuses to set %s %s', async (...argv) => {
    expect((await sluice('retention', 'set', ...argv)).code).toBe(2);
  });

  it('counts what would go', async () => {
    server.script.answers['POST /retention/dry-run'] = {
      kinds: [{ kind: 'runs', days: 90, before: 'then', items: 12, held: 3 }],
    };
    const { out } = await sluice('retention', 'dry-run', '--keep', 'runs=90');
    expect(sent()).toEqual({ periods: [{ kind: 'runs', days: 90 }] });
    expect(out).toMatch(/^runs +90 days +12 +3/m);
    expect((await sluice('retention', 'dry-run', '--keep', 'runs')).code).toBe(2);
  });

  it('waits for the end of a pass, and says what became of it', async () => {
    server.script.answers['POST /retention/run'] = PASS;
    const results = [{ kind: 'runs', removed: 2, held: 1, files: ['default/runs/2026-01-01.jsonl.gz'] }];
    server.script.answers['GET /retention/passes/p1'] = { ...PASS, status: 'succeeded', results };
    const { code, out } = await sluice('retention', 'run');
    expect([code, out.split('\n').map((line) => line.trim())]).toEqual([
      0,
      ['pass p1: succeeded', 'runs: 2 removed, 1 still needed', 'default/runs/2026-01-01.jsonl.gz', ''],
    ]);
    server.script.answers['GET /retention/passes/p1'] = { ...PASS, status: 'failed', error: 'no room' };
    expect(await sluice('retention', 'run')).toMatchObject({
      code: 1,
      out: expect.stringContaining('no room'),
    });
    expect(await sluice('retention', 'run', '--detach')).toMatchObject({
      code: 0,
      out: 'pass p1: running\n',
    });
  });

  it('lists passes', async () => {
    server.script.answers['GET /retention/passes'] = [PASS, { ...PASS, trigger: 'nightly' }, PASS];
    expect((await sluice('retention', 'passes')).out.trimEnd().split('\n')).toHaveLength(4);
  });

  it('shows what is stored, and what to change', async () => {
    server.script.answers['GET /retention/statistics'] = {
      kinds: [{ kind: 'runs', items: 5, bytes: 2_097_152, bytesPerDay: 0, tables: [] }],
      recommendations: [{ code: 'set-period', kind: 'runs', text: 'Keep less.' }],
    };
    const { out } = await sluice('retention', 'statistics');
    expect(out).toMatch(/^runs +5 +2MiB +0B/m);
    expect(out).toContain('- Keep less.');
  });
});

describe('sluice archive', () => {
  const NAME = 'default/runs/2026-01-31.jsonl.gz';
  const LINES = ['{"table":"runs","row":{"id":1}}', '{"table":"step_logs","row":{"id":2}}'];

  beforeEach(async () => {
    await mkdir(join(folder, 'default/runs'), { recursive: true });
    const packed = gzipSync(`${LINES.join('\n')}\n`);
    await writeFile(join(folder, NAME), packed);
    const manifest = {
      version: 1,
      project: 'default',
      kind: 'runs',
      day: '2026-01-31',
      file: '2026-01-31.jsonl.gz',
      items: 1,
      rows: { runs: 1, step_logs: 1 },
      bytes: packed.length,
      unpackedBytes: 1,
      sha256: createHash('sha256').update(packed).digest('hex'),
      createdAt: 'then',
    };
    await writeFile(join(folder, NAME.replace('.jsonl.gz', '.json')), JSON.stringify(manifest));
  });

  const archive = (...argv: string[]) => sluice('archive', ...argv, '--folder', folder);

  it('lists files, and finds those that were damaged', async () => {
    expect((await archive('list')).out).toMatch(/2026-01-31\.jsonl\.gz +2026-01-31 +1 .* +not removed yet/);
    expect(await archive('list', '--check')).toMatchObject({
      code: 0,
      out: expect.stringContaining('intact'),
    });
    expect((await archive('list', '--kind', 'audit')).out).toBe('nothing was archived here\n');
    await writeFile(join(folder, NAME), 'other');
    expect(await archive('list', '--check')).toMatchObject({
      code: 1,
      out: expect.stringContaining('DAMAGED'),
    });
  });

  it('prints the rows of a file, all or of one table', async () => {
    expect((await archive('read', NAME)).out).toBe(`${LINES.join('\n')}\n`);
    expect((await archive('read', NAME, '--table', 'step_logs')).out).toBe('{"id":2}\n');
    const out = join(folder, 'out.jsonl');
    expect((await archive('read', NAME, '--out', out)).code).toBe(0);
    expect(await readFile(out, 'utf8')).toBe(`${LINES.join('\n')}\n`);
  });

  it.each([
    '../../etc/passwd',
    '../x.jsonl.gz',
    'default/runs/2026-02-01.jsonl.gz',
    'default/runs/2026-01-31.json',
  ])('refuses %s', async (name) => {
    expect((await archive('read', name)).code).toBe(2);
  });

  it('refuses a file that was damaged, and a folder that is none', async () => {
    await writeFile(join(folder, NAME), 'other');
    expect(await archive('read', NAME)).toMatchObject({ code: 2, err: expect.stringContaining('digest') });
    expect((await sluice('archive', 'list', '--folder', join(folder, 'none'))).code).toBe(2);
  });
});

describe('sluice personal-data', () => {
  it('prints what names a person', async () => {
    server.script.lines['POST /personal-data/export'] = '{"table":"runs","row":{}}\n';
    expect((await sluice('personal-data', 'export', 'ann')).out).toBe('{"table":"runs","row":{}}\n');
    expect(sent()).toEqual({ name: 'ann' });
    const out = join(folder, 'ann.jsonl');
    expect((await sluice('personal-data', 'export', 'ann', '--out', out)).err).toContain('1 row written');
  });

  it('erases only when told twice', async () => {
    server.script.answers['POST /personal-data/erase'] = {
      pseudonym: 'former-1',
      rows: { runs: 1, audit_log: 2 },
      files: ['default/runs/a.jsonl.gz'],
      living: 1,
    };
    expect(await sluice('personal-data', 'erase', 'ann')).toMatchObject({ code: 2 });
    expect(server.received).toEqual([]);
    const { code, out } = await sluice('personal-data', 'erase', 'ann', '--yes', '--reason', 'law');
    expect([code, sent()]).toEqual([0, { name: 'ann', reason: 'law' }]);
    expect(out).toContain('now named former-1');
    expect(out).toContain('runs: 1 row\n');
    expect(out).toContain('--pseudonym former-1');
  });
});
