import { describe, expect, it } from '@jest/globals';
import { SETTINGS } from '#contracts/settings.js';
import { readConfiguration } from './configuration.js';

const DATABASE_URL = 'postgres://u:hunter2@127.0.0.1:5432/sluice';

describe('readConfiguration', () => {
  it('needs no more than a database; the defaults are those that are documented', () => {
    const configuration = readConfiguration({ DATABASE_URL });
    expect(configuration).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      databasePool: 10,
      reconcileMs: 15_000,
    });
    const documented = (name: string) =>
      SETTINGS.map((s): { name: string; default?: string } => s).find((s) => s.name === name)?.default;
    expect({
      SLUICE_PORT: String(configuration.port),
      SLUICE_HOST: configuration.host,
      SLUICE_DATABASE_POOL: String(configuration.databasePool),
      SLUICE_RECONCILE_MS: String(configuration.reconcileMs),
      SLUICE_LOG_LEVEL: configuration.logLevel,
      SLUICE_ROLES: configuration.roles,
      TEMPORAL_ADDRESS: configuration.temporalAddress,
      TEMPORAL_NAMESPACE: configuration.temporalNamespace,
    }).toEqual(
      Object.fromEntries(
        [
          'SLUICE_PORT',
          'SLUICE_HOST',
          'SLUICE_DATABASE_POOL',
          'SLUICE_RECONCILE_MS',
          'SLUICE_LOG_LEVEL',
          'SLUICE_ROLES',
          'TEMPORAL_ADDRESS',
          'TEMPORAL_NAMESPACE',
        ].map((name) => [name, documented(name)]),
      ),
    );
  });

  it.each([
    ['no database', {}, /DATABASE_URL must be set/],
    ['another database', { DATABASE_URL: 'mysql://x' }, /DATABASE_URL/],
    ['a port that is none', { DATABASE_URL, SLUICE_PORT: '3000x' }, /SLUICE_PORT/],
    ['a port out of range', { DATABASE_URL, SLUICE_PORT: '70000' }, /SLUICE_PORT/],
    ['an open address', { DATABASE_URL, SLUICE_HOST: '0.0.0.0' }, /SLUICE_HOST must be a loopback address/],
    ['a name as open address', { DATABASE_URL, SLUICE_OPEN: 'true', SLUICE_HOST: 'sluice' }, /SLUICE_HOST/],
    ['openness that is none', { DATABASE_URL, SLUICE_OPEN: '1' }, /SLUICE_OPEN/],
    [
      'an address without a port',
      { DATABASE_URL, TEMPORAL_ADDRESS: 'temporal' },
      /TEMPORAL_ADDRESS must be host:port/,
    ],
    ['a script as URL', { DATABASE_URL, SLUICE_UI_URL: 'javascript:alert(1)' }, /SLUICE_UI_URL/],
    ['roles that are none', { DATABASE_URL, SLUICE_ROLES: 'ann=Boss' }, /SLUICE_ROLES .*Boss/],
    ['a level that is none', { DATABASE_URL, SLUICE_LOG_LEVEL: 'loud' }, /SLUICE_LOG_LEVEL/],
  ])('refuses %s', (_, env, message) => {
    expect(() => readConfiguration(env)).toThrow(
      expect.objectContaining({ code: 'configuration-invalid', message: expect.stringMatching(message) }),
    );
  });

  it('listens beyond this machine only by choice', () => {
    expect(readConfiguration({ DATABASE_URL, SLUICE_OPEN: 'true', SLUICE_HOST: '0.0.0.0' }).host).toBe(
      '0.0.0.0',
    );
  });

  it('names everything wrong at once, and no value', () => {
    const env = { DATABASE_URL: 'mysql://u:hunter2@h/d', SLUICE_PORT: 'x', SLUICE_HOST: 'x' };
    expect(() => readConfiguration(env)).toThrow(/DATABASE_URL.*SLUICE_HOST.*SLUICE_PORT/);
    expect(() => readConfiguration(env)).not.toThrow(/hunter2/);
  });

  it('refuses a variable that it does not know', () => {
    expect(() => readConfiguration({ DATABASE_URL, SLUICE_PROT: '1' })).toThrow(/SLUICE_PORT/);
  });
});
