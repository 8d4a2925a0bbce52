import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { runCommand } from '../testing/run-command.js';

const PUBLISHED = new URL('../../../schema/definition.schema.json', import.meta.url);

it('prints the schema that is in the repository', async () => {
  const { code, out, err } = await runCommand({ argv: ['schema'] });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(JSON.parse(out)).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
  if (out !== (await readFile(PUBLISHED, 'utf8'))) {
    throw new Error(
      'It is not current: npm run build && bin/sluice schema --output schema/definition.schema.json',
    );
  }
});

it('prints the schema of tests that is in the repository', async () => {
  const { code, out } = await runCommand({ argv: ['schema', '--tests'] });
  expect(code).toBe(0);
  const published = await readFile(new URL('tests.schema.json', PUBLISHED), 'utf8');
  if (out !== published)
    throw new Error(
      'It is not current: npm run build && bin/sluice schema --tests --output schema/tests.schema.json',
    );
});

it('writes it to a file, and says nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  try {
    const file = join(folder, 'schema.json');
    expect(await runCommand({ argv: ['schema', '--output', file] })).toEqual({ code: 0, out: '', err: '' });
    expect(await readFile(file, 'utf8')).toBe(await readFile(PUBLISHED, 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('says why a file cannot be written', async () => {
  const { code, err } = await runCommand({ argv: ['schema', '--output', '/nowhere/schema.json'] });
  expect(code).toBe(2);
  expect(err).toContain('/nowhere/schema.json cannot be written');
});
