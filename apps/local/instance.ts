import {
  accessSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { SluiceError } from '#domain/errors.js';
import {
  type Belonging,
  findBelonging,
  identifyProcess,
  isRunning,
  type ProcessIdentity,
  stopProcess,
  waitForEnd,
} from '../../libs/host/process.js';

/** What `<home>/local.json` says about the platform that runs on this data. */
interface InstanceRecord {
  readonly launcher: ProcessIdentity;
  readonly reaper?: ProcessIdentity;
  /** By name, in the order in which they are to be stopped. */
  readonly processes: Readonly<Record<string, ProcessIdentity>>;
  readonly api: string;
}

export interface Instance {
  recordReaper(reaper: ProcessIdentity): void;
  recordProcess(name: string, pid: number): void;
  release(): void;
}

/** How long the reaper of a killed start may take before we do its work. */
const REAPER_MS = 45_000;
const STOP_ORDER = ['worker', 'api', 'temporal', 'postgres'];

/** Variable in the environment of every process of a platform, by which leftovers are found; its value is the data folder. */
export const INSTANCE_VARIABLE = 'SLUICE_INSTANCE';

/** How to recognise the processes of the platform on this data folder. */
export function belongingOf(home: string): Belonging {
  return { mark: `${INSTANCE_VARIABLE}=${home}`, folders: [join(home, 'worker'), join(home, 'postgres')] };
}

/**
 * Takes the data folder for this process, and stops whatever a start that was killed has left on it.
 * Throws `already-running`, `home-not-writable`.
 */
export async function takeInstance(home: string, api: string): Promise<Instance> {
  const file = join(home, 'local.json');
  const launcher = identifyProcess(process.pid) as ProcessIdentity;
  let record: InstanceRecord = { launcher, processes: {}, api };
  makeHome(home);
  while (!createExclusively(file, record)) {
    const other = readRecord(file);
    if (other !== undefined && isRunning(other.launcher)) throw describeRunning(home, other);
    if (other !== undefined) await stopLeftovers(other);
    rmSync(file, { force: true });
  }
  await stopStrays(home);
  const write = (changed: InstanceRecord) => {
    record = changed;
    writeFileSync(`${file}.new`, JSON.stringify(record, undefined, 2));
    renameSync(`${file}.new`, file);
  };
  return {
    recordReaper: (reaper) => write({ ...record, reaper }),
    recordProcess(name, pid) {
      const identity = identifyProcess(pid);
      if (identity !== undefined) write({ ...record, processes: { ...record.processes, [name]: identity } });
    },
    release: () => rmSync(file, { force: true }),
  };
}

function makeHome(home: string): void {
  try {
    for (const folder of [home, join(home, 'logs'), join(home, 'worker')]) makeFolder(folder);
    accessSync(home, constants.W_OK);
    accessSync(join(home, 'logs'), constants.W_OK);
  } catch (cause) {
    throw new SluiceError({
      code: 'home-not-writable',
      fault: 'user',
      message: `The data folder ${home} cannot be made or written: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Set SLUICE_HOME to a folder that you may write.',
      cause,
    });
  }
}

/** For its owner only: logs and workspaces tell what runs did. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  makeParents(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/** One by one: Node's own recursive way never ends below /proc, where making a folder answers ENOENT. */
function makeParents(folder: string): void {
  if (existsSync(folder)) return;
  makeParents(dirname(folder));
  mkdirSync(folder);
}

/** A link appears whole or not at all, and never over another: two starts at once cannot both have it. */
function createExclusively(file: string, record: InstanceRecord): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify(record, undefined, 2));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own, { force: true });
  }
}

function readRecord(file: string): InstanceRecord | undefined {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as InstanceRecord) : undefined;
  } catch {
    return undefined;
  }
}

function describeRunning(home: string, { launcher, api }: InstanceRecord): SluiceError {
  return new SluiceError({
    code: 'already-running',
    fault: 'user',
    message: `Sluice runs already on ${home} (process ${launcher.pid}), with its API at ${api}.`,
    hint: 'Use that one, stop it with Ctrl-C where it was started, or set SLUICE_HOME and the ports for a second one.',
  });
}

async function stopLeftovers({ reaper, processes }: InstanceRecord): Promise<void> {
  if (reaper !== undefined) await waitForEnd(reaper, REAPER_MS);
  for (const name of STOP_ORDER) {
    const identity = processes[name];
    if (identity !== undefined) await stopProcess(identity, { signal: 'SIGINT', graceMs: 15_000 });
  }
}

async function stopStrays(home: string): Promise<void> {
  const strays = findBelonging(belongingOf(home));
  await Promise.all(strays.map((stray) => stopProcess(stray, { signal: 'SIGTERM', graceMs: 5_000 })));
}
