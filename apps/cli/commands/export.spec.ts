import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCommand } from '../testing/run-command.js';

const DEFINITION = [
  'sluice: 1',
  'name: greet',
  'stages:',
  '  main:',
  '    steps:',
  '      say: { uses: log/write, with: { message: hello } }',
  '',
].join('\n');
const DOCUMENT = 'name: greet\nsteps: [ { id: say, type: log, message: hello } ]\n';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-export-'));
  file = join(folder, 'greet.yaml');
  await writeFile(file, DEFINITION);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const exportFile = (...argv: string[]) => runCommand({ argv: ['export', file, ...argv] });

describe('sluice export', () => {
  it('prints the document', async () => {
    expect(await exportFile('--format', 'steps')).toMatchObject({ code: 0, out: DOCUMENT, err: '' });
  });

  it('writes it to a file, and over no other without being told', async () => {
    const out = join(folder, 'steps.yaml');
    expect(await exportFile('--format', 'steps', '--out', out)).toMatchObject({ code: 0, out: '' });
    expect(await readFile(out, 'utf8')).toBe(DOCUMENT);
    expect((await exportFile('--format', 'steps', '--out', out)).code).toBe(2);
    expect((await exportFile('--format', 'steps', '--out', out, '--force')).code).toBe(0);
  });

  it('says in one object what became of it', async () => {
    const { out } = await exportFile('--format', 'steps', '--json');
    expect(JSON.parse(out)).toEqual({
      name: 'greet',
      from: 'sluice',
      format: 'steps',
      exported: true,
      document: DOCUMENT,
      findings: [],
      notes: [],
    });
  });

  it('answers with 1 where the meaning would not be kept, and writes nothing', async () => {
    await writeFile(file, DEFINITION.replace('say: {', 'say: { locks: [mouth],'));
    const out = join(folder, 'steps.yaml');
    const { code, err } = await exportFile('--format', 'steps', '--out', out);
    expect([code, err]).toEqual([1, expect.stringContaining('export-unsupported')]);
    await expect(readFile(out)).rejects.toThrow('ENOENT');
  });

  it('wants a language that is known', async () => {
    expect((await exportFile()).code).toBe(2);
    expect((await exportFile('--format', 'argo')).code).toBe(2);
  });
});
