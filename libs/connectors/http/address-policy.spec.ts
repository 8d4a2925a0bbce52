import { describe, expect, it } from '@jest/globals';
import { createAddressPolicy } from './address-policy.js';

describe('address policy', () => {
  const open = createAddressPolicy([]);

  it.each([
    '127.0.0.1',
    '127.255.0.3',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '192.0.0.8',
    '192.0.2.1',
    '198.18.0.1',
    '203.0.113.9',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '192.88.99.1',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::ffff:0:7f00:1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::',
    '2001::1',
    '2001:db8::1',
    '3fff::1',
    'fe80::1',
    'fec0::1',
    'fc00::1',
    'fd00:ec2::254',
    'ff02::1',
    '100::1',
    '5f00::1',
    '4000::1',
    '',
    'localhost',
    '0x7f000001',
    '2130706433',
    '127.1',
  ])('refuses %s', (address) => {
    expect(open.allowsAddress(address)).toBe(false);
  });

  it.each([
    '1.1.1.1',
    '93.184.216.34',
    '172.32.0.1',
    '100.128.0.1',
    '2606:4700::1111',
    '2a00:1450::5',
    '::ffff:8.8.8.8',
  ])('allows %s', (address) => {
    expect(open.allowsAddress(address)).toBe(true);
  });

  it('allows what an entry names, and no more', () => {
    const policy = createAddressPolicy([
      '10.0.0.0/8',
      '127.0.0.1',
      'fd00::/8',
      'Git.internal',
      '*.corp.example',
    ]);
    expect(policy.allowsAddress('10.9.8.7')).toBe(true);
    expect(policy.allowsAddress('::ffff:10.9.8.7')).toBe(true);
    expect(policy.allowsAddress('127.0.0.1')).toBe(true);
    expect(policy.allowsAddress('127.0.0.2')).toBe(false);
    expect(policy.allowsAddress('fd12::1')).toBe(true);
    expect(policy.allowsAddress('192.168.0.1')).toBe(false);
    expect(policy.allowsHost('git.internal')).toBe(true);
    expect(policy.allowsHost('git.internal.')).toBe(true);
    expect(policy.allowsHost('xgit.internal')).toBe(false);
    expect(policy.allowsHost('a.b.corp.example')).toBe(true);
    expect(policy.allowsHost('corp.example')).toBe(false);
    expect(policy.allowsHost('evilcorp.example')).toBe(false);
  });

  it.each(['10.0.0.0/33', '10.0.0/8', 'a b', 'http://x', '10.0.0.0/8/9', '1.2.3', '*', '', '::1/x'])(
    'refuses the entry %j',
    (entry) => {
      expect(() => createAddressPolicy([entry])).toThrow(
        expect.objectContaining({ code: 'http-allow-invalid', fault: 'user' }),
      );
    },
  );
});
