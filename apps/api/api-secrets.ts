import { createSecretResolver } from '#connectors/secrets/resolve-secret.js';
import { createVaultSecrets } from '#connectors/secrets/vault/vault-secrets.js';
import { filesOf } from '#connectors/secrets/vault/vault-settings.js';
import type { SecretResolver } from '#contracts/ports.js';
import type { Configuration } from './configuration.js';

/** Secrets that the API itself needs, by their references. */
export function createApiSecrets({
  secretFolders,
  vault,
}: Pick<Configuration, 'secretFolders' | 'vault'>): SecretResolver {
  return createSecretResolver({
    environment: process.env,
    folders: secretFolders,
    ownFiles: filesOf(vault),
    vault: vault && createVaultSecrets(vault),
  });
}
