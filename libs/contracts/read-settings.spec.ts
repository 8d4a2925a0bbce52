import { describe, expect, it } from '@jest/globals';
import { SluiceError } from '#domain/errors.js';
import { SettingsReader } from './read-settings.js';
import { parseSetting } from './setting-type.js';
import { SETTINGS, type Setting } from './settings.js';

const DATABASE_URL = 'postgres://u:hunter2@127.0.0.1:5432/sluice';

describe('SettingsReader', () => {
  it('reads by the row: type, default, nothing', () => {
    const settings = new SettingsReader('worker', { SLUICE_COMMAND_SLOTS: '3', SLUICE_LOG_LEVEL: '' });
    expect({
      given: settings.read('SLUICE_COMMAND_SLOTS'),
      empty: settings.read('SLUICE_LOG_LEVEL'),
      list: settings.read('QUEUES'),
      noList: settings.read('SLUICE_HTTP_ALLOW'),
      none: settings.read('SLUICE_POOL'),
      folder: settings.read('SLUICE_HOME'),
    }).toEqual({
      given: 3,
      empty: 'info',
      list: ['orchestration', 'http', 'cicd', 'quality', 'command'],
      noList: [],
      none: undefined,
      folder: undefined,
    });
    expect(settings.finish('done')).toBe('done');
  });

  it('tells everything that is wrong at once, in the order of reading, without any value', () => {
    const settings = new SettingsReader('api', {
      DATABASE_URL: DATABASE_URL.replace('postgres', 'mysql'),
      SLUICE_PORT: '70000',
      SLUICE_ENCRYPTION_KEYS: 'hunter2',
    });
    settings.require('DATABASE_URL');
    settings.read('SLUICE_PORT');
    settings.parse('SLUICE_ENCRYPTION_KEYS', () => {
      throw new SluiceError({
        code: 'x',
        fault: 'user',
        message: 'SLUICE_ENCRYPTION_KEYS has no key.',
        hint: 'Make one.',
      });
    });
    settings.refuse('SLUICE_HOST', 'must be at home.');
    const finish = () => settings.finish(undefined);
    expect(finish).toThrow(
      expect.objectContaining({
        code: 'configuration-invalid',
        fault: 'user',
        message:
          'The configuration is not valid: DATABASE_URL must be postgres://user:password@host:port/database; ' +
          'SLUICE_PORT must be a whole number from 0 to 65535; SLUICE_ENCRYPTION_KEYS has no key. Make one; ' +
          'SLUICE_HOST must be at home.',
      }),
    );
    expect(finish).not.toThrow(/hunter2|mysql|70000/);
  });

  it('asks for what the program cannot do without', () => {
    const settings = new SettingsReader('api', {});
    settings.require('DATABASE_URL');
    expect(() => settings.finish(undefined)).toThrow(
      /DATABASE_URL must be set, as postgres:\/\/user:password@host:port\/database/,
    );
  });

  it('lets what is wrong in a parser through when it is no word about the value', () => {
    const settings = new SettingsReader('api', { SLUICE_ENCRYPTION_KEYS: 'x' });
    const broken = () => {
      throw new TypeError('a mistake of ours');
    };
    expect(() => settings.parse('SLUICE_ENCRYPTION_KEYS', broken)).toThrow(TypeError);
  });

  it('refuses unknown settings, save in the shell of a command line', () => {
    expect(() => new SettingsReader('api', { SLUICE_PROT: '1' })).toThrow(/SLUICE_PORT/);
    expect(() => new SettingsReader('cli', { SLUICE_PROT: '1' })).not.toThrow();
  });
});

describe('SETTINGS', () => {
  const defaulted = SETTINGS.map((row): Setting => row).filter(
    (row) => row.default !== undefined && row.type?.kind !== 'folder',
  );

  it.each(defaulted)('$name: its default is of its type', ({ type, default: text }) => {
    expect(parseSetting(type, text!)).toMatchObject({ ok: true });
  });
});
