import { join } from 'node:path';
import { type EncryptionKey, readEncryptionKeys } from '#connectors/secrets/encryption-keys.js';
import { readVaultSettings, type VaultSettings } from '#connectors/secrets/vault/vault-settings.js';
import { QUEUES, type QueueName } from '#contracts/names.js';
import { refuseUnknownSettings, SETTINGS, type SettingName } from '#contracts/settings.js';
import { parseDuration } from '#domain/definition/duration.js';
import { SluiceError } from '#domain/errors.js';
import { defaultHome } from '../../libs/host/default-home.js';

export interface WorkerConfiguration {
  readonly databaseUrl: string;
  readonly databasePool: number;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  readonly queues: readonly QueueName[];
  readonly pool: string | undefined;
  readonly home: string;
  /** Holds the data of all processes, where they share one machine; `home` may lie inside. */
  readonly platformHome: string;
  readonly commandSlots: number;
  readonly commandIsolation: Isolation;
  readonly workspaceRetentionMs: number;
  readonly objectRetentionMs: number;
  readonly encryptionKeys: readonly EncryptionKey[];
  readonly httpAllow: readonly string[];
  readonly secretFolders: readonly string[];
  readonly vault: VaultSettings | undefined;
  readonly logLevel: string;
}

type Isolation = (typeof ISOLATIONS)[number];

const ISOLATIONS = ['auto', 'none', 'bubblewrap'] as const;

/** As definitions write it. */
const POOL = /^[a-z][a-z0-9-]{0,99}$/;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads and checks the worker's settings. Throws SluiceError `setting-unknown`, `setting-invalid`, `setting-missing`. */
export function readConfiguration(env: Environment): WorkerConfiguration {
  refuseUnknownSettings(env);
  const platformHome = env['SLUICE_HOME'] || defaultHome(env);
  const text = (name: SettingName): string => env[name] || defaultOf(name);
  return {
    databaseUrl:
      text('DATABASE_URL') ||
      refuse('setting-missing', 'DATABASE_URL is not set.', 'Name the Postgres of your Sluice.'),
    databasePool: readNumber('SLUICE_DATABASE_POOL', text('SLUICE_DATABASE_POOL'), 1, 200),
    temporalAddress: text('TEMPORAL_ADDRESS'),
    temporalNamespace: text('TEMPORAL_NAMESPACE'),
    queues: readQueues(text('QUEUES')),
    pool: readPool(env['SLUICE_POOL']),
    home: env['SLUICE_WORKER_HOME'] || join(platformHome, 'worker'),
    platformHome,
    commandSlots: readNumber('SLUICE_COMMAND_SLOTS', text('SLUICE_COMMAND_SLOTS'), 1, 1000),
    commandIsolation: readIsolation(text('SLUICE_COMMAND_ISOLATION')),
    workspaceRetentionMs: readDuration('SLUICE_WORKSPACE_RETENTION', text('SLUICE_WORKSPACE_RETENTION')),
    objectRetentionMs: readDuration('SLUICE_OBJECT_RETENTION', text('SLUICE_OBJECT_RETENTION')),
    encryptionKeys: readEncryptionKeys(text('SLUICE_ENCRYPTION_KEYS')),
    httpAllow: readList(text('SLUICE_HTTP_ALLOW')),
    secretFolders: readList(text('SLUICE_SECRET_FOLDERS')),
    vault: readVaultSettings(env),
    logLevel: text('SLUICE_LOG_LEVEL'),
  };
}

function defaultOf(name: SettingName): string {
  const setting = SETTINGS.find((known) => known.name === name);
  return setting !== undefined && 'default' in setting ? setting.default : '';
}

function readQueues(text: string): QueueName[] {
  const known = Object.keys(QUEUES);
  const names = readList(text);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0 || names.length === 0) {
    refuse(
      'setting-invalid',
      `QUEUES names ${unknown.join(', ') || 'no queue'}.`,
      `Known queues: ${known.join(', ')}.`,
    );
  }
  return names as QueueName[];
}

function readPool(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (POOL.test(text)) return text;
  return refuse(
    'setting-invalid',
    `SLUICE_POOL is "${text}".`,
    'Pools are named as steps are: small letters, digits and hyphens.',
  );
}

function readIsolation(text: string): Isolation {
  const isolation = ISOLATIONS.find((known) => known === text);
  return (
    isolation ??
    refuse(
      'setting-invalid',
      `SLUICE_COMMAND_ISOLATION is "${text}".`,
      `Use one of ${ISOLATIONS.join(', ')}.`,
    )
  );
}

function readNumber(name: SettingName, text: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  return refuse('setting-invalid', `${name} is "${text}".`, `Give a whole number from ${min} to ${max}.`);
}

function readDuration(name: SettingName, text: string): number {
  return (
    parseDuration(text) ??
    refuse('setting-invalid', `${name} is "${text}".`, 'Give a duration such as 30m, 1h or 7d.')
  );
}

function readList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function refuse(code: string, message: string, hint: string): never {
  throw new SluiceError({ code, fault: 'user', message, hint });
}
