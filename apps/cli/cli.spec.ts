import { describe, expect, it } from '@jest/globals';
import { runCommand } from './testing/run-command.js';

describe('sluice', () => {
  it.each([
    [['--help'], 0],
    [['run', '--help'], 0],
    [['--version'], 0],
    [[], 2],
    [['unknown'], 2],
    [['status'], 2],
    [['status', 'a', 'b'], 2],
    [['run', 'x', '--unknown'], 2],
    [['run', 'x', '--input'], 2],
    [['list', '--server', 'ftp://x'], 2],
    [['list', '--server', 'not a url'], 2],
    [['list', '--server', 'http://me:secret@127.0.0.1:9'], 2],
  ])('answers %j with %d', async (argv, code) => {
    expect((await runCommand({ argv })).code).toBe(code);
  });

  it('documents its exit codes', async () => {
    for (const argv of [['--help'], ['run', '--help']]) {
      const { out } = await runCommand({ argv });
      expect(out).toMatch(
        /Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 .*\n {2}4 .*\n {2}5 .*\n {2}6 .*\n {2}70 .*\n {2}130 /,
      );
    }
  });

  it('suggests what may have been meant', async () => {
    expect((await runCommand({ argv: ['statis'] })).err).toContain('Did you mean status?');
  });

  it('does not print credentials', async () => {
    const { err } = await runCommand({ argv: ['list', '--server', 'http://me:secret@127.0.0.1:9'] });
    expect(err).not.toContain('secret');
  });

  it.each([
    [{ SLUICE_URL: 'http://127.0.0.1:1', SLUICE_PORT: '2' }, [], 'http://127.0.0.1:1'],
    [{ SLUICE_PORT: '2' }, [], 'http://127.0.0.1:2'],
    [{ SLUICE_URL: 'http://127.0.0.1:1' }, ['--server', 'http://127.0.0.1:3/'], 'http://127.0.0.1:3'],
  ])('asks the server that is named nearest: %j %j', async (env, argv, server) => {
    const { code, err } = await runCommand({ argv: ['list', ...argv], env });
    expect(code).toBe(4);
    expect(err).toContain(`no Sluice server at ${server}\n`);
  });

  it('names a wrong address', async () => {
    expect((await runCommand({ argv: ['list'], env: { SLUICE_URL: 'here' } })).err).toContain(
      'here is not the URL of a server',
    );
  });
});
