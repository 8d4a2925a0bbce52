import { describe, expect, it } from '@jest/globals';
import { parseVaultReference } from './vault-reference.js';

describe('reference to a secret in Vault', () => {
  it.each([
    ['vault:ci/token', 'ci', 'token', 'value'],
    ['vault:ci/token#user', 'ci', 'token', 'user'],
    ['vault:ci/a/b/c#.dockerconfigjson', 'ci', 'a/b/c', '.dockerconfigjson'],
    ['vault:teams/payments//deploy/key#x', 'teams/payments', 'deploy/key', 'x'],
    ['vault:ci//token', 'ci', 'token', 'value'],
    ['vault:ci/me@example.com+ci~1', 'ci', 'me@example.com+ci~1', 'value'],
  ])('reads %s', (reference, mount, path, field) => {
    expect(parseVaultReference(reference)).toEqual({ mount, path, field });
  });

  it.each([
    'vault:',
    'vault:ci',
    'vault:ci/',
    'vault:/ci/token',
    'vault:ci/token/',
    'vault:ci/token#',
    'vault:ci/token#a#b',
    'vault:ci///token',
    'vault:a//b//c',
    'vault:ci/../sys',
    'vault:ci/./token',
    'vault:ci/.hidden',
    'vault:../ci/token',
    'vault:ci/%2e%2e/sys',
    'vault:ci/token?version=1',
    'vault:ci/to ken',
    'vault:ci/to\\ken',
    'vault:ci/token\n',
    'vault:ci/t\u0000',
    'vault:ci/tøken',
    'VAULT:ci/token',
    'env:A',
    '',
  ])('refuses %j', (reference) => {
    expect(parseVaultReference(reference)).toBeUndefined();
  });
});
