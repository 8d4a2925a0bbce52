import type { Setting } from './setting.js';

const VAULT_CREDENTIAL = {
  kind: 'text',
  pattern: /^[\x21-\x7e]{1,4096}$/,
  form: 'visible characters of ASCII, without spaces and line ends',
} as const;

/** Where secrets are, and what hides what Temporal stores. */
export const SECRETS_SETTINGS = [
  {
    name: 'SLUICE_ENCRYPTION_KEYS',
    meaning:
      'Keys that hide what Temporal stores, and secrets of webhooks, as `id:base64` of 32 bytes each, separated by commas: the first encrypts, all decrypt.',
    readBy: ['api', 'worker'],
  },
  {
    name: 'SLUICE_SECRET_FOLDERS',
    type: { kind: 'list' },
    meaning: 'Folders whose files definitions may name as secrets (`file:/path`), separated by commas.',
    readBy: ['worker', 'cli', 'api'],
  },
  {
    name: 'SLUICE_VAULT_ADDRESS',
    type: { kind: 'url' },
    meaning:
      'Vault in which definitions may name secrets (`vault:mount/path#field`), as https://vault.example.com:8200; http only on this machine.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_NAMESPACE',
    type: {
      kind: 'text',
      pattern: /^[\w.-]{1,100}(\/[\w.-]{1,100}){0,9}\/?$/,
      form: 'a path such as teams/payments',
    },
    meaning: 'Namespace there; Vault itself knows none, its Enterprise edition does.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_CA_FILE',
    meaning: 'File (PEM) of the authorities that may vouch for Vault, in place of those that Node trusts.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_TOKEN',
    type: VAULT_CREDENTIAL,
    meaning: 'Token for Vault. It is renewed while it can be.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_TOKEN_FILE',
    meaning: 'File that holds the token, read anew for each secret: a Vault agent may keep it.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_ROLE_ID',
    type: VAULT_CREDENTIAL,
    meaning: 'Role id of an AppRole by which to log in to Vault, in place of a token.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_ROLE_ID_FILE',
    meaning: 'File that holds the role id.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_SECRET_ID',
    type: VAULT_CREDENTIAL,
    meaning: 'Secret id of the AppRole.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_SECRET_ID_FILE',
    meaning: 'File that holds the secret id, read at each login.',
    readBy: ['worker', 'api', 'cli'],
  },
  {
    name: 'SLUICE_VAULT_APPROLE_MOUNT',
    default: 'approle',
    type: { kind: 'text', pattern: /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/, form: 'a path such as approle' },
    meaning: 'Where logins by AppRole are mounted in Vault.',
    readBy: ['worker', 'api', 'cli'],
  },
] as const satisfies readonly Setting[];
