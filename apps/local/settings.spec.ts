import { describe, expect, it } from '@jest/globals';
import { readSettings } from './settings.js';

describe('readSettings of npm start', () => {
  it('has a default for each', () => {
    expect(readSettings({ XDG_DATA_HOME: '/data' })).toEqual({
      home: '/data/sluice',
      apiPort: 3000,
      temporalPort: 7233,
      uiPort: 8233,
    });
  });

  it.each([
    [{ SLUICE_PORT: 'x' }, /SLUICE_PORT must be a whole number/],
    [{ SLUICE_PORT: '0' }, /SLUICE_PORT must be a port, not 0/],
    [{ SLUICE_PORT: '8233' }, /SLUICE_UI_PORT must be another port than SLUICE_PORT, which is 8233 too/],
    [{ SLUICE_PORT: '70000', SLUICE_UI_PORT: '7233' }, /SLUICE_PORT must.*SLUICE_UI_PORT must be another/],
  ])('refuses %j', (env, message) => {
    expect(() => readSettings(env)).toThrow(
      expect.objectContaining({ code: 'configuration-invalid', message: expect.stringMatching(message) }),
    );
  });
});
