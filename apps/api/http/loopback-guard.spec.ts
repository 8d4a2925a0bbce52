import { describe, expect, it } from '@jest/globals';
import { refuseForeignPages } from './loopback-guard.js';

describe('refuseForeignPages', () => {
  it.each([
    { host: 'localhost' },
    { host: 'LOCALHOST:3000' },
    { host: '127.0.0.1:3000' },
    { host: '[::1]:3000' },
    { host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' },
  ])('lets pass %j', (headers) => {
    expect(() => refuseForeignPages(headers, { loopback: true })).not.toThrow();
  });

  it.each([
    [{}, 'host-not-allowed'],
    [{ host: 'evil.example:3000' }, 'host-not-allowed'],
    [{ host: 'localhost.evil.example' }, 'host-not-allowed'],
    [{ host: '127.0.0.1.nip.io' }, 'host-not-allowed'],
    [{ host: 'localhost@evil.example' }, 'host-not-allowed'],
    [{ host: '169.254.169.254' }, 'host-not-allowed'],
    [{ host: '' }, 'host-not-allowed'],
    [{ host: 'localhost:3000', origin: 'https://evil.example' }, 'origin-not-allowed'],
    [{ host: 'localhost:3000', origin: 'null' }, 'origin-not-allowed'],
    [{ host: 'localhost:3000', origin: 'http://localhost:4000' }, 'origin-not-allowed'],
  ])('refuses %j', (headers, code) => {
    expect(() => refuseForeignPages(headers, { loopback: true })).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    { host: 'sluice.example' },
    { host: 'sluice.example', origin: 'http://sluice.example' },
    { host: 'sluice.example', origin: 'https://sluice.example' },
  ])('lets pass %j where other machines are let in', (headers) => {
    expect(() => refuseForeignPages(headers, { loopback: false })).not.toThrow();
  });

  it('refuses a page of another site there too', () => {
    const headers = { host: 'sluice.example', origin: 'https://evil.example' };
    expect(() => refuseForeignPages(headers, { loopback: false })).toThrow(
      expect.objectContaining({ code: 'origin-not-allowed' }),
    );
  });
});
