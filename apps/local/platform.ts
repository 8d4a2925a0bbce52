import { join } from 'node:path';
import { SluiceError } from '#domain/errors.js';
import { type ProvidedPostgres, providePostgres } from '#persistence/server/embedded-postgres.js';
import { isMigrated } from '#persistence/server/is-migrated.js';
import { type ProvidedTemporal, provideTemporal } from '#temporal/server/provide-temporal.js';
import { rotateLog } from '../../libs/host/log-file.js';
import { isPortFree, LOOPBACK } from '../../libs/host/port.js';
import { findProjectRoot } from '../../libs/host/project-root.js';
import { startApp } from './app-process.js';
import { belongingOf, INSTANCE_VARIABLE, type Instance, takeInstance } from './instance.js';
import { openReaper, type Reaper } from './open-reaper.js';
import { type Progress, secondsSince } from './progress.js';
import type { LocalSettings } from './settings.js';
import { type Running, type Supervised, supervise } from './supervise.js';

export interface Platform {
  /** URL of the API, without path. */
  readonly api: string;
  /** Of Temporal; undefined when a server of the user's own is used and TEMPORAL_UI_URL does not say. */
  readonly ui: string | undefined;
  /** Stops worker, API, Temporal and Postgres, in this order. */
  stop(): Promise<void>;
}

export interface PlatformRequest {
  readonly settings: LocalSettings;
  readonly progress: Progress;
  /** Aborted when a person no longer wants it: also in the middle of the start. */
  readonly interrupted: AbortSignal;
  /** Aborted when he does not want to wait for an orderly end either. */
  readonly hurried: AbortSignal;
}

/** What is stopped first comes first; the time is what the reaper grants when we are gone. */
const STOPPING = {
  worker: { order: 1, signal: 'SIGTERM', graceMs: 10_000 },
  api: { order: 2, signal: 'SIGTERM', graceMs: 5_000 },
  temporal: { order: 3, signal: 'SIGTERM', graceMs: 10_000 },
  postgres: { order: 4, signal: 'SIGINT', graceMs: 20_000 },
} as const;

const APPS = ['api', 'worker'] as const;

type ProcessName = keyof typeof STOPPING;

interface Surroundings {
  readonly settings: LocalSettings;
  readonly progress: Progress;
  readonly reaper: Reaper;
  readonly instance: Instance;
  readonly started: Map<ProcessName, Supervised<Running>>;
  /** From now on nothing may be started. */
  closing: boolean;
  warn(line: string): void;
}

/**
 * Starts the local platform: Postgres, Temporal, then API and worker, each supervised. When one cannot be started, or
 * the start is interrupted, the others are stopped again before the error is thrown.
 */
