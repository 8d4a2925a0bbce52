import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { meansFile, readDefinitionFile } from './definition-file.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  await writeFile(join(folder, 'hello.yaml'), 'sluice: 1\n');
  await writeFile(join(folder, 'hello.JSON'), '{}');
});

afterAll(() => rm(folder, { recursive: true }));

describe('readDefinitionFile', () => {
  it.each([
    ['hello.yaml', 'yaml'],
    ['hello.JSON', 'json'],
  ])('reads %s as %s', async (name, format) => {
    expect(await readDefinitionFile(join(folder, name))).toMatchObject({ format });
  });

  it.each([
    ['missing.yaml', 'there is no such file'],
    ['.', 'it is a folder'],
  ])('refuses %s in words', async (name, words) => {
    await expect(readDefinitionFile(join(folder, name))).rejects.toThrow(words);
  });
});

describe('meansFile', () => {
  it.each([
    ['hello.yaml', true],
    ['hello.YML', true],
    ['hello.json', true],
    ['./hello', true],
    ['hello', false],
    ['0199a5b0-0000-7000-8000-000000000001', false],
  ])('of %s is %s', (argument, expected) => {
    expect(meansFile(argument)).toBe(expected);
  });
});
