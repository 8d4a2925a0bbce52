import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { SETTINGS, type SettingName } from '#contracts/settings.js';
import { SluiceError } from '#domain/errors.js';

/** A value as the operator gave it: itself, or the path of a file that holds it and may change. */
export type GivenValue = { readonly text: string } | { readonly file: string };

export type VaultLogin =
  | { readonly kind: 'token'; readonly token: GivenValue }
  | {
      readonly kind: 'approle';
      readonly mount: string;
      readonly roleId: GivenValue;
      readonly secretId: GivenValue;
    };

export interface VaultSettings {
  /** Without a slash at its end. */
  readonly address: string;
  readonly namespace: string | undefined;
  /** Certificates (PEM) of the authorities that may vouch for it; those that Node trusts when absent. */
  readonly authorities: string | undefined;
  readonly login: VaultLogin;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * How this process reaches Vault; undefined where no setting speaks of it. Throws SluiceError `setting-invalid`,
 * `setting-missing`, which repeat no secret.
 */
export function readVaultSettings(env: Environment): VaultSettings | undefined {
  const given = SETTINGS.filter(({ name }) => name.startsWith('SLUICE_VAULT_') && env[name]);
  if (given.length === 0) return undefined;
  return {
    address: readAddress(env['SLUICE_VAULT_ADDRESS'] ?? ''),
    namespace: readNamespace(env['SLUICE_VAULT_NAMESPACE']),
    authorities: readAuthorities(env['SLUICE_VAULT_CA_FILE']),
    login: readLogin(env),
  };
}

/** Paths of the files among them, which neither commands nor definitions may read. */
export function filesOf(settings: VaultSettings | undefined): string[] {
  if (settings === undefined) return [];
  const { login } = settings;
  const values = login.kind === 'token' ? [login.token] : [login.roleId, login.secretId];
  return values.flatMap((value) => ('file' in value ? [value.file] : []));
}

function readAddress(text: string): string {
  if (text === '')
    refuse('missing', 'SLUICE_VAULT_ADDRESS is not set, other settings for Vault are.', ADDRESS);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && !url.username && !url.password && !url.search && !url.hash;
  if (!plain || !/^https?:$/.test(url.protocol)) {
    return refuse('invalid', 'SLUICE_VAULT_ADDRESS is no address of Vault.', ADDRESS);
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return refuse(
      'invalid',
      'SLUICE_VAULT_ADDRESS would send tokens and secrets over the network as plain text.',
      'Use https; without it only a Vault or a Vault agent on this machine is asked.',
    );
  }
  return url.href.replace(/\/+$/, '');
}

const ADDRESS = 'Write it as `https://vault.example.com:8200`.';

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}

function readNamespace(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*\/?$/.test(text) && text.length <= 256) return text;
  return refuse('invalid', 'SLUICE_VAULT_NAMESPACE is no namespace.', 'Write it as `teams/payments`.');
}

function readAuthorities(file: string | undefined): string | undefined {
  if (file === undefined || file === '') return undefined;
  try {
    const text = readFileSync(file, 'utf8');
    const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    for (const certificate of certificates) new X509Certificate(certificate);
    if (certificates.length > 0) return certificates.join('\n');
  } catch {
    // What it is instead does not matter.
  }
  return refuse(
    'invalid',
    `SLUICE_VAULT_CA_FILE names ${JSON.stringify(file)}, which holds no certificate that can be read.`,
    'Name a file of certificates in PEM.',
  );
}

function readLogin(env: Environment): VaultLogin {
  const token = readGiven(env, 'SLUICE_VAULT_TOKEN', 'SLUICE_VAULT_TOKEN_FILE');
  const roleId = readGiven(env, 'SLUICE_VAULT_ROLE_ID', 'SLUICE_VAULT_ROLE_ID_FILE');
  const secretId = readGiven(env, 'SLUICE_VAULT_SECRET_ID', 'SLUICE_VAULT_SECRET_ID_FILE');
  if (token !== undefined && (roleId !== undefined || secretId !== undefined)) {
    refuse('invalid', 'There are a token and an AppRole for Vault.', 'Give one of them.');
  }
  if (token !== undefined) return { kind: 'token', token };
  if (roleId === undefined || secretId === undefined) {
    return refuse('missing', 'There is no way to log in to Vault.', LOGIN);
  }
  return { kind: 'approle', mount: readMount(env['SLUICE_VAULT_APPROLE_MOUNT']), roleId, secretId };
}

const LOGIN =
  'Set SLUICE_VAULT_TOKEN, or SLUICE_VAULT_ROLE_ID and SLUICE_VAULT_SECRET_ID, or the ones of these names that end in _FILE.';

function readGiven(env: Environment, name: SettingName, fileName: SettingName): GivenValue | undefined {
  const [text = '', file = ''] = [env[name], env[fileName]];
  if (text !== '' && file !== '') {
    refuse('invalid', `${name} and ${fileName} are both set.`, 'Keep one of them.');
  }
  if (file !== '') return { file };
  if (text === '') return undefined;
  if (isHeaderText(text)) return { text };
  return refuse('invalid', `${name} holds characters that no token or id of Vault has.`, 'Set it anew.');
}

/** What a header can carry, without spaces. */
export function isHeaderText(text: string): boolean {
  return /^[\x21-\x7e]{1,4096}$/.test(text);
}

function readMount(text: string | undefined): string {
  if (text === undefined || text === '') return 'approle';
  if (/^[A-Za-z0-9_-][A-Za-z0-9_.-]*(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$/.test(text)) return text;
  return refuse('invalid', 'SLUICE_VAULT_APPROLE_MOUNT is no path of a mount.', 'Write it as `approle`.');
}

function refuse(kind: 'invalid' | 'missing', message: string, hint: string): never {
  throw new SluiceError({ code: `setting-${kind}`, fault: 'user', message, hint });
}
