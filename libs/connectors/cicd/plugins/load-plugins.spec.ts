import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CAPABILITIES } from '../platform.js';
import { createPlatforms } from '../platforms.js';
import { loadPlugins } from './load-plugins.js';

const METHODS =
  'health rateLimit projects pipelines branches inputs trigger find executions status jobs steps logs cancel retry artifacts download';

/** Text of a module with one platform, for each of whose parts the test may write another. */
function moduleOf(parts: Readonly<Record<string, string>> = {}): string {
  const {
    version = '1',
    description = '',
    capabilities = '',
    platform = '',
    client = '',
    returned = '[platform]',
  } = parts;
  return `
    const capabilities = Object.fromEntries(${JSON.stringify(CAPABILITIES)}.map((name) => [name, { supported: true }]));
    const client = Object.fromEntries('${METHODS}'.split(' ').map((name) => [name, () => name]));
    Object.assign(client, { ${client} });
    const description = {
      name: 'own-ci', title: 'Own CI', auth: ['token'], permissions: [], options: { type: 'object' },
      names: { project: 'a folder', pipeline: 'a file' }, settleMs: 0,
      capabilities: { ...capabilities, ${capabilities} }, ${description}
    };
    const platform = {
      description, connect: () => client, verifyWebhook: () => ({ valid: true }), parseEvent: () => ({}), ${platform}
    };
    export default { apiVersion: ${version}, platforms: (kit) => ${returned} };`;
}

