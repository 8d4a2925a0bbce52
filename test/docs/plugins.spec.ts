import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPlatforms } from '#connectors/cicd/platforms.js';
import { loadPlugins } from '#connectors/cicd/plugins/load-plugins.js';
import { PLUGIN_KIT, PLUGIN_VERSION } from '#connectors/cicd/plugins/plugin.js';
import { type ApiFixture, createApiFixture } from '../integration/api/api-fixture.js';
import { codesIn, findBlocks, findTables, ROOT, readDocument, sectionOf } from './markdown.js';

const run = promisify(execFile);
const text = readDocument('docs/plugins.md');
const blockOf = (info: string) => findBlocks(text).find((block) => block.info === info)!.text;

describe('docs/plugins.md', () => {
  let api: ApiFixture;
  beforeAll(async () => {
    const [, named] = /SLUICE_PLUGINS=(\S+)/.exec(blockOf('sh start'))!;
    const platforms = createPlatforms(await loadPlugins([named!], ROOT));
    api = await createApiFixture({}, {}, undefined, platforms);
  });
  afterAll(() => api?.close());

  it('shows how the example is named, and an integration with it', async () => {
    const { status, body } = await api.post('/api/v1/integrations', blockOf('json integration'));
    expect({ status, body }).toMatchObject({ status: 201, body: JSON.parse(blockOf('json integration')) });
  });

  it('shows how the example is checked, which is right by the types of Sluice', async () => {
    const [program, ...argv] = blockOf('sh check').split(' ');
    expect(await run(join(ROOT, program!), argv, { cwd: ROOT })).toMatchObject({ stdout: '' });
  });

  it('has all of the kit, and its version', () => {
    const [kit] = findTables(sectionOf(text, '## The kit'));
    expect(kit!.flatMap(([names]) => codesIn(names!)).sort()).toEqual(Object.keys(PLUGIN_KIT).sort());
    expect(text).toContain(`Version ${PLUGIN_VERSION} of the interface`);
  });

  it('has every code by which a start is refused', () => {
    const sources = ['plugins/load-plugins.ts', 'platforms.ts'].map((path) =>
      readFileSync(join(ROOT, 'libs/connectors/cicd', path), 'utf8'),
    );
    const thrown = [...sources.join('').matchAll(/code: '((?:plugin|platform-name)-[a-z-]+)'/g)];
    const [codes] = findTables(sectionOf(text, '## When a process does not start'));
    expect(codes!.flatMap(([code]) => codesIn(code!)).sort()).toEqual(thrown.map(([, code]) => code).sort());
  });
});
