import { createSafeClient } from '#connectors/http/safe-client.js';
import { createSecretResolver } from '#connectors/secrets/resolve-secret.js';
import { createRunMasks } from '#connectors/secrets/run-masks.js';
import { createVaultSecrets } from '#connectors/secrets/vault/vault-secrets.js';
import { filesOf } from '#connectors/secrets/vault/vault-settings.js';
import type { Measurement } from '#contracts/judgement/measurement.js';
import type { MetricSource } from '#contracts/judgement/metric-source.js';
import { openReportFolder } from '#gates/reports/report-files.js';
import { collectMeasurements } from '#gates/sources/collect-measurements.js';
import { readLocalSettings } from './local-settings.js';
import { ANYWHERE } from './workshop.js';

/**
 * Measurements out of reports in a folder of this machine, and of services, with secrets as a worker has them. Throws
 * SluiceError `usage`.
 */
export async function collectMetrics(
  metrics: Readonly<Record<string, MetricSource>>,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly Measurement[]> {
  const settings = readLocalSettings(env);
  const { signal } = new AbortController();
  const client = createSafeClient({ allow: ANYWHERE });
  const vault = settings.vault && createVaultSecrets(settings.vault);
  const secrets = createSecretResolver({
    environment: env,
    folders: settings.secretFolders,
    ownFiles: filesOf(settings.vault),
    vault,
  });
  const mask = createRunMasks()('gate');
  try {
    return await collectMeasurements(metrics, {
      folder: openReportFolder(folder, signal),
      send: (request) => client.send(request),
      resolveSecret: (reference) => secrets.resolve(reference, signal),
      mask: (secret) => mask.add(secret),
      hide: (text) => mask.apply(text),
      now: Date.now,
      signal,
    });
  } finally {
    await client.close();
    await vault?.close();
  }
}
