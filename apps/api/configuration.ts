import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { type EncryptionKey, readEncryptionKeys } from '#connectors/secrets/encryption-keys.js';
import { readVaultSettings, type VaultSettings } from '#connectors/secrets/vault/vault-settings.js';
import { type Environment, SettingsReader, type SettingValue } from '#contracts/read-settings.js';
import type { DatabaseOptions } from '#persistence/data-source.js';
import { defaultHome } from '../../libs/host/default-home.js';
import type { OidcSettings } from './auth/oidc-issuer.js';
import type { Rates } from './auth/rate-limits.js';
import { parseRoleMap } from './auth/role-map.js';

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** What the environment says, checked. */
export interface Configuration {
  readonly databaseUrl: string;
  readonly database: DatabaseOptions;
  readonly databaseReplicaUrl: string | undefined;
  /** Milliseconds that the replica may be behind. */
  readonly replicaLagMs: number;
  /** Event streams that are open at once at most, of all callers and of one. */
  readonly streams: number;
  readonly callerStreams: number;
  /** Bytes of one event that a sender brings. */
  readonly webhookBody: number;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  readonly host: string;
  /** Whether the host is reached from this machine only. */
  readonly loopback: boolean;
  /** Whether who shows no credentials is the administrator. */
  readonly open: boolean;
  /** What tokens are signed with. */
  readonly authSecret: string | undefined;
  /** Folder of the administrator's key. */
  readonly home: string;
  /** Addresses and CIDR ranges whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  readonly rates: Rates;
  /** Who vouches for people; undefined: nobody. */
  readonly oidc: OidcSettings | undefined;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly uiUrl: string | undefined;
  readonly logLevel: SettingValue<'SLUICE_LOG_LEVEL'>;
  /** Milliseconds between two looks of the reconciler. */
  readonly reconcileMs: number;
  /** Milliseconds between two looks whether an integration works. */
  readonly platformCheckMs: number;
  /** Milliseconds between two times that a platform is asked for executions. */
  readonly platformSyncMs: number;
  readonly httpAllow: readonly string[];
  /** Modules that add platforms. */
  readonly plugins: readonly string[];
  readonly secretFolders: readonly string[];
  readonly vault: VaultSettings | undefined;
  readonly encryptionKeys: readonly EncryptionKey[];
  /** For what is kept encrypted in the database: the first one encrypts. */
  readonly sealingKeys: readonly EncryptionKey[];
  /** Collector of spans. */
  readonly tracesTo: string | undefined;
  readonly archiveFolder: string;
  /** Time of day, UTC, as `03:00`. */
  readonly retentionTime: string;
}

/** Throws SluiceError `setting-unknown` or `configuration-invalid`, the latter with everything that is wrong. */
export function readConfiguration(env: Environment): Configuration {
  const settings = new SettingsReader('api', env);
  const home = resolve(settings.read('SLUICE_HOME') ?? defaultHome(env));
  const encryptionKeys = settings.parse('SLUICE_ENCRYPTION_KEYS', readEncryptionKeys);
  return settings.finish({
    databaseUrl: settings.require('DATABASE_URL'),
    database: {
      applicationName: 'sluice-api',
      poolSize: settings.read('SLUICE_DATABASE_POOL'),
      connectTimeoutMs: settings.read('SLUICE_DATABASE_CONNECT'),
      idleTimeoutMs: settings.read('SLUICE_DATABASE_IDLE'),
      statementTimeoutMs: settings.read('SLUICE_DATABASE_STATEMENT'),
      lockTimeoutMs: settings.read('SLUICE_DATABASE_LOCK'),
    },
    databaseReplicaUrl: settings.read('DATABASE_REPLICA_URL'),
    replicaLagMs: settings.read('SLUICE_REPLICA_LAG'),
    streams: settings.read('SLUICE_STREAMS'),
    callerStreams: settings.read('SLUICE_CALLER_STREAMS'),
    webhookBody: settings.read('SLUICE_WEBHOOK_BODY'),
    temporalAddress: settings.read('TEMPORAL_ADDRESS'),
    temporalNamespace: settings.read('TEMPORAL_NAMESPACE'),
    ...readHost(settings),
    home,
    trustedProxies: readProxies(settings),
    rates: readRates(settings),
    oidc: readOidc(settings),
    port: settings.read('SLUICE_PORT'),
    uiUrl: settings.read('SLUICE_UI_URL'),
    logLevel: settings.read('SLUICE_LOG_LEVEL'),
    reconcileMs: settings.read('SLUICE_RECONCILE_MS'),
    platformCheckMs: settings.read('SLUICE_PLATFORM_CHECK_MS'),
    platformSyncMs: settings.read('SLUICE_PLATFORM_SYNC_MS'),
    httpAllow: settings.read('SLUICE_HTTP_ALLOW'),
    plugins: settings.read('SLUICE_PLUGINS'),
    secretFolders: settings.read('SLUICE_SECRET_FOLDERS'),
    vault: readVaultSettings(settings),
    encryptionKeys,
    sealingKeys: encryptionKeys,
    tracesTo: settings.read('OTEL_EXPORTER_OTLP_ENDPOINT'),
    archiveFolder: resolve(settings.read('SLUICE_ARCHIVE_FOLDER') ?? join(home, 'archive')),
    retentionTime: settings.read('SLUICE_RETENTION_TIME'),
  });
}

