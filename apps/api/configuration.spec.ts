import { describe, expect, it } from '@jest/globals';
import { SETTINGS, type Setting } from '#contracts/settings.js';
import { readConfiguration } from './configuration.js';

const SECRET = 'x'.repeat(32);
const DATABASE_URL = 'postgres://u:hunter2@127.0.0.1:5432/sluice';

describe('readConfiguration', () => {
  it('needs no more than a database', () => {
    expect(readConfiguration({ DATABASE_URL })).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      database: {
        applicationName: 'sluice-api',
        poolSize: 10,
        connectTimeoutMs: 5_000,
        idleTimeoutMs: 10_000,
        statementTimeoutMs: 30_000,
        lockTimeoutMs: 10_000,
      },
      replicaLagMs: 10_000,
      reconcileMs: 15_000,
      temporalAddress: '127.0.0.1:7233',
      temporalNamespace: 'default',
      loopback: true,
      open: false,
      logLevel: 'info',
    });
  });

  it('reads every setting that is said to be read by the API', () => {
    const asked = new Set<string>();
    const get = (env: Record<string, string>, name: string | symbol) => {
      asked.add(String(name));
      return env[String(name)];
    };
    readConfiguration(new Proxy<Record<string, string>>({ DATABASE_URL }, { get }));
    const documented = SETTINGS.filter((row: Setting) => row.readBy.includes('api')).map(({ name }) => name);
    expect(documented.filter((name) => !asked.has(name))).toEqual([]);
  });

  it.each([
    ['no database', {}, /DATABASE_URL must be set/],
    ['another database', { DATABASE_URL: 'mysql://x' }, /DATABASE_URL/],
    ['a port that is none', { DATABASE_URL, SLUICE_PORT: '3000x' }, /SLUICE_PORT/],
    ['a port out of range', { DATABASE_URL, SLUICE_PORT: '70000' }, /SLUICE_PORT/],
    [
      'an address that others reach without a secret',
      { DATABASE_URL, SLUICE_HOST: '0.0.0.0' },
      /SLUICE_AUTH_SECRET must be set/,
    ],
    [
      'a secret that can be guessed',
      { DATABASE_URL, SLUICE_HOST: '0.0.0.0', SLUICE_AUTH_SECRET: 'short' },
      /SLUICE_AUTH_SECRET must be 32 characters or more/,
    ],
    [
      'open doors where others reach them',
      { DATABASE_URL, SLUICE_HOST: '0.0.0.0', SLUICE_AUTH_SECRET: SECRET, SLUICE_AUTH: 'off' },
      /SLUICE_AUTH must be on/,
    ],
    [
      'a name as address',
      { DATABASE_URL, SLUICE_AUTH_SECRET: SECRET, SLUICE_HOST: 'sluice' },
      /SLUICE_HOST must be an IP address/,
    ],
    ['doors that are neither', { DATABASE_URL, SLUICE_AUTH: 'maybe' }, /SLUICE_AUTH must be/],
    ['a proxy that is a name', { DATABASE_URL, SLUICE_TRUSTED_PROXIES: 'proxy' }, /SLUICE_TRUSTED_PROXIES/],
    ['too wide a range', { DATABASE_URL, SLUICE_TRUSTED_PROXIES: '10.0.0.0/33' }, /SLUICE_TRUSTED_PROXIES/],
    ['a rate of nothing', { DATABASE_URL, SLUICE_RATE_KEY: '0' }, /SLUICE_RATE_KEY/],
    [
      'an address without a port',
      { DATABASE_URL, TEMPORAL_ADDRESS: 'temporal' },
      /TEMPORAL_ADDRESS must be host:port/,
    ],
    ['a script as URL', { DATABASE_URL, SLUICE_UI_URL: 'javascript:alert(1)' }, /SLUICE_UI_URL/],
    ['a level that is none', { DATABASE_URL, SLUICE_LOG_LEVEL: 'loud' }, /SLUICE_LOG_LEVEL/],
  ])('refuses %s', (_, env, message) => {
    expect(() => readConfiguration(env)).toThrow(
      expect.objectContaining({ code: 'configuration-invalid', message: expect.stringMatching(message) }),
    );
  });

  it('listens beyond this machine with a secret', () => {
    const env = { DATABASE_URL, SLUICE_AUTH_SECRET: SECRET, SLUICE_HOST: '0.0.0.0' };
    expect(readConfiguration(env)).toMatchObject({ host: '0.0.0.0', loopback: false, authSecret: SECRET });
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
