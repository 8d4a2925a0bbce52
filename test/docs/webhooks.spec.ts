import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OUTCOMES, SCHEMES } from '../../apps/api/webhooks/webhook.body.js';
import { runCommand } from '../../apps/cli/testing/run-command.js';
import { type ApiFixture, createApiFixture, HELLO } from '../integration/api/api-fixture.js';
import { codesIn, findBlocks, findTables, readDocument } from './markdown.js';
import { splitWords } from './words.js';

const text = readDocument('docs/webhooks.md');
const blocks = findBlocks(text);
const textsOf = (info: string) => blocks.filter((block) => block.info === info).map((block) => block.text);
const run = promisify(execFile);

describe('docs/webhooks.md', () => {
  let api: ApiFixture;
  beforeAll(async () => {
    api = await createApiFixture({ SLUICE_ENCRYPTION_KEYS: `k:${randomBytes(32).toString('base64')}` });
    await api.save(HELLO);
  });
  afterAll(() => api?.close());

  it.each(textsOf('sh').flatMap((block) => block.split('\n')))('%s: is understood', async (line) => {
    const [program, ...argv] = splitWords(line);
    expect(program).toBe('sluice');
    const { code, err } = await runCommand({ argv, env: { SLUICE_URL: 'http://127.0.0.1:1' } });
    expect({ code, err }).toEqual({ code: 4, err: expect.stringContaining('no Sluice server') });
  });

  it('shows webhooks that can be made, and a request that one of them takes', async () => {
    const made = [];
    for (const body of textsOf('json create')) made.push(await api.post('/api/v1/webhooks', body));
    expect(made.map(({ status }) => status)).toEqual([201, 201]);
    const { path, secret } = made[0]!.body;
    const env = { ...process.env, URL: api.url + path, SECRET: secret };
    const { stdout } = await run('sh', ['-c', textsOf('sh send')[0]!], { env });
    const answer = JSON.parse(stdout);
    const shown = JSON.parse(textsOf('json answer')[0]!);
    expect(answer).toEqual({ ...shown, id: expect.any(String), run: expect.any(String) });
    const started = await api.get(`/api/v1/runs/${answer.run}`);
    expect(started.body).toMatchObject({ trigger: 'webhook', delivery: answer.id, inputs: { who: 'ann' } });
  });

  it.each(textsOf('json scheme'))('%s: is a scheme', async (scheme) => {
    const body = { name: 'any', scheme: JSON.parse(scheme), action: { type: 'send', event: 'x' } };
    const { status, body: made } = await api.post('/api/v1/webhooks', body);
    expect([status, made.scheme]).toEqual([201, expect.objectContaining(JSON.parse(scheme))]);
    await api.remove(`/api/v1/webhooks/${made.id}`);
  });

  it('has every outcome and every scheme', () => {
    const [outcomes, schemes] = findTables(text);
    expect(outcomes!.map(([name]) => codesIn(name!)[0])).toEqual([...OUTCOMES]);
    expect(schemes!.map(([name]) => codesIn(name!)[0])).toEqual([...SCHEMES]);
  });
});