type Reader = SettingsReader<'api'>;

/** Where other machines reach the API there must be a secret. */
function readHost(settings: Reader): Pick<Configuration, 'host' | 'loopback' | 'authSecret' | 'open'> {
  const host = settings.read('SLUICE_HOST');
  const authSecret = settings.read('SLUICE_AUTH_SECRET');
  const open = settings.read('SLUICE_AUTH') === 'off';
  const loopback = LOOPBACK.includes(host);
  if (!loopback && isIP(host) === 0) {
    settings.refuse('SLUICE_HOST', `must be an IP address or one of ${LOOPBACK.join(', ')}`);
  }
  if (!loopback && authSecret === undefined) {
    settings.refuse(
      'SLUICE_AUTH_SECRET',
      'must be set, to 32 characters or more that nobody can guess, because SLUICE_HOST lets other machines in',
    );
  }
  if (!loopback && open) {
    settings.refuse('SLUICE_AUTH', 'must be on, because SLUICE_HOST lets other machines in');
  }
  return { host, loopback, authSecret, open };
}

function readRates(settings: Reader): Rates {
  return {
    key: settings.read('SLUICE_RATE_KEY'),
    address: settings.read('SLUICE_RATE_ADDRESS'),
    failure: settings.read('SLUICE_RATE_FAILURE'),
    token: settings.read('SLUICE_RATE_TOKEN'),
    webhook: settings.read('SLUICE_RATE_WEBHOOK'),
  };
}

function readProxies(settings: Reader): readonly string[] {
  const proxies = settings.read('SLUICE_TRUSTED_PROXIES');
  const wrong = proxies.find((proxy) => {
    const [address = '', bits, ...rest] = proxy.split('/');
    const version = isIP(address);
    if (version === 0 || rest.length > 0) return true;
    return bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
  });
  if (wrong !== undefined) settings.refuse('SLUICE_TRUSTED_PROXIES', 'must be IP addresses and CIDR ranges');
  return proxies;
}

function readOidc(settings: Reader): OidcSettings | undefined {
  const issuer = settings.read('SLUICE_OIDC_ISSUER');
  const audience = settings.read('SLUICE_OIDC_AUDIENCE');
  const rolesClaim = settings.read('SLUICE_OIDC_ROLES_CLAIM');
  const roles = settings.parse('SLUICE_OIDC_ROLES', parseRoleMap);
  if (issuer === undefined) return undefined;
  const { protocol, hostname } = URL.parse(issuer) ?? {};
  if (protocol !== 'https:' && !LOOPBACK.includes((hostname ?? '').replace(/[[\]]/g, ''))) {
    settings.refuse('SLUICE_OIDC_ISSUER', 'must be an https address');
  }
  if (audience === undefined) {
    settings.refuse(
      'SLUICE_OIDC_AUDIENCE',
      'must be set, because else tokens of the issuer for any other service would let in here',
    );
    return undefined;
  }
  return { issuer, audience, rolesClaim, roles };
}
