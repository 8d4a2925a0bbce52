import { describe, expect, it } from '@jest/globals';
import { refuseUnknownSettings, SETTINGS } from './settings.js';

describe('refuseUnknownSettings', () => {
  it('accepts every setting, secrets, and what is not ours', () => {
    const env = Object.fromEntries(SETTINGS.map((setting) => [setting.name, 'x']));
    expect(() => refuseUnknownSettings({ ...env, SLUICE_SECRET_TOKEN: 'x', PATH: '/bin' })).not.toThrow();
  });

  it('names all that it does not know, and what may have been meant', () => {
    expect(() => refuseUnknownSettings({ SLUICE_PROT: '1', SLUICE_ELEPHANTS: '2' })).toThrow(
      expect.objectContaining({
        code: 'setting-unknown',
        message: expect.stringMatching(/SLUICE_PROT \(Did you mean "SLUICE_PORT"\?\), SLUICE_ELEPHANTS/),
      }),
    );
  });

  it('has each setting once', () => {
    const names = SETTINGS.map((setting) => setting.name);
    expect(new Set(names).size).toBe(names.length);
  });
});
