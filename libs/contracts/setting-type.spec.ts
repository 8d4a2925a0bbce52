import { describe, expect, it } from '@jest/globals';
import { describeType, parseSetting, type SettingType } from './setting-type.js';

const POOL: SettingType = { kind: 'whole', min: 1, max: 500 };
const QUEUES: SettingType = { kind: 'list', values: ['http', 'command'] };
const ADDRESS: SettingType = { kind: 'text', pattern: /^\S+:\d+$/, form: 'host:port' };

describe('parseSetting', () => {
  it.each<[SettingType | undefined, string, unknown]>([
    [undefined, ' anything ', ' anything '],
    [{ kind: 'folder' }, '/var/lib', '/var/lib'],
    [POOL, '1', 1],
    [POOL, '500', 500],
    [{ kind: 'duration' }, '30m', 1_800_000],
    [{ kind: 'switch' }, 'true', true],
    [{ kind: 'switch' }, 'false', false],
    [{ kind: 'choice', values: ['auto', 'none'] }, 'none', 'none'],
    [{ kind: 'list' }, ' a, ,b,', ['a', 'b']],
    [QUEUES, 'command,http', ['command', 'http']],
    [{ kind: 'url' }, 'http://127.0.0.1:8233/ui', 'http://127.0.0.1:8233/ui'],
    [ADDRESS, 'temporal:7233', 'temporal:7233'],
  ])('%j reads %j', (type, text, value) => {
    expect(parseSetting(type, text)).toEqual({ ok: true, value });
  });

  it.each<[SettingType, string]>([
    [POOL, '0'],
    [POOL, '501'],
    [POOL, '1.5'],
    [POOL, '-1'],
    [POOL, '1e2'],
    [POOL, '0x10'],
    [POOL, ' 7'],
    [POOL, '9'.repeat(400)],
    [{ kind: 'duration' }, 'soon'],
    [{ kind: 'switch' }, 'yes'],
    [{ kind: 'choice', values: ['auto'] }, 'AUTO'],
    [QUEUES, 'http,other'],
    [QUEUES, ','],
    [{ kind: 'url' }, 'javascript:alert(1)'],
    [{ kind: 'url' }, 'http://'],
    [{ kind: 'url' }, 'http://a b'],
    [ADDRESS, 'temporal'],
  ])('%j refuses %j, and says what it must be', (type, text) => {
    expect(parseSetting(type, text)).toEqual({ ok: false, must: `must be ${describeType(type)}` });
  });
});
