import { spawn } from 'node:child_process';
import { realpath, stat } from 'node:fs/promises';
import { createActionFailure } from '#contracts/catalogue/action-failure.js';
import { findExecutable } from './find-executable.js';

export interface IsolationOptions {
  /** `auto`: bubblewrap where the machine has one that works, else nothing. */
  readonly mode: 'auto' | 'none' | 'bubblewrap';
  /** Folders and files of the worker that commands must not see: its data, its secrets. The workspace may lie inside one. */
  readonly hidden: readonly string[];
  /** Folders that commands may read even where they lie in /tmp or /var/tmp, which are replaced. */
  readonly readable: readonly string[];
}

/** A process that puts another into a sandbox. */
export interface Sandbox {
  readonly argv: readonly [string, ...string[]];
  /** What it reads from descriptor 3: its options, which hold the environment and so stay out of its argv. */
  readonly options: string;
}

interface SandboxedCommand {
  readonly argv: readonly string[];
  /** Both are real paths. */
  readonly directory: string;
  readonly workspace: string;
  /** Stands in for /tmp. */
  readonly temporary: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Real path of a further folder that it may read, wherever it lies. */
  readonly secretFolder?: string;
}

/** Makes the sandbox for one command; undefined where there is none. */
export type Isolate = (command: SandboxedCommand) => Promise<Sandbox | undefined>;

/** Asks once whether bubblewrap works here. Throws SluiceError `isolation-unavailable` where it is demanded and does not. */
export function createIsolate(options: IsolationOptions, path: string): Isolate {
  let probe: Promise<string | undefined> | undefined;
  return async (command) => {
    if (options.mode === 'none') return undefined;
    probe ??= findBubblewrap(path);
    const bubblewrap = await probe;
    if (bubblewrap !== undefined) return createSandbox(bubblewrap, await findFolders(options), command);
    if (options.mode === 'auto') return undefined;
    throw createActionFailure({
      code: 'isolation-unavailable',
      fault: 'operational',
      class: 'infrastructure',
      retryable: false,
      message: 'Commands must run in bubblewrap here, and it does not work on this worker.',
      hint: 'Install bubblewrap and allow it namespaces, or set the isolation of the pool to auto or none.',
    });
  };
}

/** The file system to read, other processes out of sight, no privileges; the network stays. */
const SANDBOX = [
  ...['--unshare-pid', '--unshare-ipc', '--die-with-parent', '--cap-drop', 'ALL'],
  ...['--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'],
];

const TEMPORARY = ['/tmp', '/var/tmp'];

/** Real paths of folders that exist. */
interface Folders {
  readonly hidden: readonly string[];
  readonly hiddenFiles: readonly string[];
  readonly readable: readonly string[];
}

async function findBubblewrap(path: string): Promise<string | undefined> {
  const program = await findExecutable('bwrap', '/', path);
  if (program.kind !== 'found') return undefined;
  const works = await new Promise<boolean>((resolve) => {
    const argv = [...SANDBOX, '/bin/true'];
    spawn(program.path, argv, { stdio: 'ignore', env: {} })
      .on('error', () => resolve(false))
      .on('close', (code) => resolve(code === 0));
  });
  return works ? program.path : undefined;
}

async function findFolders({ hidden, readable }: IsolationOptions): Promise<Folders> {
  const real = await findReal(hidden);
  const files = await Promise.all(real.map(isFile));
  return {
    hidden: real.filter((_, at) => files[at] === false),
    hiddenFiles: real.filter((_, at) => files[at] === true),
    readable: (await findReal(readable)).filter(isTemporary),
  };
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path)).isFile();
}

function isTemporary(folder: string): boolean {
  return TEMPORARY.some((temporary) => folder.startsWith(`${temporary}/`));
}

/** Of folders, the real paths of those that exist. */
async function findReal(folders: readonly string[]): Promise<string[]> {
  const found = await Promise.all(folders.map((folder) => realpath(folder).catch(() => undefined)));
  return found.filter((folder) => folder !== undefined);
}

function createSandbox(bubblewrap: string, folders: Folders, command: SandboxedCommand): Sandbox {
  const { workspace, directory, temporary, environment, secretFolder } = command;
  const options = [
    ...SANDBOX,
    ...TEMPORARY.flatMap((folder) => ['--bind', temporary, folder]),
    ...folders.readable.flatMap((folder) => ['--ro-bind', folder, folder]),
    ...folders.hiddenFiles.flatMap((file) => ['--ro-bind', '/dev/null', file]),
    ...folders.hidden.flatMap((folder) => ['--tmpfs', folder]),
    ...['--bind', workspace, workspace],
    ...(secretFolder === undefined ? [] : ['--ro-bind', secretFolder, secretFolder]),
    ...['--chdir', directory, '--clearenv'],
    ...Object.entries(environment).flatMap(([name, value]) => ['--setenv', name, value]),
  ];
  return {
    argv: [bubblewrap, '--args', '3', '--', ...command.argv],
    options: options.map((option) => `${option}\0`).join(''),
  };
}