describe('loadPlugins', () => {
  let folder: string;
  let count = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-plugins-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  const load = async (text: string) => {
    count += 1;
    await write(`plugin-${count}.mjs`, text);
    return loadPlugins([`./plugin-${count}.mjs`], folder);
  };

  it('loads nothing where nothing is named', async () => {
    expect(await loadPlugins([], folder)).toEqual([]);
  });

  it('takes files, folders, addresses and packages that are installed, in their order', async () => {
    const named = (name: string) => moduleOf({ description: `name: '${name}'` });
    const manifest = JSON.stringify({ type: 'module', main: './main.js' });
    await write('one.mjs', named('one'));
    await write('folder/package.json', manifest);
    await write('folder/main.js', named('two'));
    await write('node_modules/sluice-three/package.json', manifest);
    await write('node_modules/sluice-three/main.js', named('three'));
    await write('four.mjs', named('four'));
    const specifiers = [
      './one.mjs',
      join(folder, 'folder'),
      'sluice-three',
      pathToFileURL(join(folder, 'four.mjs')).href,
    ];
    const loaded = await loadPlugins(specifiers, folder);
    expect(loaded.map(({ description }) => description.name)).toEqual(['one', 'two', 'three', 'four']);
  });

  it('hands over what platforms are made with', async () => {
    const telling = '{ ...client, health: () => Object.keys(kit) }';
    const [platform] = await load(moduleOf({ returned: `[{ ...platform, connect: () => (${telling}) }]` }));
    const told = platform!.connect({} as never).health();
    expect(told).toEqual(expect.arrayContaining(['PlatformHttp', 'Answer', 'findToken']));
  });

  it.each([
    './nowhere.mjs',
    '/nowhere/plugin.mjs',
    'sluice-nowhere',
    'file:///nowhere.mjs',
    'file://host/share',
    'node:fs',
    'https://plugins.example/one.mjs',
    'data:text/javascript,export default 1',
    '.',
    '\u0000',
  ])('says of %j that it is not there', async (specifier) => {
    const failure = await loadPlugins([specifier], folder).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'plugin-not-found',
      hint: expect.stringContaining('SLUICE_PLUGINS'),
    });
  });

  it.each([
    ['throws', 'throw new Error("no licence\\n  at home")', 'no licence at home'],
    ['throws what is no error', 'throw undefined', 'undefined'],
    ['cannot be read', 'export default {', 'Unexpected'],
    ['needs what is not there', 'import "sluice-missing-part"', 'sluice-missing-part'],
    [
      'throws when asked for its platforms',
      moduleOf({ returned: '{ throw new Error("not today") }' }),
      'not today',
    ],
  ])('tells in words of one that %s', async (_, text, words) => {
    const failure = await load(text).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'plugin-broken', fault: 'user' });
    expect((failure as Error).message).toContain(words);
    expect((failure as Error).message).not.toMatch(/\n|^\s+at /m);
  });

  it.each([
    ['has no default export', 'export const platforms = () => []', 'default export'],
    ['exports a function', 'export default () => []', 'default export'],
    ['exports null', 'export default null', 'default export'],
    ['has a list of platforms', 'export default { apiVersion: 1, platforms: [] }', 'not a function'],
    ['has none', moduleOf({ returned: '[]' }), 'list of 1 to'],
    ['promises them', moduleOf({ returned: 'Promise.resolve([platform])' }), 'list of 1 to'],
    ['has far too many', moduleOf({ returned: 'Array(51).fill(platform)' }), 'list of 1 to'],
  ])('refuses one that %s', async (_, text, words) => {
    const failure = await load(text).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'plugin-invalid', message: expect.stringContaining(words) });
  });

  it.each([
    ['2', 'version 2'],
    ["'1'", 'no version'],
    ['undefined', 'no version'],
  ])('refuses the version %s', async (version, words) => {
    const failure = await load(moduleOf({ version })).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'plugin-version-unknown',
      message: expect.stringContaining(words),
      hint: expect.stringContaining('version 1'),
    });
  });

  it.each([
    [{ returned: '[null]' }, 'it is not an object'],
    [{ returned: '[platform, 7]' }, 'Platform 2'],
    [{ platform: 'description: []' }, 'description is not an object'],
    [{ platform: 'parseEvent: {}' }, 'parseEvent is not a function'],
    [{ platform: 'get connect() { throw new Error("gone") }' }, 'gone'],
    [{ description: 'name: 7' }, 'description.name is not a text'],
    [{ description: "title: ' '" }, 'description.title is not a text'],
    [{ description: "cloudUrl: 'javascript:x'" }, 'description.cloudUrl'],
    [{ description: "auth: ['constructor']" }, 'description.auth'],
    [{ description: 'auth: []' }, 'description.auth'],
    [{ description: 'permissions: [1]' }, 'description.permissions'],
    [{ description: "options: { type: 'what' }" }, 'description.options'],
    [{ description: "names: { project: 'x' }" }, 'description.names.pipeline'],
    [{ description: 'settleMs: -1' }, 'description.settleMs'],
    [{ description: 'settleMs: NaN' }, 'description.settleMs'],
    [{ description: 'capabilities: Object.create(capabilities)' }, 'capabilities lacks projects; '],
    [{ capabilities: 'logs: undefined' }, 'capabilities.logs'],
    [{ capabilities: 'logs: { supported: false }' }, 'capabilities.logs does not say what to do instead'],
    [{ capabilities: 'logs: { supported: true, note: 1 }' }, 'the note on logs'],
    [{ capabilities: 'constructor: { supported: true }' }, '"constructor", which is none'],
    [{ platform: 'connect: () => undefined' }, 'connect does not return an object'],
    [
      { platform: 'connect: () => { throw new Error("needs a network") }' },
      'connect throws: needs a network',
    ],
    [
      { client: 'cancel: undefined, download: 1' },
      "the client's cancel is not a function; the client's download",
    ],
  ])('refuses a platform with %j', async (parts, words) => {
    const failure = await load(moduleOf(parts)).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'plugin-platform-invalid',
      hint: expect.stringContaining('docs/plugins.md'),
    });
    expect((failure as Error).message).toContain(words);
  });

  it('lets names be names, and each only once', async () => {
    const loaded = await load(moduleOf({ description: "name: 'constructor'" }));
    const platforms = createPlatforms(loaded);
    expect(platforms.find('constructor')).toBe(loaded[0]);
    expect(platforms.find('hasownproperty')).toBeUndefined();
    expect(() => createPlatforms([...loaded, ...loaded])).toThrow(
      expect.objectContaining({ code: 'platform-name-taken' }),
    );
    for (const { description } of createPlatforms().all)
      expect(() => createPlatforms([{ ...loaded[0]!, description }])).toThrow(
        expect.objectContaining({ code: 'platform-name-taken' }),
      );
    const [shouted] = await load(moduleOf({ description: "name: 'Own CI'" }));
    expect(() => createPlatforms([shouted!])).toThrow(
      expect.objectContaining({ code: 'platform-name-invalid' }),
    );
  });
});
