import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type Environment, SettingsReader } from '#contracts/read-settings.js';
import { filesOf, readVaultSettings as readBy, type VaultSettings } from './vault-settings.js';

function readVaultSettings(env: Environment): VaultSettings | undefined {
  const reader = new SettingsReader('worker', env);
  return reader.finish(readBy(reader));
}

const ADDRESS = { SLUICE_VAULT_ADDRESS: 'https://vault.example.com:8200/' };
const ROLE = { SLUICE_VAULT_ROLE_ID: 'r', SLUICE_VAULT_SECRET_ID_FILE: '/run/vault/secret-id' };

describe('settings for Vault', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vault-settings-'));
  const noCertificate = join(folder, 'no-certificate.pem');
  writeFileSync(noCertificate, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('knows no Vault where nothing speaks of one', () => {
    expect(readVaultSettings({ SLUICE_SECRET_A: 'x', SLUICE_VAULT_TOKEN: '' })).toBeUndefined();
    expect(filesOf(undefined)).toEqual([]);
  });

  it('reads a token', () => {
    expect(readVaultSettings({ ...ADDRESS, SLUICE_VAULT_TOKEN: 'hvs.x' })).toEqual({
      address: 'https://vault.example.com:8200',
      namespace: undefined,
      authorities: undefined,
      login: { kind: 'token', token: { text: 'hvs.x' } },
    });
  });

  it('reads an AppRole', () => {
    const settings = readVaultSettings({
      ...ADDRESS,
      ...ROLE,
      SLUICE_VAULT_NAMESPACE: 'teams/payments/',
      SLUICE_VAULT_APPROLE_MOUNT: 'ci/approle',
    });
    expect(settings).toMatchObject({
      namespace: 'teams/payments/',
      login: {
        kind: 'approle',
        mount: 'ci/approle',
        roleId: { text: 'r' },
        secretId: { file: '/run/vault/secret-id' },
      },
    });
    expect(filesOf(settings)).toEqual(['/run/vault/secret-id']);
  });

  it.each(['http://127.0.0.1:8200', 'http://localhost:8200', 'http://[::1]:8200'])(
    'takes %s, which does not leave the machine',
    (address) => {
      const settings = readVaultSettings({ SLUICE_VAULT_ADDRESS: address, SLUICE_VAULT_TOKEN: 'hvs.x' });
      expect(settings?.address).toBe(address);
    },
  );

  it.each([
    ['no address', { SLUICE_VAULT_TOKEN: 'hvs.x' }],
    ['no login', ADDRESS],
    ['half a login', { ...ADDRESS, SLUICE_VAULT_ROLE_ID: 'r' }],
    ['two logins', { ...ADDRESS, ...ROLE, SLUICE_VAULT_TOKEN: 'hvs.x' }],
    ['a token twice', { ...ADDRESS, SLUICE_VAULT_TOKEN: 'hvs.x', SLUICE_VAULT_TOKEN_FILE: '/t' }],
    ['a token with a line end', { ...ADDRESS, SLUICE_VAULT_TOKEN: 'hvs.x\n' }],
    ['plain text', { SLUICE_VAULT_ADDRESS: 'http://vault:8200', SLUICE_VAULT_TOKEN: 'hvs.x' }],
    ['a name like loopback', { SLUICE_VAULT_ADDRESS: 'http://127.0.0.1.example.com' }],
    ['no URL', { SLUICE_VAULT_ADDRESS: 'vault.example.com' }],
    ['another scheme', { SLUICE_VAULT_ADDRESS: 'ftp://vault.example.com' }],
    ['credentials', { SLUICE_VAULT_ADDRESS: 'https://me:hvs.x@vault.example.com' }],
    ['a query', { SLUICE_VAULT_ADDRESS: 'https://vault.example.com/?a=b' }],
    ['a namespace of two lines', { ...ADDRESS, SLUICE_VAULT_NAMESPACE: 'a\nb' }],
    ['a mount that leads elsewhere', { ...ADDRESS, ...ROLE, SLUICE_VAULT_APPROLE_MOUNT: '../sys' }],
    ['no file of authorities', { ...ADDRESS, SLUICE_VAULT_CA_FILE: '/does/not/exist' }],
    ['no certificate in it', { ...ADDRESS, SLUICE_VAULT_CA_FILE: noCertificate }],
  ])('refuses %s', (_, env) => {
    expect(() => readVaultSettings(env)).toThrow(
      expect.objectContaining({
        code: 'configuration-invalid',
        message: expect.not.stringContaining('hvs.x'),
      }),
    );
  });
});
