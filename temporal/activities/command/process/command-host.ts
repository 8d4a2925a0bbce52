import { createActionFailure, createCanceledFailure } from '#contracts/catalogue/action-failure.js';
import type { ActionContext, LogLine } from '#contracts/ports.js';
import type { SluiceError } from '#domain/errors.js';
import type { LineMasking } from '../../line-reader.js';
import { findExecutable } from './find-executable.js';
import { createIsolate, type Isolate, type IsolationOptions } from './isolation.js';
import { createProcessRegister, type ProcessRegister } from './leftovers.js';
import { type ProcessResult, runProcess } from './run-process.js';
import { type SecretFiles, withSecretFiles } from './secret-files.js';
import { preparePrivateFolders } from './workspace-folders.js';

export interface CommandHostOptions {
  /** PATH of commands, unless a step declares its own. */
  readonly path: string;
  /** Folder of this worker alone, where it remembers running process groups. */
  readonly dataFolder: string;
  readonly isolation: IsolationOptions;
  /** Bytes of log stored of one attempt; 4 MiB when absent. */
  readonly logLimit?: number;
}

interface HostCommand {
  readonly argv: readonly [string, ...string[]];
  /** Real path. */
  readonly directory: string;
  /** Added to the base: PATH, HOME, TMPDIR, LANG, CI. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether it is somebody else's code, to be isolated as the host has it. */
  readonly untrusted: boolean;
  /** Contents of files, by the name of the variable that holds the path of each. */
  readonly secretFiles?: ReadonlyMap<string, string>;
  readonly stdin?: string;
  readonly keep: { readonly stdout: number; readonly stderr: number };
  readonly log: (stream: LogLine['stream'], line: string) => void;
  /** Where it is given secrets. */
  readonly masking?: LineMasking;
}

/** Runs programs for the actions of one worker. */
export interface CommandHost {
  /**
   * Any exit code and any signal is a result. Throws SluiceError `command-not-found`, `command-not-executable`,
   * `command-invalid`, `command-start-failed`, `isolation-unavailable`, `workspace-damaged`, `canceled`.
   */
  run(command: HostCommand, context: Pick<ActionContext, 'workspace' | 'signal'>): Promise<HostResult>;
}

export interface HostResult extends ProcessResult {
  /** In a sandbox, a signal shows as exit code 128 and its number. */
  readonly sandboxed: boolean;
}

const DEFAULT_LOG_LIMIT = 4 * 1024 * 1024;

export function createCommandHost(options: CommandHostOptions): CommandHost {
  const isolate = createIsolate(options.isolation, options.path);
  const register = createProcessRegister(options.dataFolder);
  const machinery = { options, isolate, register };
  return {
    run: (command, context) =>
      withSecretFiles(options.dataFolder, command.secretFiles ?? new Map(), (files) =>
        run(command, context, { ...machinery, files }),
      ),
  };
}

interface Machinery {
  readonly options: CommandHostOptions;
  readonly isolate: Isolate;
  readonly register: ProcessRegister;
  readonly files: SecretFiles | undefined;
}

async function run(
  command: HostCommand,
  context: Pick<ActionContext, 'workspace' | 'signal'>,
  { options, isolate, register, files }: Machinery,
): Promise<HostResult> {
  const { signal } = context;
  const [name, ...args] = command.argv;
  if (signal.aborted) throw createCanceledFailure(name, signal);
  const folders = await preparePrivateFolders(context.workspace);
  const environment: Readonly<Record<string, string>> = {
    PATH: options.path,
    HOME: folders.home,
    TMPDIR: folders.temporary,
    LANG: 'C.UTF-8',
    CI: 'true',
    ...command.environment,
    ...files?.paths,
  };
  const { directory } = command;
  const program = await requireExecutable(name, directory, environment['PATH'] ?? '');
  const sandbox = command.untrusted
    ? await isolate({
        argv: [program, ...args],
        directory,
        workspace: folders.workspace,
        temporary: folders.temporary,
        environment,
        ...(files === undefined ? {} : { secretFolder: files.folder }),
      })
    : undefined;
  const result = await runProcess({
    ...command,
    program,
    environment,
    logLimit: options.logLimit ?? DEFAULT_LOG_LIMIT,
    signal,
    register,
    ...(sandbox ? { sandbox } : {}),
  }).catch((error: unknown) => {
    throw toStartFailure(error, name);
  });
  if (result.stopped) throw createCanceledFailure(name, signal);
  return { ...result, sandboxed: sandbox !== undefined };
}

async function requireExecutable(name: string, directory: string, path: string): Promise<string> {
  const program = name.includes('\0')
    ? ({ kind: 'not-found' } as const)
    : await findExecutable(name, directory, path);
  if (program.kind === 'found') return program.path;
  if (program.kind === 'not-executable') throw createNotExecutable(name);
  throw createNotFound(name);
}

function toStartFailure(error: unknown, name: string): SluiceError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  // The program was there: what is missing is the interpreter that its first line names.
  if (code === 'ENOENT') return createNotFound(name, error);
  if (code === 'EACCES' || code === 'ENOEXEC') return createNotExecutable(name, error);
  if (code === 'E2BIG' || code === 'ERR_INVALID_ARG_VALUE') {
    return createActionFailure({
      code: 'command-invalid',
      fault: 'user',
      class: 'configuration',
      retryable: false,
      message:
        code === 'E2BIG'
          ? 'Arguments and environment together are larger than this system takes.'
          : 'An argument or environment variable holds a NUL character.',
      hint: 'Hand large data over by `stdin` or a file in the workspace.',
      cause: error,
    });
  }
  return createActionFailure({
    code: 'command-start-failed',
    fault: 'operational',
    class: 'resource',
    retryable: true,
    message: `The worker could not start ${JSON.stringify(name)}${typeof code === 'string' ? ` (${code})` : ''}.`,
    hint: 'The machine may lack memory, processes or file descriptors.',
    cause: error,
  });
}

function createNotFound(name: string, cause?: unknown): SluiceError {
  return createActionFailure({
    code: 'command-not-found',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `The command ${JSON.stringify(name)} was not found${cause ? ', or the interpreter that it names' : ''}.`,
    hint: 'Check the spelling; install it on the worker; or, for a file of the workspace, write `./` before it. A shell line is `[sh, -c, "…"]`.',
    cause,
  });
}

function createNotExecutable(name: string, cause?: unknown): SluiceError {
  return createActionFailure({
    code: 'command-not-executable',
    fault: 'user',
    class: 'configuration',
    retryable: false,
    message: `${JSON.stringify(name)} is not executable.`,
    hint: 'Make it executable (`chmod +x`), or name its interpreter: `[sh, script.sh]`.',
    cause,
  });
}
