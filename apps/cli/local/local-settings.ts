import { readVaultSettings, type VaultSettings } from '#connectors/secrets/vault/vault-settings.js';
import { type Environment, SettingsReader, type SettingValue } from '#contracts/read-settings.js';
import { isSluiceError } from '#domain/errors.js';
import { usageError } from '../input/usage-error.js';

export interface LocalSettings {
  readonly isolation: SettingValue<'SLUICE_COMMAND_ISOLATION'>;
  /** Actions under way at once. */
  readonly slots: number;
  readonly secretFolders: readonly string[];
  readonly vault: VaultSettings | undefined;
}

/** What a worker reads too, and means the same here. Throws SluiceError `usage`. */
export function readLocalSettings(env: Environment): LocalSettings {
  try {
    const settings = new SettingsReader('cli', env);
    return settings.finish({
      isolation: settings.read('SLUICE_COMMAND_ISOLATION'),
      slots: settings.read('SLUICE_COMMAND_SLOTS'),
      secretFolders: settings.read('SLUICE_SECRET_FOLDERS'),
      vault: readVaultSettings(settings),
    });
  } catch (error) {
    throw isSluiceError(error) ? usageError(error.message, error.hint ?? '') : error;
  }
}
