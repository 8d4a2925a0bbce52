import { describe, expect, it } from '@jest/globals';
import { SETTINGS, type Setting } from '#contracts/settings.js';
import { readConfiguration } from './configuration.js';

const DATABASE_URL = 'postgres://u:hunter2@127.0.0.1:5432/sluice';

describe('readConfiguration of a worker', () => {
  it('needs no more than a database', () => {
    expect(readConfiguration({ DATABASE_URL, SLUICE_HOME: '/data' })).toMatchObject({
      queues: ['orchestration', 'http', 'cicd', 'quality', 'command'],
      pool: undefined,
      home: '/data/worker',
      platformHome: '/data',
      commandSlots: 8,
      commandIsolation: 'auto',
      workspaceRetentionMs: 3_600_000,
      objectRetentionMs: 30 * 86_400_000,
      encryptionKeys: [],
      httpAllow: [],
      plugins: [],
      secretFolders: [],
      logLevel: 'info',
    });
  });

  it('names everything wrong at once, and no value', () => {
    const env = {
      QUEUES: 'http,other',
      SLUICE_POOL: 'Linux Machines',
      SLUICE_COMMAND_SLOTS: '0',
      SLUICE_COMMAND_ISOLATION: 'docker',
      SLUICE_OBJECT_RETENTION: 'for ever',
      SLUICE_ENCRYPTION_KEYS: 'hunter2',
      SLUICE_LOG_LEVEL: 'loud',
    };
    expect(() => readConfiguration(env)).toThrow(
      new RegExp(['DATABASE_URL', ...Object.keys(env)].map((name) => `${name} (must|has)`).join('.*')),
    );
    expect(() => readConfiguration(env)).not.toThrow(/hunter2|docker|loud|other/);
  });

  it('reads every setting that is said to be read by workers', () => {
    const asked = new Set<string>();
    readConfiguration(
      new Proxy<Record<string, string>>(
        { DATABASE_URL },
        {
          get: (env, name) => {
            asked.add(String(name));
            return env[String(name)];
          },
        },
      ),
    );
    const documented = SETTINGS.filter((row: Setting) => row.readBy.includes('worker')).map(
      ({ name }) => name,
    );
    expect(documented.filter((name) => !asked.has(name))).toEqual([]);
  });
});