export async function startPlatform(request: PlatformRequest): Promise<Platform> {
  const { settings, progress, interrupted, hurried } = request;
  const api = `http://${LOOPBACK}:${settings.apiPort}`;
  const instance = await takeInstance(settings.home, api);
  const reaper = await openReaper({
    belonging: belongingOf(settings.home),
    strayGraceMs: 10_000,
  });
  instance.recordReaper(reaper.identity);
  const around: Surroundings = {
    settings,
    progress,
    reaper,
    instance,
    started: new Map(),
    closing: false,
    warn(line) {
      if (!around.closing) progress.line(`! ${line}`);
    },
  };
  const stop = () => stopPlatform(around, hurried);
  try {
    const ui = await orAborted(startAll(around), interrupted);
    return { api, ui, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(around: Surroundings): Promise<string | undefined> {
  const { settings, started } = around;
  await requireFreePort(settings.apiPort);
  for (const name of Object.keys(STOPPING)) rotateLog(logFile(settings, name));
  const postgres = await showStep(around, 'Postgres', (onProgress) =>
    supervise<ProvidedPostgres>(
      { name: 'postgres', start: () => startPostgres(around, onProgress), onRestarted: onPostgresRestarted },
      around.warn,
    ),
  );
  started.set('postgres', postgres);
  const temporal = await showStep(around, 'Temporal', (onProgress) =>
    supervise<ProvidedTemporal>(
      { name: 'temporal', start: () => startTemporal(around, onProgress) },
      around.warn,
    ),
  );
  started.set('temporal', temporal);
  const env = () => childEnvironment(settings, postgres.current(), temporal.current());
  await showStep(around, 'API and worker', () => startApps(around, env));
  return temporal.current().ui;

  /** Another program took the port meanwhile: API and worker must learn the new one. */
  function onPostgresRestarted(now: ProvidedPostgres, before: ProvidedPostgres): void {
    if (now.url !== before.url) for (const name of APPS) void started.get(name)?.current().stop();
  }
}

/** At once, unless the API has to bring the database to its newest migration, which the worker takes for granted. */
async function startApps(around: Surroundings, env: () => NodeJS.ProcessEnv): Promise<void> {
  const start = async (name: (typeof APPS)[number]) => {
    const app = { name, start: () => startOwn(around, name, env()) };
    around.started.set(name, await supervise(app, around.warn));
  };
  if (!(await isMigrated(env()['DATABASE_URL'] as string))) await start('api');
  const missing = APPS.filter((name) => !around.started.has(name));
  const failed = (await Promise.allSettled(missing.map(start))).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** Nothing begins, and nothing is said, once the platform ends. */
async function showStep<T>(
  around: Surroundings,
  title: string,
  work: (onProgress: (message: string) => void) => Promise<T>,
): Promise<T> {
  const since = Date.now();
  if (around.closing) throw new Error('The platform ends.');
  const result = await around.progress.during(title, work);
  if (!around.closing) around.progress.line(`✓ ${title} (${secondsSince(since)})`);
  return result;
}

async function requireFreePort(port: number): Promise<void> {
  if (await isPortFree(port)) return;
  throw new SluiceError({
    code: 'port-in-use',
    fault: 'operational',
    message: `Port ${port}, meant for the API, is in use.`,
    hint: 'Stop the program that listens there, or choose another port with SLUICE_PORT.',
  });
}

function startPostgres(around: Surroundings, onProgress: (message: string) => void) {
  return providePostgres({
    home: around.settings.home,
    onProgress,
    onSpawn: (pid) => watch(around, 'postgres', pid),
  });
}

function startTemporal(around: Surroundings, onProgress: (message: string) => void) {
  const { settings } = around;
  return provideTemporal({
    home: settings.home,
    port: settings.temporalPort,
    uiPort: settings.uiPort,
    dbFile: join(settings.home, 'temporal', 'temporal.db'),
    env: { ...process.env, [INSTANCE_VARIABLE]: settings.home },
    onProgress,
    onSpawn: (pid) => watch(around, 'temporal', pid),
  });
}

function startOwn(around: Surroundings, name: 'api' | 'worker', env: NodeJS.ProcessEnv) {
  return startApp({
    name,
    program: join(findProjectRoot(), 'dist/apps', name, 'main.js'),
    env,
    logFile: logFile(around.settings, name),
    onSpawn: (pid) => watch(around, name, pid),
  });
}

/** Reports a process to those who clean up; one that is born while the platform ends does not live. */
function watch({ reaper, instance, closing }: Surroundings, name: ProcessName, pid: number): void {
  if (closing) {
    process.kill(-pid, 'SIGKILL');
    return;
  }
  reaper.watch(pid, STOPPING[name]);
  instance.recordProcess(name, pid);
}

function logFile(settings: LocalSettings, name: string): string {
  return join(settings.home, 'logs', `${name}.log`);
}

function childEnvironment(
  settings: LocalSettings,
  postgres: ProvidedPostgres,
  temporal: ProvidedTemporal,
): NodeJS.ProcessEnv {
  return {
    ...process.env,
    [INSTANCE_VARIABLE]: settings.home,
    SLUICE_HOME: settings.home,
    SLUICE_WORKER_HOME: join(settings.home, 'worker'),
    SLUICE_PORT: String(settings.apiPort),
    DATABASE_URL: postgres.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: process.env['TEMPORAL_NAMESPACE'] || 'default',
    ...(temporal.ui === undefined ? {} : { SLUICE_UI_URL: temporal.ui }),
  };
}

async function stopPlatform(around: Surroundings, hurried: AbortSignal): Promise<void> {
  around.closing = true;
  await orAborted(stopInOrder(around), hurried).catch(() => around.reaper.hurry());
  await around.reaper.finish();
  around.instance.release();
}

async function stopInOrder({ started }: Surroundings): Promise<void> {
  const names = (Object.keys(STOPPING) as ProcessName[]).sort(
    (a, b) => STOPPING[a].order - STOPPING[b].order,
  );
  for (const name of names) await started.get(name)?.stop();
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
  return Promise.race([work, aborted]);
}
