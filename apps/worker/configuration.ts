import { join } from 'node:path';
import { type EncryptionKey, readEncryptionKeys } from '#connectors/secrets/encryption-keys.js';
import { readVaultSettings, type VaultSettings } from '#connectors/secrets/vault/vault-settings.js';
import type { QueueName } from '#contracts/names.js';
import { type Environment, SettingsReader, type SettingValue } from '#contracts/read-settings.js';
import type { DatabaseOptions } from '#persistence/data-source.js';
import { defaultHome } from '../../libs/host/default-home.js';

export interface WorkerConfiguration {
  readonly databaseUrl: string;
  readonly database: DatabaseOptions;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  readonly queues: readonly QueueName[];
  readonly pool: string | undefined;
  readonly home: string;
  /** Holds the data of all processes, where they share one machine; `home` may lie inside. */
  readonly platformHome: string;
  readonly commandSlots: number;
  /** How often pipelines are asked after, in milliseconds. */
  readonly pipelinePace: { readonly pollMs: number; readonly toldMs: number };
  readonly commandIsolation: SettingValue<'SLUICE_COMMAND_ISOLATION'>;
  readonly workspaceRetentionMs: number;
  readonly objectRetentionMs: number;
  readonly encryptionKeys: readonly EncryptionKey[];
  /** Of the API, as agents reach it. */
  readonly callbackUrl: string;
  readonly httpAllow: readonly string[];
  readonly plugins: readonly string[];
  readonly secretFolders: readonly string[];
  readonly vault: VaultSettings | undefined;
  readonly logLevel: SettingValue<'SLUICE_LOG_LEVEL'>;
  /** Where figures are to be had, host:port. */
  readonly metricsAddress: string | undefined;
  /** The same for those of Temporal's SDK. */
  readonly sdkMetricsAddress: string | undefined;
  /** Collector of spans. */
  readonly tracesTo: string | undefined;
}

/** Throws SluiceError `setting-unknown` or `configuration-invalid`, the latter with everything that is wrong. */
export function readConfiguration(env: Environment): WorkerConfiguration {
  const settings = new SettingsReader('worker', env);
  const platformHome = settings.read('SLUICE_HOME') ?? defaultHome(env);
  return settings.finish({
    databaseUrl: settings.require('DATABASE_URL'),
    database: {
      applicationName: 'sluice-worker',
      poolSize: settings.read('SLUICE_DATABASE_POOL'),
      connectTimeoutMs: settings.read('SLUICE_DATABASE_CONNECT'),
      idleTimeoutMs: settings.read('SLUICE_DATABASE_IDLE'),
    },
    temporalAddress: settings.read('TEMPORAL_ADDRESS'),
    temporalNamespace: settings.read('TEMPORAL_NAMESPACE'),
    queues: settings.read('QUEUES'),
    pool: settings.read('SLUICE_POOL'),
    home: settings.read('SLUICE_WORKER_HOME') ?? join(platformHome, 'worker'),
    platformHome,
    commandSlots: settings.read('SLUICE_COMMAND_SLOTS'),
    pipelinePace: {
      pollMs: settings.read('SLUICE_PIPELINE_POLL_MS'),
      toldMs: settings.read('SLUICE_PIPELINE_POLL_TOLD_MS'),
    },
    commandIsolation: settings.read('SLUICE_COMMAND_ISOLATION'),
    workspaceRetentionMs: settings.read('SLUICE_WORKSPACE_RETENTION'),
    objectRetentionMs: settings.read('SLUICE_OBJECT_RETENTION'),
    encryptionKeys: settings.parse('SLUICE_ENCRYPTION_KEYS', readEncryptionKeys),
    callbackUrl: settings.read('SLUICE_CALLBACK_URL') ?? `http://127.0.0.1:${settings.read('SLUICE_PORT')}`,
    httpAllow: settings.read('SLUICE_HTTP_ALLOW'),
    plugins: settings.read('SLUICE_PLUGINS'),
    secretFolders: settings.read('SLUICE_SECRET_FOLDERS'),
    vault: readVaultSettings(settings),
    logLevel: settings.read('SLUICE_LOG_LEVEL'),
    metricsAddress: settings.read('SLUICE_METRICS_ADDRESS'),
    sdkMetricsAddress: settings.read('SLUICE_SDK_METRICS_ADDRESS'),
    tracesTo: settings.read('OTEL_EXPORTER_OTLP_ENDPOINT'),
  });
}
