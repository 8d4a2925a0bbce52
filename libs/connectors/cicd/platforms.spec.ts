import { describe, expect, it } from '@jest/globals';
import { github } from './github/github.js';
import type { Platform } from './platform.js';
import { createPlatforms } from './platforms.js';

const named = (name: string): Platform => ({ ...github, description: { ...github.description, name } });

describe('platforms', () => {
  it('are found by name, those of plugins too', () => {
    const own = named('own-ci');
    const platforms = createPlatforms([own]);
    expect(platforms.find('github')).toBe(github);
    expect(platforms.require('own-ci')).toBe(own);
    expect(platforms.all.at(-1)).toBe(own);
    expect(createPlatforms().find('own-ci')).toBeUndefined();
  });

  it.each(['constructor', '__proto__', '', 'GitHub', 'nothing'])('know none called %j', (name) => {
    const platforms = createPlatforms();
    expect(platforms.find(name)).toBeUndefined();
    expect(() => platforms.require(name)).toThrow(
      expect.objectContaining({
        code: 'platform-unknown',
        fault: 'user',
        hint: expect.stringContaining('github'),
      }),
    );
  });

  it('have names of their own', () => {
    expect(() => createPlatforms([named('github')])).toThrow(
      expect.objectContaining({ code: 'platform-name-taken' }),
    );
    for (const name of ['', 'Own', 'own_ci', '-own', 'own-', 'a'.repeat(51)])
      expect(() => createPlatforms([named(name)])).toThrow(
        expect.objectContaining({ code: 'platform-name-invalid' }),
      );
  });
});
