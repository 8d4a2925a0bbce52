import { isIP } from 'node:net';
import { type EncryptionKey, readEncryptionKeys } from '#connectors/secrets/encryption-keys.js';
import { type Environment, SettingsReader, type SettingValue } from '#contracts/read-settings.js';
import { SluiceError } from '#domain/errors.js';
import { parseRoles } from './http/roles.js';

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** What the environment says, checked. */
export interface Configuration {
  readonly databaseUrl: string;
  readonly databasePool: number;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly uiUrl: string | undefined;
  readonly logLevel: SettingValue<'SLUICE_LOG_LEVEL'>;
  /** Who has which roles, as `parseRoles` reads it. */
  readonly roles: string;
  /** Milliseconds between two looks of the reconciler. */
  readonly reconcileMs: number;
  readonly encryptionKeys: readonly EncryptionKey[];
  /** Collector of spans. */
  readonly tracesTo: string | undefined;
}

/** Throws SluiceError `setting-unknown` or `configuration-invalid`, the latter with everything that is wrong. */
export function readConfiguration(env: Environment): Configuration {
  const settings = new SettingsReader('api', env);
  return settings.finish({
    databaseUrl: settings.require('DATABASE_URL'),
    databasePool: settings.read('SLUICE_DATABASE_POOL'),
    temporalAddress: settings.read('TEMPORAL_ADDRESS'),
    temporalNamespace: settings.read('TEMPORAL_NAMESPACE'),
    host: readHost(settings),
    port: settings.read('SLUICE_PORT'),
    uiUrl: settings.read('SLUICE_UI_URL'),
    logLevel: settings.read('SLUICE_LOG_LEVEL'),
    roles: settings.parse('SLUICE_ROLES', checkRoles),
    reconcileMs: settings.read('SLUICE_RECONCILE_MS'),
    encryptionKeys: settings.parse('SLUICE_ENCRYPTION_KEYS', readEncryptionKeys),
    tracesTo: settings.read('OTEL_EXPORTER_OTLP_ENDPOINT'),
  });
}

/** Where other machines reach the API only by choice. */
function readHost(settings: SettingsReader<'api'>): string {
  const open = settings.read('SLUICE_OPEN');
  const host = settings.read('SLUICE_HOST');
  if (!LOOPBACK.includes(host) && !(open && isIP(host) !== 0)) {
    settings.refuse(
      'SLUICE_HOST',
      `must be a loopback address (${LOOPBACK.join(', ')}): the API has no authentication yet, so whoever reaches it may run commands; with SLUICE_OPEN=true it may be any IP address`,
    );
  }
  return host;
}

/** People and roles are no secret: the message may hold them. */
function checkRoles(text: string): string {
  const parsed = parseRoles(text);
  if (parsed.ok) return text;
  throw new SluiceError({ code: 'setting-invalid', fault: 'user', message: `${parsed.message}.` });
}
