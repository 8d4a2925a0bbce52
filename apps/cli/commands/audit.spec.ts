import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChainedEntry, ERASABLE_PARTS, FIRST_PREVIOUS } from '#domain/audit/entry.js';
import { hashEntry } from '#domain/audit/entry-hash.js';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { runCommand } from '../testing/run-command.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let server: ContractServer;
let folder: string;

beforeEach(async () => {
  server = await startContractServer();
  folder = await mkdtemp(join(tmpdir(), 'sluice-audit-'));
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const sluice = (...argv: string[]) => runCommand({ argv, env: { SLUICE_URL: server.url } });

function makeEntries(count: number): ChainedEntry[] {
  const entries: ChainedEntry[] = [];
  for (let sequence = 1; sequence <= count; sequence++) {
    const facts = {
      id: `0${sequence}`,
      project: 'default',
      at: `2026-01-0${sequence}T10:00:00.000000Z`,
      actor: 'ann\u001b[2J',
      action: 'pool.set',
      objectType: 'pool',
      objectId: 'runners',
      before: null,
      after: { capacity: { slots: sequence } },
      reason: 'more',
      correlationId: null,
    };
    const salts = Object.fromEntries(ERASABLE_PARTS.map((part) => [part, 'ab']));
    const link = { sequence, previous: entries.at(-1)?.chain.hash ?? FIRST_PREVIOUS, salts };
    entries.push({ ...facts, chain: { ...link, hash: hashEntry(facts, link, sha256) } });
  }
  return entries;
}

const toText = (entries: readonly unknown[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');

describe('sluice audit list', () => {
  it('shows who did what, and sends its filters', async () => {
    server.script.answers['GET /audit-logs'] = { items: makeEntries(1) };
    const { code, out } = await sluice(
      'audit',
      'list',
      '--actor',
      'ann',
      '--object',
      'run/a/b',
      '--limit',
      '3',
    );
    expect(code).toBe(0);
    expect(out).toMatch(
      /^NUMBER +AT +WHO +WHAT +TO +WHY\n1 +2026-01-01T10:00:00Z +ann.* pool\.set +pool\/runners +more\n$/,
    );
    expect(out).not.toContain('\u001b');
    expect(Object.fromEntries(server.received[0]!.query)).toEqual({
      actor: 'ann',
      objectType: 'run',
      objectId: 'a/b',
      limit: '3',
    });
  });

  it.each([['0'], ['201'], ['x']])('refuses a limit of %s', async (limit) => {
    expect((await sluice('audit', 'list', '--limit', limit)).code).toBe(2);
  });
});

describe('sluice audit verify', () => {
  const head = { sequence: 3, hash: 'a'.repeat(64) };

  it('says that all is right, and with which head', async () => {
    server.script.answers['GET /audit-logs/verify'] = {
      valid: true,
      head,
      checked: 2,
      archived: 1,
      unsealed: 4,
    };
    const { code, out } = await sluice('audit', 'verify', '--expect', `3:${head.hash}`);
    expect([code, out.trimEnd().split('\n')]).toEqual([
      0,
      [
        'valid: 2 entries',
        'entries 1 to 1 are archived',
        '4 of the last moments have no place in the chain yet',
        `head 3:${head.hash}`,
      ],
    ]);
    expect(server.received[0]!.query.get('expect')).toBe(`3:${head.hash}`);
  });

  it('says what is not, with exit code 1', async () => {
    const fault = { kind: 'altered', sequence: 4, message: 'Entry 4 was altered: why.' };
    server.script.answers['GET /audit-logs/verify'] = { valid: false, fault, head, checked: 4 };
    const { code, out } = await sluice('audit', 'verify');
    expect([code, out.split('\n')[0]]).toEqual([1, 'not valid: Entry 4 was altered: why.']);
  });

  it.each(['x', '3', '3:abc'])('refuses to expect %s', async (expected) => {
    expect((await sluice('audit', 'verify', '--expect', expected)).code).toBe(2);
  });

  it('checks an export without a server, from whichever entry on', async () => {
    const file = join(folder, 'audit.jsonl');
    const entries = makeEntries(4);
    const last = entries[3]!.chain;
    await writeFile(file, toText(entries));
    expect(await sluice('audit', 'verify', file)).toMatchObject({
      code: 0,
      out: `valid: 4 entries\nhead 4:${last.hash}\n`,
    });
    expect((await sluice('audit', 'verify', file, '--expect', `4:${last.hash}`)).code).toBe(0);
    expect((await sluice('audit', 'verify', file, '--expect', `4:${'0'.repeat(64)}`)).code).toBe(1);
    await writeFile(file, toText(entries.slice(2)));
    expect((await sluice('audit', 'verify', file)).code).toBe(0);
    await writeFile(
      file,
      toText(entries.map((entry, at) => (at === 1 ? { ...entry, actor: 'eve' } : entry))),
    );
    expect(await sluice('audit', 'verify', file)).toMatchObject({
      code: 1,
      out: expect.stringContaining('Entry 2 was altered'),
    });
    await writeFile(file, toText(entries.toSpliced(1, 1)));
    expect(await sluice('audit', 'verify', file)).toMatchObject({
      code: 1,
      out: expect.stringContaining('Entry 2 is missing'),
    });
    expect(server.received).toEqual([]);
  });

  it.each(['no JSON\n', '{}\n', '{"chain":{}}\n'])('refuses a file with %j', async (text) => {
    const file = join(folder, 'other');
    await writeFile(file, text);
    expect(await sluice('audit', 'verify', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining('no entry'),
    });
  });
});

describe('sluice audit export', () => {
  const entries = makeEntries(3);

  it('prints the lines of the server', async () => {
    server.script.lines['GET /audit-logs/export'] = toText(entries);
    expect(await sluice('audit', 'export', '--after', '2')).toMatchObject({ code: 0, out: toText(entries) });
    expect(server.received[0]!.query.get('after')).toBe('2');
  });

  it('goes on with a file behind its last whole line', async () => {
    const file = join(folder, 'audit.jsonl');
    server.script.lines['GET /audit-logs/export'] = toText(entries.slice(0, 2));
    expect((await sluice('audit', 'export', '--out', file)).err).toContain('2 entries written');
    await appendFile(file, '{"cut off');
    server.script.lines['GET /audit-logs/export'] = toText(entries.slice(2));
    expect((await sluice('audit', 'export', '--out', file, '--resume')).code).toBe(0);
    expect(server.received.at(-1)!.query.get('after')).toBe('2');
    expect(await readFile(file, 'utf8')).toBe(toText(entries));
    const fresh = join(folder, 'fresh.jsonl');
    expect((await sluice('audit', 'export', '--out', fresh, '--resume')).code).toBe(0);
    expect(server.received.at(-1)!.query.get('after')).toBe('0');
  });

  it('refuses to go on with what is no export, or with no file', async () => {
    const file = join(folder, 'other');
    await writeFile(file, 'hello\n');
    expect((await sluice('audit', 'export', '--out', file, '--resume')).code).toBe(2);
    expect((await sluice('audit', 'export', '--resume')).code).toBe(2);
    expect(await readFile(file, 'utf8')).toBe('hello\n');
  });
});
