import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createSafeClient } from '#connectors/http/safe-client.js';
import { createSecretResolver } from '#connectors/secrets/resolve-secret.js';
import { createRunMasks } from '#connectors/secrets/run-masks.js';
import { createVaultSecrets } from '#connectors/secrets/vault/vault-secrets.js';
import { filesOf } from '#connectors/secrets/vault/vault-settings.js';
import { ACTIONS, type ActionName } from '#contracts/catalogue/catalogue.js';
import { createAssessor } from '#risk/create-assessor.js';
import { createActions } from '#temporal/activities/actions.js';
import { type AttemptRecorder, createAttempts, type MakeAttempt } from '#temporal/activities/attempt.js';
import { createCommandHost } from '#temporal/activities/command/process/command-host.js';
import { killLeftovers } from '#temporal/activities/command/process/leftovers.js';
import { removeSecretFiles } from '#temporal/activities/command/process/secret-files.js';
import { LargeValues } from '#temporal/activities/large-values.js';
import { createLocalGates } from './local-gates.js';
import type { LocalSettings } from './local-settings.js';
import { createMemoryObjects } from './memory-objects.js';

/** Every address: whoever runs a definition here could reach them by a command, too. */
export const ANYWHERE = ['0.0.0.0/0', '::/0'];

/** Where the actions of a local run work: a folder, and the same actions as those of a worker. */
export interface Workshop {
  readonly folder: string;
  readonly workspaces: string;
  readonly largeValues: LargeValues;
  attemptsOf(action: string): MakeAttempt;
  /** Kills what the commands have left running. */
  kill(): void;
  close(): Promise<void>;
}

/** @param folder empty, of this run alone */
export async function openWorkshop(
  folder: string,
  settings: LocalSettings,
  env: Readonly<Record<string, string | undefined>>,
  recorder: AttemptRecorder,
): Promise<Workshop> {
  const home = join(folder, 'process');
  const workspaces = join(folder, 'workspaces');
  await mkdir(home, { recursive: true });
  await mkdir(workspaces, { recursive: true });
  const client = createSafeClient({ allow: ANYWHERE });
  const host = createCommandHost({
    path: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    dataFolder: home,
    isolation: {
      mode: settings.isolation,
      hidden: [home, ...settings.secretFolders, ...filesOf(settings.vault)],
      readable: [process.cwd()],
    },
  });
  const actions = createActions({
    client,
    host,
    gates: createLocalGates(),
    risk: createAssessor(undefined, () => new Date()),
  });
  const vault = settings.vault && createVaultSecrets(settings.vault);
  const objects = createMemoryObjects();
  const made = new Map<string, MakeAttempt>();
  const world = {
    recorder,
    objects,
    maskOf: createRunMasks(),
    workspaces,
    worker: `here (${process.pid})`,
    secrets: createSecretResolver({
      environment: env,
      folders: settings.secretFolders,
      ownFiles: filesOf(settings.vault),
      vault,
    }),
  };
  return {
    folder,
    workspaces,
    largeValues: new LargeValues(objects),
    attemptsOf(action) {
      const known =
        made.get(action) ?? createAttempts(ACTIONS.get(action)!, actions[action as ActionName], world);
      made.set(action, known);
      return known;
    },
    kill: () => void killLeftovers(home),
    async close() {
      killLeftovers(home);
      await removeSecretFiles(home);
      await client.close();
      await vault?.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}
