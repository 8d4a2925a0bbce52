import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runCommand } from '../testing/run-command.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-import-'));
  await mkdir(join(folder, 'in/deep'), { recursive: true });
  await writeFile(
    join(folder, 'in/a.yaml'),
    'name: first\nsteps: [{ id: build, type: command, command: make }]\n',
  );
  await writeFile(
    join(folder, 'in/deep/b.json'),
    '{"name":"second","steps":[{"id":"x","type":"wait","duration":"5s"}]}',
  );
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const importFrom = (...argv: string[]) =>
  runCommand({ argv: ['import', ...argv, '--out', join(folder, 'out')] });

describe('sluice import', () => {
  it('writes each definition of a folder by its name, and says so', async () => {
    const { code, out } = await importFrom(join(folder, 'in'));
    expect(code).toBe(0);
    expect(await readdir(join(folder, 'out'))).toEqual(['first.yaml', 'second.yaml']);
    expect(out).toContain(`${join(folder, 'in/a.yaml')}: taken over as ${join(folder, 'out/first.yaml')}\n`);
    expect(out.endsWith('2 taken over, 0 not\n')).toBe(true);
    const validated = await runCommand({
      argv: ['validate', join(folder, 'out/first.yaml'), join(folder, 'out/second.yaml')],
    });
    expect(validated.code).toBe(0);
  });

  it('answers with 1 where something was not taken over, and writes the rest', async () => {
    await writeFile(
      join(folder, 'in/bad.yaml'),
      'name: bad\nsteps:\n  - { id: a, command: a, frobnicate: 1 }\n',
    );
    const { code, out } = await importFrom(join(folder, 'in'), '--json');
    expect(code).toBe(1);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ takenOver: 2, refused: 1 });
    expect(report.files[1]).toMatchObject({
      takenOver: false,
      findings: [{ code: 'steps-key-unknown', line: 3 }],
    });
    expect(await readdir(join(folder, 'out'))).toEqual(['first.yaml', 'second.yaml']);
  });

  it('leaves out what it is told to', async () => {
    await writeFile(
      join(folder, 'in/a.yaml'),
      'name: first\ntriggers: [{ type: schedule, cron: "0 3 * * *" }]\nsteps: [{ command: make }]\n',
    );
    expect((await importFrom(join(folder, 'in/a.yaml'))).code).toBe(1);
    expect((await importFrom(join(folder, 'in/a.yaml'), '--leave-out', 'triggers')).code).toBe(0);
  });

  it('overwrites nothing else without --force, and tells of two with one name', async () => {
    await mkdir(join(folder, 'out'));
    await writeFile(join(folder, 'out/first.yaml'), 'mine');
    await writeFile(join(folder, 'in/c.yaml'), 'name: second\nsteps: [{ command: make }]\n');
    const { code, out } = await importFrom(join(folder, 'in'));
    expect(code).toBe(1);
    expect(out.match(/name-taken/g)).toHaveLength(1);
    expect(out).toContain('is called `second` too');
    expect((await readdir(join(folder, 'out'))).sort()).toEqual([
      'first.yaml',
      'second-2.yaml',
      'second.yaml',
    ]);
    expect(await readFile(join(folder, 'out/first.yaml'), 'utf8')).toBe('mine');
    await importFrom(join(folder, 'in/a.yaml'), '--force');
    expect(await readFile(join(folder, 'out/first.yaml'), 'utf8')).toContain('name: first');
  });

  it('follows no link out of a folder', async () => {
    await symlink('/etc/hostname', join(folder, 'in/link.yaml'));
    const { code, out } = await importFrom(join(folder, 'in'));
    expect([code, out.includes('link-outside')]).toEqual([1, true]);
  });

  it('keeps a definition of our own as it stands', async () => {
    const text = 'sluice: 1\nname: ours\nstages: { a: { steps: { b: { set: { x: 1 } } } } } # kept\n';
    await writeFile(join(folder, 'in/ours.yaml'), text);
    expect((await importFrom(join(folder, 'in/ours.yaml'))).code).toBe(0);
    expect(await readFile(join(folder, 'out/ours.yaml'), 'utf8')).toBe(text);
  });

  it.each([[[]], [['missing.yaml']]])('answers with 2 to %j', async (files) => {
    expect((await importFrom(...files)).code).toBe(2);
  });
});
