import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FakeGitHub, startFakeGitHub } from '#connectors/cicd/testing/fake-github.js';
import { createTestKey, createTestMember, createTestProject } from '../access.js';
import { TestPlatform } from '../platform.js';
import { fillGitHub } from './guide/fill-github.js';
import { findOperation, readOperations } from './guide/operations.js';
import { exchangesOf, readPage } from './guide/read-page.js';
import { runPage } from './guide/run-page.js';
import { TestAgent } from './guide/test-agent.js';
import { findBlocks, ROOT, readDocument } from './markdown.js';

/** `npm run guide`: what is answered is written into the pages. */
const writing = process.env['SLUICE_TEST_WRITE'] !== undefined;

const pages = [
  'docs/api.md',
  ...readdirSync(join(ROOT, 'docs/api'))
    .sort()
    .map((name) => `docs/api/${name}`),
].map((path) => {
  const text = readDocument(path);
  return { path, text, exchanges: exchangesOf(readPage(text)) };
});
const operations = readOperations();

describe('the guide to the API', () => {
  it('has a request of every operation that is described', () => {
    const shown = pages.flatMap(({ exchanges }) =>
      exchanges.map(({ request }) => findOperation(operations, request.first)),
    );
    const missing = operations.filter((operation) => !shown.includes(operation));
    expect(missing.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it.each(pages)('$path asks what is described, and shows answers that are', ({ exchanges }) => {
    const strange = exchanges.flatMap(({ request, answer, line }) => {
      const operation = findOperation(operations, request.first);
      const [, status = ''] = answer?.first.split(' ') ?? [];
      return operation?.statuses.includes(status) ? [] : [`line ${line}: ${request.first} ${status}`];
    });
    expect(strange).toEqual([]);
  });

  it('is told of in its index', () => {
    const index = readDocument('docs/api.md');
    const links = [...index.matchAll(/\]\(api\/([\w-]+\.md)\)/g)].map(([, name]) => `docs/api/${name}`);
    expect([...new Set(links)].sort()).toEqual(pages.slice(1).map(({ path }) => path));
  });
});

describe('the pages, their requests sent and their answers compared', () => {
  const agent = new TestAgent();
  let github: FakeGitHub;
  let platform: TestPlatform;
  let ann: string;

  beforeAll(async () => {
    const address = await agent.listen();
    github = await startFakeGitHub();
    fillGitHub(github);
    const settings = {
      SLUICE_HTTP_ALLOW: '127.0.0.1',
      SLUICE_ENCRYPTION_KEYS: `k:${randomBytes(32).toString('base64')}`,
    };
    platform = await TestPlatform.start({
      api: { ...settings, SLUICE_SECRET_GITHUB: Object.values(github.secrets)[0]! },
      worker: { ...settings, SLUICE_CALLBACK_URL: 'https://sluice.example' },
    });
    addresses.push(['http://127.0.0.1:8090', address], ['http://127.0.0.1:8095', github.url]);
    ann = await createTestMember(platform.database.dataSource, 'ann', ['admin'], '*');
  });
  afterAll(async () => {
    await platform?.close();
    await agent.close();
    await github?.close();
  });

  const addresses: [shown: string, here: string][] = [];

  it.each(pages)('$path', async ({ path, text }) => {
    const project = `of-${path.replace(/^.*\/|\.md$/g, '')}`;
    const { dataSource } = platform.database;
    await createTestProject(dataSource, project);
    const key = await createTestKey(dataSource, { name: `ann-${project}`, projects: ['*'], userId: ann });
    const fresh = await runPage(text, {
      url: () => platform.url,
      headers: { authorization: `Bearer ${key}`, 'x-sluice-project': project },
      project,
      addresses,
      givenVariable: (name) => agent.tell(name),
      patienceMs: { shown: writing ? 5_000 : 60_000, fresh: 1_000 },
    });
    if (writing && fresh !== text) writeFileSync(join(ROOT, path), fresh);
    else expect(fresh).toBe(text);
  });

  it('docs/api.md shows commands that can be typed', async () => {
    const commands = findBlocks(readDocument('docs/api.md')).filter(({ info }) => info === 'sh');
    const env = {
      ...process.env,
      SLUICE_URL: platform.url,
      SLUICE_API_KEY: platform.authorization.authorization.replace('Bearer ', ''),
    };
    const printed: string[] = [];
    for (const { text } of commands) {
      printed.push((await promisify(execFile)('sh', ['-euc', text], { env })).stdout);
    }
    expect(printed).toEqual([
      expect.stringContaining('"means":"key"'),
      expect.stringMatching(/^\{"items":.*\}\{"name":"mobile",[^{}]*\}$/),
    ]);
  });
});
