import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runCommand } from '../testing/run-command.js';

let folder: string;
let out: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-generate-'));
  out = await mkdtemp(join(tmpdir(), 'sluice-cli-generate-out-'));
  await writeFile(join(folder, 'go.mod'), 'module shop\n\ngo 1.22\n');
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await rm(out, { recursive: true });
});

const generate = (argv: readonly string[], env: Record<string, string> = {}) =>
  runCommand({ argv: ['generate', folder, ...argv], env });

describe('sluice generate', () => {
  it('prints the definition, and beside it what was found', async () => {
    const { code, out: printed, err } = await generate([]);
    expect(code).toBe(0);
    expect(printed).toContain('# Written by sluice generate for ');
    expect(printed).toContain('run: [go, vet, ./...]');
    expect(err).toContain('✓ Go module shop in .\n');
    expect(err).toContain('note: git knows nothing of this folder');
  });

  it('prints the reasons with --explain', async () => {
    const { out: printed } = await generate(['--explain']);
    expect(printed).toContain(
      'stages.verify.steps.tools  certain\n  Says in the log which Go the worker has; the module asks for 1.22.\n  go.mod:3\n',
    );
  });

  it('prints one JSON object with --json', async () => {
    const { out: printed, err } = await generate(['--json']);
    expect(JSON.parse(printed)).toMatchObject({
      projects: [{ ecosystem: 'go', directory: '', title: 'Go module shop', built: true }],
      explanations: expect.arrayContaining([
        {
          path: 'stages.verify.steps.check',
          reason: expect.any(String),
          evidence: [{ file: 'go.mod' }],
          confidence: 'likely',
        },
      ]),
    });
    expect(err).toBe('');
  });

  it('writes a file, also over what it wrote, but not over what a person did', async () => {
    const file = join(out, 'shop.yaml');
    for (const _ of [1, 2]) expect(await generate(['--out', file])).toMatchObject({ code: 0, out: '' });
    expect((await runCommand({ argv: ['validate', file] })).code).toBe(0);
    await writeFile(file, 'mine');
    const refused = await generate(['--out', file]);
    expect(refused).toMatchObject({
      code: 2,
      err: expect.stringContaining('was not written by sluice generate'),
    });
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect((await generate(['--out', join(out, 'none/a.yaml')])).code).toBe(2);
  });

  it.each([[['--change', 'x']], [['--change', 'a..b']]])('answers with 2 to %j', async (argv) => {
    expect((await generate(argv)).code).toBe(2);
    expect((await runCommand({ argv: ['generate', join(folder, 'none')] })).code).toBe(2);
  });
});

describe('with a model', () => {
  let server: Server;
  let answer: (definition: string) => string;
  const env = () => ({
    SLUICE_MODEL_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    SLUICE_MODEL_NAME: 'm',
  });

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const [definition] = JSON.parse(text).messages[1].content.split('\n\nWhat was noted:');
      response.end(JSON.stringify({ choices: [{ message: { content: answer(definition) } }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void server.close());

  it('takes what it answers', async () => {
    answer = (definition) => definition.replace('timeout: 15m', 'timeout: 3m');
    const { out: printed, err } = await generate([], env());
    expect(printed).toContain('timeout: 3m');
    expect(err).toContain('Refined by m');
  });

  it('lets the definition stand where it may not be taken', async () => {
    answer = () => 'Sorry.';
    const { code, out: printed } = await generate(['--json'], env());
    const { definition, refinement } = JSON.parse(printed);
    expect([code, refinement]).toEqual([0, expect.stringContaining('stands as generated')]);
    expect(definition).toBe((await generate([])).out);
  });

  it.each([{ SLUICE_MODEL_URL: 'file:///a', SLUICE_MODEL_NAME: 'm' }, { SLUICE_MODEL_URL: 'http://a' }])(
    'answers with 2 to %j',
    async (wrong) => {
      expect((await generate([], wrong as Record<string, string>)).code).toBe(2);
    },
  );
});
