import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { STREAM_ENDS } from '../../apps/api/live/stream-ends.js';
import { type ApiFixture, createApiFixture, HELLO } from '../integration/api/api-fixture.js';
import { codesIn, findBlocks, findTables, readDocument, sectionOf } from './markdown.js';

const text = readDocument('docs/live.md');
const blocks = findBlocks(text);

describe('docs/live.md', () => {
  let api: ApiFixture;
  let run: string;

  beforeAll(async () => {
    api = await createApiFixture();
    await api.save(HELLO);
    run = (await api.post('/api/v1/workflows/hello/execute', {})).body.id;
    await api.recorder.record({
      transitions: [
        { run, transitions: [{ sequence: 2, at: 1_790_000_000_000, step: 'say', status: 'running' }] },
      ],
    });
  });
  afterAll(() => api?.close());

  const finish = () =>
    api.recorder.record({
      results: [
        {
          run,
          result: { status: 'succeeded' },
          endedAt: 1_790_000_000_100,
          sequence: 100,
          steps: {},
          actions: {},
        },
      ],
    });

  const key = () => api.authorization.authorization.replace('Bearer ', '');

  /** As a shell runs what is written. */
  async function runShell(command: string): Promise<string> {
    const shell = spawn('sh', ['-euc', command], {
      env: { ...process.env, SLUICE_URL: api.url, SLUICE_API_KEY: key(), RUN: run },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let printed = '';
    shell.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      printed += chunk;
    });
    const [code] = await once(shell, 'exit');
    expect(code).toBe(0);
    return printed;
  }

  const [watchByCurl = '', askForTicket = ''] = blocks
    .filter(({ info }) => info === 'sh')
    .map((block) => block.text);

  it('watches with JavaScript and with curl, as it is written', async () => {
    const { text: source } = blocks.find(({ info }) => info === 'js')!;
    const watch = new Function(`${source}; return watch;`)() as (
      url: string,
      key: string,
      run: string,
      tell: (event: string, data: unknown) => void,
    ) => Promise<void>;
    const told: string[] = [];
    const began = Promise.withResolvers<void>();
    const watching = watch(api.url, key(), run, (event) => {
      told.push(event);
      began.resolve();
    });
    const curling = runShell(watchByCurl);
    await began.promise;
    await finish();
    await watching;
    expect([told[0], told.at(-1)]).toEqual(['run', 'end']);
    const printed = await curling;
    const shown = blocks.find(({ info }) => info === 'text')!.text;
    const namesOf = (lines: string) => [...lines.matchAll(/^(\w+): /gm)].slice(0, 3).map(([, name]) => name);
    expect(namesOf(printed.replace(/^retry: .*\n\n/, ''))).toEqual(namesOf(shown));
    expect(printed).toMatch(/^event: end$/m);
  });

  it('asks for a ticket as it is written', async () => {
    const ticket = JSON.parse(await runShell(askForTicket));
    const shown = JSON.parse(blocks.find(({ info }) => info === 'json')!.text);
    expect(Object.keys(ticket)).toEqual(Object.keys(shown));
  });

  it('has every way in which a stream ends, with its code and its text', () => {
    const [table] = findTables(sectionOf(text, '## How a stream ends'));
    expect(table!.map(([code, name, words]) => [Number(code), ...codesIn(name!), words])).toEqual(
      Object.entries(STREAM_ENDS).map(([name, { code, text: words }]) => [code, name, words]),
    );
  });

  it('says what fits into the reason of a WebSocket', () => {
    for (const [name, { text: words }] of Object.entries(STREAM_ENDS)) {
      expect(Buffer.byteLength(`${name}: ${words}`)).toBeLessThanOrEqual(123);
    }
  });
});
