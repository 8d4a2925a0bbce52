import { readVaultSettings, type VaultSettings } from '#connectors/secrets/vault/vault-settings.js';
import { SETTINGS, type SettingName } from '#contracts/settings.js';
import { usageError } from '../input/usage-error.js';

const ISOLATIONS = ['auto', 'none', 'bubblewrap'] as const;

export interface LocalSettings {
  readonly isolation: (typeof ISOLATIONS)[number];
  /** Actions under way at once. */
  readonly slots: number;
  readonly secretFolders: readonly string[];
  readonly vault: VaultSettings | undefined;
}

/** What a worker reads too, and means the same here. Throws SluiceError `usage`, and `setting-…` of Vault. */
export function readLocalSettings(env: Readonly<Record<string, string | undefined>>): LocalSettings {
  const text = (name: SettingName): string => env[name] || defaultOf(name);
  const isolation = ISOLATIONS.find((known) => known === text('SLUICE_COMMAND_ISOLATION'));
  if (isolation === undefined) {
    throw usageError(
      `SLUICE_COMMAND_ISOLATION is "${text('SLUICE_COMMAND_ISOLATION')}".`,
      `Use one of ${ISOLATIONS.join(', ')}.`,
    );
  }
  const slots = Number(text('SLUICE_COMMAND_SLOTS'));
  if (!Number.isInteger(slots) || slots < 1 || slots > 1_000) {
    throw usageError(
      `SLUICE_COMMAND_SLOTS is "${text('SLUICE_COMMAND_SLOTS')}".`,
      'Give a whole number from 1 to 1000.',
    );
  }
  const secretFolders = text('SLUICE_SECRET_FOLDERS')
    .split(',')
    .map((folder) => folder.trim())
    .filter((folder) => folder !== '');
  return { isolation, slots, secretFolders, vault: readVaultSettings(env) };
}

function defaultOf(name: SettingName): string {
  const setting = SETTINGS.find((known) => known.name === name);
  return setting !== undefined && 'default' in setting ? setting.default : '';
}
