import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCommand } from '../testing/run-command.js';

let folder: string;

const GOOD =
  'sluice: 1\nname: good\nstages:\n  one:\n    steps:\n      say: { uses: log/write, with: { message: hi } }\n';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  await writeFile(join(folder, 'good.yaml'), GOOD);
  await writeFile(join(folder, 'bad.yaml'), GOOD.replace('log/write', 'log/wrote'));
});

afterAll(() => rm(folder, { recursive: true }));

function validate(...argv: string[]) {
  const paths = argv.map((each) => (each.startsWith('--') ? each : join(folder, each)));
  return runCommand({ argv: ['validate', ...paths] });
}

describe('sluice validate', () => {
  it('is content with a good definition', async () => {
    expect(await validate('good.yaml')).toEqual({
      code: 0,
      err: '',
      out: `${join(folder, 'good.yaml')}: valid, no findings\n`,
    });
  });

  it('points at what is wrong, in each file', async () => {
    const { code, out } = await validate('bad.yaml', 'good.yaml');
    expect(code).toBe(1);
    expect(out).toContain(`${join(folder, 'bad.yaml')}:6:`);
    expect(out).toContain('  6 |       say: { uses: log/wrote, with: { message: hi } }\n');
    expect(out).toMatch(/^ {4}\| +\^$/m);
    expect(out).toContain('bad.yaml: not valid, 1 error\n');
    expect(out).toContain('good.yaml: valid, no findings\n');
  });

  it('prints one JSON object with --json', async () => {
    const { code, out } = await validate('bad.yaml', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      valid: false,
      files: [{ file: join(folder, 'bad.yaml'), findings: [{ line: 6, severity: 'error' }] }],
    });
  });

  it.each([[['none.yaml']], [[]]])('answers with 2 to %j', async (files) => {
    expect((await validate(...files)).code).toBe(2);
  });
});
