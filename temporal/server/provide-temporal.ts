import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SEARCH_ATTRIBUTES } from '#contracts/names.js';
import { SluiceError } from '#domain/errors.js';
import { readLinesFrom, sizeOf } from '../../libs/host/log-file.js';
import { isPortFree, LOOPBACK } from '../../libs/host/port.js';
import { type ServerProcess, startServerProcess } from '../../libs/host/server-process.js';
import { checkHealth } from './check-health.js';
import { obtainTemporal } from './obtain-temporal.js';

export interface TemporalRequest {
  /** Data folder of the platform; the server's log goes to `<home>/logs/temporal.log`. */
  readonly home: string;
  /** Of the gRPC frontend. */
  readonly port: number;
  readonly uiPort: number;
  /** SQLite file of the histories; without one they live in memory only. */
  readonly dbFile?: string;
  readonly onProgress: (message: string) => void;
  /** Told the number of every process at once: a build of the server, then the server. */
  readonly onSpawn?: (pid: number) => void;
  /** More dynamic configuration, as `key=value`. */
  readonly settings?: readonly string[];
  /** Where TEMPORAL_ADDRESS, PATH, HOME are looked up; the process's environment by default. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface ProvidedTemporal {
  /** host:port of the gRPC frontend. */
  readonly address: string;
  /** URL of the Web UI; undefined when the server is not ours and TEMPORAL_UI_URL does not say. */
  readonly ui: string | undefined;
  /** Undefined when the server is not ours (TEMPORAL_ADDRESS). */
  readonly pid: number | undefined;
  /** Resolves when our server ends, with how; never for a server that is not ours. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

const READY_MS = 90_000;
const STOP_MS = 10_000;

/**
 * A Temporal server to use: that of TEMPORAL_ADDRESS, else a development server of our own on the loopback interface,
 * with its Web UI, the namespace of TEMPORAL_NAMESPACE (`default`) and our search attributes.
 * Errors, all operational, each with its cure: `temporal-unreachable`, `temporal-not-available`, `port-in-use`,
 * `temporal-cannot-run`.
 */
export async function provideTemporal(request: TemporalRequest): Promise<ProvidedTemporal> {
  const env = request.env ?? process.env;
  const given = env['TEMPORAL_ADDRESS'];
  if (given !== undefined && given !== '') return await useGiven(given, env);
  await requireFree(request.port, 'Temporal', 'SLUICE_TEMPORAL_PORT');
  await requireFree(request.uiPort, "Temporal's Web UI", 'SLUICE_UI_PORT');
  const command = await obtainTemporal({
    env,
    home: request.home,
    onProgress: request.onProgress,
    onSpawn: request.onSpawn,
  });
  return await startServer(command, request, env);
}

async function useGiven(address: string, env: NodeJS.ProcessEnv): Promise<ProvidedTemporal> {
  if (!(await checkHealth(address, 10_000))) {
    throw new SluiceError({
      code: 'temporal-unreachable',
      fault: 'operational',
      message: `The Temporal server of TEMPORAL_ADDRESS (${address}) does not answer.`,
      hint: 'Correct TEMPORAL_ADDRESS (host:7233), or unset it to have a server provided.',
    });
  }
  const ui = env['TEMPORAL_UI_URL'];
  return { address, ui, pid: undefined, exited: new Promise(() => {}), stop: () => Promise.resolve() };
}

async function requireFree(port: number, what: string, variable: string): Promise<void> {
  if (await isPortFree(port)) return;
  throw new SluiceError({
    code: 'port-in-use',
    fault: 'operational',
    message: `Port ${port}, meant for ${what}, is in use.`,
    hint: `Stop the program that listens there, or choose another port with ${variable}.`,
  });
}

async function startServer(
  command: string,
  request: TemporalRequest,
  env: NodeJS.ProcessEnv,
): Promise<ProvidedTemporal> {
  const logs = join(request.home, 'logs');
  const logFile = join(logs, 'temporal.log');
  mkdirSync(logs, { recursive: true });
  if (request.dbFile !== undefined) {
    mkdirSync(dirname(request.dbFile), { recursive: true, mode: 0o700 });
  }
  const before = sizeOf(logFile);
  const server = await startServerProcess({
    command,
    args: serverArguments(request, env['TEMPORAL_NAMESPACE'] || 'default'),
    logFile,
    cwd: request.home,
    env,
    onSpawn: request.onSpawn,
  });
  const address = `${LOOPBACK}:${request.port}`;
  const stop = () => server.stop({ signal: 'SIGTERM', graceMs: STOP_MS });
  if (!(await becomesReady(server, address))) {
    await stop();
    throw describeFailure(logFile, before, request);
  }
  return {
    address,
    ui: `http://${LOOPBACK}:${request.uiPort}`,
    pid: server.pid,
    exited: server.exited,
    stop,
  };
}

/**
 * The development server polls its queues 20 times a second unless told otherwise, which costs up to 50 ms at each
 * step of a run; with write-ahead logging its file survives the death of the process at any moment.
 */
function serverArguments(request: TemporalRequest, namespace: string): string[] {
  const settings = [
    'history.transferProcessorMaxPollRPS=5000',
    'history.timerProcessorMaxPollRPS=5000',
    'history.visibilityProcessorMaxPollRPS=5000',
    'system.enableActivityEagerExecution=true',
    'system.enableEagerWorkflowStart=true',
    ...(request.settings ?? []),
  ];
  const storage =
    request.dbFile === undefined
      ? []
      : [
          '--db-filename',
          request.dbFile,
          '--sqlite-pragma',
          'journal_mode=WAL',
          '--sqlite-pragma',
          'synchronous=NORMAL',
        ];
  return [
    'server',
    'start-dev',
    ...['--ip', LOOPBACK, '--port', String(request.port), '--ui-port', String(request.uiPort)],
    ...['--log-level', 'warn', '--log-format', 'json'],
    ...storage,
    ...['--namespace', namespace],
    ...settings.flatMap((setting) => ['--dynamic-config-value', setting]),
    ...Object.values(SEARCH_ATTRIBUTES).flatMap((name) => ['--search-attribute', `${name}=Keyword`]),
  ];
}

async function becomesReady(server: ServerProcess, address: string): Promise<boolean> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && !server.hasExited()) {
    if (await checkHealth(address, 2_000)) return true;
    await sleep(50);
  }
  return false;
}

function describeFailure(logFile: string, before: number, { dbFile }: TemporalRequest): SluiceError {
  const reason = messageOf(readLinesFrom(logFile, before).at(-1) ?? 'it said nothing');
  const restore =
    dbFile === undefined ? '' : `, or restore ${dbFile}, or start afresh with another SLUICE_HOME`;
  return new SluiceError({
    code: 'temporal-cannot-run',
    fault: 'operational',
    message: `The Temporal server does not start: ${reason} (all of it: ${logFile})`,
    hint: `Set TEMPORAL_ADDRESS to a Temporal server of your own${restore}.`,
  });
}

/** Of a line that the server logged as JSON; another line is its own message. */
function messageOf(line: string): string {
  try {
    const { msg } = JSON.parse(line) as { msg?: unknown };
    return typeof msg === 'string' ? msg : line;
  } catch {
    return line;
  }
}
