import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfiguration } from '../../apps/api/configuration.js';
import { runCommand } from '../../apps/cli/testing/run-command.js';
import { findBlocks, readDocument } from './markdown.js';
import { splitWords } from './words.js';

const lines = findBlocks(readDocument('docs/access.md'))
  .filter(({ info }) => info === 'sh')
  .flatMap(({ text }) => text.split('\n'));
const commands = lines
  .filter((line) => line.startsWith('sluice '))
  .map((line) => line.replace(/\s+#.*$/, ''));
const settings = lines.filter((line) => line.startsWith('SLUICE_'));

/** Its table of roles is held true by test/integration/api/roles.spec.ts. */
describe('docs/access.md', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'sluice-docs-'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('shows commands and settings, and nothing else to type', () => {
    expect(commands.length).toBeGreaterThan(4);
    expect(lines).toHaveLength(commands.length + settings.length);
  });

  it.each(commands)('%s: is understood, and asks the server', async (line) => {
    const [, ...argv] = splitWords(line);
    const env = { SLUICE_URL: 'http://127.0.0.1:1', HOME: home };
    const { code, err } = await runCommand({ argv, env, stdin: 'sluice_key' });
    const asked = argv[0] === 'logout' ? { code: 0, err: '' } : undefined;
    expect({ code, err }).toEqual(asked ?? { code: 4, err: expect.stringContaining('no Sluice server') });
  });

  it('shows settings that the API takes', () => {
    const env = Object.fromEntries(
      settings
        .map((line) => splitWords(line)[0]!)
        .map((line) => [line.split('=', 1)[0]!, line.slice(line.indexOf('=') + 1)]),
    );
    const { oidc } = readConfiguration({ DATABASE_URL: 'postgres://u:p@localhost/d', ...env });
    expect(oidc).toMatchObject({ audience: 'sluice', rolesClaim: 'realm_access.roles' });
    expect([...oidc!.roles.keys()]).toEqual(['platform', 'web-team']);
  });
});
