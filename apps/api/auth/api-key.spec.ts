import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { createApiKey, matchesSecret, parseApiKey } from './api-key.js';

describe('an API key', () => {
  it('is another each time, is recognised, and its secret is not what is kept', () => {
    const [one, other] = [createApiKey(), createApiKey()];
    expect(one.text).not.toBe(other.text);
    expect(one.text).toMatch(/^sluice_[0-9a-z]{16}_[0-9a-z]{59}$/);
    const { id, secret } = parseApiKey(one.text)!;
    expect(id).toBe(one.id);
    expect(one.hash.toString('latin1')).not.toContain(secret);
    expect(matchesSecret(secret, one.hash)).toBe(true);
    expect(matchesSecret(secret, other.hash)).toBe(false);
  });

  it('is refused, without asking anybody, where it was copied wrongly', () => {
    const { text } = createApiKey();
    const last = text.at(-1) === '0' ? '1' : '0';
    for (const wrong of [
      '',
      'sluice_',
      text.slice(1),
      text.slice(0, -1),
      `${text}0`,
      `${text}\n`,
      text.toUpperCase(),
      text.slice(0, -1) + last,
      text.replace(/_(.)/, (_, letter) => `_${letter === '0' ? '1' : '0'}`),
    ]) {
      expect([wrong, parseApiKey(wrong)]).toEqual([wrong, undefined]);
    }
  });

  it('matches no hash that is not there or is none', () => {
    const { secret } = parseApiKey(createApiKey().text)!;
    expect(matchesSecret(secret, undefined)).toBe(false);
    expect(matchesSecret(secret, Buffer.alloc(0))).toBe(false);
    expect(matchesSecret(secret, Buffer.alloc(32))).toBe(false);
  });

  it('is compared in constant time', () => {
    const source = readFileSync(new URL('api-key.ts', import.meta.url), 'utf8');
    expect(source).toMatch(/return timingSafeEqual\(/);
    expect(source).not.toMatch(/\.equals\(|hash\s*===\s*given|Buffer\.compare/);
  });
});
