import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { SETTINGS, type SettingName } from '#contracts/settings.js';

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

type Name = Extract<SettingName, `SLUICE_VAULT_${string}`>;

/** The reader of settings of any program that reads these. */
interface Reader {
  read(name: Name): string | undefined;
  refuse(name: Name, problem: string): void;
}

/**
 * How this process reaches Vault; undefined where no setting speaks of it, or where the reader was told what is wrong,
 * which repeats no value.
 */
export function readVaultSettings(settings: Reader): VaultSettings | undefined {
  const names = SETTINGS.map(({ name }) => name).filter(isOurs);
  const values = new Map(names.map((name) => [name, settings.read(name)]));
  if (names.every((name) => name === 'SLUICE_VAULT_APPROLE_MOUNT' || values.get(name) === undefined)) {
    return undefined;
  }
  // Read once, refused once.
  const reader: Reader = {
    read: (name) => values.get(name),
    refuse: (name, problem) => settings.refuse(name, problem),
  };
  const address = readAddress(reader);
  const authorities = readAuthorities(reader);
  const login = readLogin(reader);
  if (address === undefined || login === undefined) return undefined;
  return { address, namespace: reader.read('SLUICE_VAULT_NAMESPACE'), authorities, login };
}

/** Paths of the files among them, which neither commands nor definitions may read. */
export function filesOf(settings: VaultSettings | undefined): string[] {
  if (settings === undefined) return [];
  const { login } = settings;
  const values = login.kind === 'token' ? [login.token] : [login.roleId, login.secretId];
  return values.flatMap((value) => ('file' in value ? [value.file] : []));
}

/** What a header can carry, without spaces. */
export function isHeaderText(text: string): boolean {
  return /^[\x21-\x7e]{1,4096}$/.test(text);
}

function isOurs(name: SettingName): name is Name {
  return name.startsWith('SLUICE_VAULT_');
}

function readAddress(reader: Reader): string | undefined {
  const name = 'SLUICE_VAULT_ADDRESS';
  const text = reader.read(name);
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) {
    // One that is no address at all was refused when it was read.
    if (text === undefined) reader.refuse(name, 'must be set where other settings for Vault are');
    return undefined;
  }
  if (url.username || url.password || url.search || url.hash) {
    reader.refuse(
      name,
      'must be an address without credentials and query, as https://vault.example.com:8200',
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    reader.refuse(name, 'must be https: only what listens on this machine is asked over plain http');
  }
  return url.href.replace(/\/+$/, '');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'));
}

function readAuthorities(reader: Reader): string | undefined {
  const file = reader.read('SLUICE_VAULT_CA_FILE');
  if (file === undefined) return undefined;
  try {
    const text = readFileSync(file, 'utf8');
    const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    for (const certificate of certificates) new X509Certificate(certificate);
    if (certificates.length > 0) return certificates.join('\n');
  } catch {
    // What it is instead does not matter.
  }
  reader.refuse('SLUICE_VAULT_CA_FILE', 'must be a file of certificates in PEM that the process can read');
  return undefined;
}

function readLogin(reader: Reader): VaultLogin | undefined {
  const token = readGiven(reader, 'SLUICE_VAULT_TOKEN', 'SLUICE_VAULT_TOKEN_FILE');
  const roleId = readGiven(reader, 'SLUICE_VAULT_ROLE_ID', 'SLUICE_VAULT_ROLE_ID_FILE');
  const secretId = readGiven(reader, 'SLUICE_VAULT_SECRET_ID', 'SLUICE_VAULT_SECRET_ID_FILE');
  const mount = reader.read('SLUICE_VAULT_APPROLE_MOUNT');
  if (token !== undefined && (roleId !== undefined || secretId !== undefined)) {
    reader.refuse('SLUICE_VAULT_TOKEN', 'must not be set beside an AppRole: give one of them');
  }
  if (token !== undefined) return { kind: 'token', token };
  if (roleId !== undefined && secretId !== undefined && mount !== undefined) {
    return { kind: 'approle', mount, roleId, secretId };
  }
  reader.refuse(
    'SLUICE_VAULT_TOKEN',
    'must be set, or SLUICE_VAULT_ROLE_ID and SLUICE_VAULT_SECRET_ID, or those of these names that end in _FILE',
  );
  return undefined;
}

function readGiven(reader: Reader, name: Name, fileName: Name): GivenValue | undefined {
  const [text, file] = [reader.read(name), reader.read(fileName)];
  if (text !== undefined && file !== undefined) {
    reader.refuse(name, `must not be set beside ${fileName}: keep one of them`);
  }
  if (file !== undefined) return { file };
  return text === undefined ? undefined : { text };
}
