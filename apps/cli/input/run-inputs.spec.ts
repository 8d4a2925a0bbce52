import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Console } from '../console.js';
import { readRunInputs } from './run-inputs.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  await writeFile(join(folder, 'inputs.json'), '{"ref": "main", "n": 1, "__proto__": {"x": 1}}');
  await writeFile(join(folder, 'list.json'), '[1]');
  await writeFile(join(folder, 'broken.json'), '{"ref": ');
});

afterAll(() => rm(folder, { recursive: true }));

function withStdin(text: string): Console {
  return { readStdin: async () => text } as Console;
}

describe('readRunInputs', () => {
  it.each([
    ['ref=main', { ref: 'main' }],
    ['n=3', { n: 3 }],
    ['n="3"', { n: '3' }],
    ['flag=true', { flag: true }],
    ['none=null', { none: null }],
    ['run=["npm","test"]', { run: ['npm', 'test'] }],
    ['half=["npm"', { half: '["npm"' }],
    ['query=a=b=c', { query: 'a=b=c' }],
    ['empty=', { empty: '' }],
    ['sha=1e5', { sha: 100000 }],
    ['text=two words', { text: 'two words' }],
  ])('reads %s', async (pair, expected) => {
    expect(await readRunInputs({ pairs: [pair] }, withStdin(''))).toEqual(expected);
  });

  it.each(['novalue', '=x', ''])('refuses %j', async (pair) => {
    await expect(readRunInputs({ pairs: [pair] }, withStdin(''))).rejects.toMatchObject({ code: 'usage' });
  });

  it('keeps __proto__ a name', async () => {
    const inputs = await readRunInputs({ pairs: ['__proto__={"polluted":true}'] }, withStdin(''));
    expect(Object.keys(inputs)).toEqual(['__proto__']);
    expect('polluted' in inputs).toBe(false);
  });

  it('lays pairs over the file, and later pairs over earlier', async () => {
    const inputs = await readRunInputs(
      { file: join(folder, 'inputs.json'), pairs: ['n=2', 'n=3'] },
      withStdin(''),
    );
    expect(JSON.stringify(inputs)).toBe('{"ref":"main","n":3,"__proto__":{"x":1}}');
  });

  it('reads standard input', async () => {
    expect(await readRunInputs({ file: '-', pairs: [] }, withStdin('{"a": [1]}'))).toEqual({ a: [1] });
  });

  it.each(['list.json', 'broken.json', 'missing.json'])('refuses %s', async (file) => {
    await expect(readRunInputs({ file: join(folder, file), pairs: [] }, withStdin(''))).rejects.toMatchObject(
      { code: 'usage' },
    );
  });
});
