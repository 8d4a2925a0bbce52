import { describe, expect, it } from '@jest/globals';
import type { Json } from '../json.js';
import { boundChange, hideSecretForms, MOST_CHANGE } from './bound-change.js';

describe('boundChange', () => {
  it.each<[Json, Json]>([
    [
      { workflow: 'release', version: 3 },
      { workflow: 'release', version: 3 },
    ],
    [{ password: 'hunter22' }, { password: '***' }],
    [
      { inputs: { githubToken: 'ghp_x', api_key: 'k', 'db.password': 1234 } },
      { inputs: { githubToken: '***', api_key: '***', 'db.password': '***' } },
    ],
    [
      { client_secret: 'a', clientSecret: 'a', SECRET: 'a', Authorization: 'a' },
      { client_secret: '***', clientSecret: '***', SECRET: '***', Authorization: '***' },
    ],
    [
      {
        tokenizer: 'bpe',
        bypass: 'role',
        compass: 'north',
        keyboard: 'no',
        passenger: 'ann',
        secretary: 'bob',
      },
      {
        tokenizer: 'bpe',
        bypass: 'role',
        compass: 'north',
        keyboard: 'no',
        passenger: 'ann',
        secretary: 'bob',
      },
    ],
    [{ token: 'vault:ci/token' }, { token: 'vault:ci/token' }],
    [{ token: { nested: 'kept', password: 'p' } }, { token: { nested: 'kept', password: '***' } }],
    [[{ url: 'postgres://me:pw123@db/x' }], [{ url: 'postgres://me:***@db/x' }]],
    [
      { ['__proto__']: 1, a: null },
      { ['__proto__']: 1, a: null },
    ],
  ])('%j becomes %j', (value, shown) => {
    expect(boundChange(value)).toEqual(shown);
  });

  it.each<[string, Json]>([
    ['a long text', { source: 'x'.repeat(100_000) }],
    ['many members', Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`member-${at}`, at]))],
    ['many long texts', Array.from({ length: 90 }, () => 'y'.repeat(5_000))],
    ['many lists', Array.from({ length: 90 }, () => Array.from({ length: 90 }, () => 'z'.repeat(50)))],
  ])('%s is shortened, with a digest to compare by', (_, value) => {
    const text = JSON.stringify(boundChange(value));
    expect(text.length).toBeLessThanOrEqual(MOST_CHANGE);
    expect(text).toMatch(/sha256:[0-9a-f]{64}/);
    expect(boundChange(value)).toEqual(boundChange(value));
  });

  it('goes no deeper than it must', () => {
    let deep: Json = 'end';
    for (let depth = 0; depth < 60; depth++) deep = [deep];
    expect(JSON.stringify(boundChange(deep))).toContain('"omitted":true');
  });
});

describe('hideSecretForms', () => {
  it.each([
    ['curl -H "Authorization: Bearer abcdefgh12345"', 'abcdefgh12345'],
    ['git clone https://user:pass1234@example.org/x', 'pass1234'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', 'MIIE'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 'c2lnbmF0dXJl'],
    ['with: { password: hunter22 }', 'hunter22'],
    ['API_KEY="k-123456"', 'k-123456'],
  ])('%s: hides %s', (text, secret) => {
    expect(hideSecretForms(text)).not.toContain(secret);
  });

  it.each(['secrets: { TOKEN: vault:ci/token }', 'token: ${{ inputs.token }}', 'the token: a ring'])(
    '%s: stays',
    (text) => {
      expect(hideSecretForms(text)).toBe(text);
    },
  );

  it('takes linear time', () => {
    hideSecretForms('a://'.repeat(20_000));
    hideSecretForms('-----BEGIN PRIVATE KEY-----'.repeat(2_000));
    hideSecretForms('token:'.repeat(20_000));
  });
});
