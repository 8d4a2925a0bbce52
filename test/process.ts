import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProjectRoot } from '../libs/host/project-root.js';
import { coverageEnvironment } from './coverage.js';

const READY_MS = 60_000;
const STOP_MS = 20_000;
const MAX_PRINTED = 20_000_000;

/** A real process of the product, run from the build; it ends with this one, because its IPC channel does. */
export class TestProcess {
  private child: ChildProcess | undefined;
  private output = '';
  /** Times that it was started. */
  starts = 0;

  /**
   * @param entry below `dist/`, as `apps/api/main.js`
   * @param launcher command before that of Node, which it becomes: a shell's `exec "$@"`
   */
  constructor(
    private readonly entry: string,
    private readonly env: Readonly<Record<string, string>>,
    private readonly launcher: readonly string[] = [],
  ) {}

  /** Resolves with what it says when it is ready. */
  async start(): Promise<{ readonly type: 'ready'; readonly url?: string }> {
    const file = join(findProjectRoot(), 'dist', this.entry);
    const [execPath = process.execPath, ...execArgv] = [...this.launcher, process.execPath];
    const child = fork(file, {
      env: { ...basicEnvironment(), ...coverageEnvironment(), ...this.env },
      execPath,
      execArgv,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child = child;
    this.starts++;
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output = (this.output + text).slice(-MAX_PRINTED);
      });
    }
    const timeout = AbortSignal.timeout(READY_MS);
    const ready = once(child, 'message', { signal: timeout }).then(([message]) => message);
    const exit = once(child, 'exit', { signal: timeout }).then(([code]) => {
      throw new Error(`${this.entry} ended with ${code} before it was ready:\n${this.printed}`);
    });
    return Promise.race([ready, exit]);
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error(`${this.entry} was not started`);
    return this.child.pid;
  }

  /** What it printed last. */
  get printed(): string {
    return this.output.slice(-20_000);
  }

  /** All that it printed, of all its starts. */
  get everythingPrinted(): string {
    return this.output;
  }

  /** As `kill -9` does: no chance to tidy up. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** In good order. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.child?.kill('SIGKILL'), STOP_MS);
    await this.end('SIGTERM');
    clearTimeout(timer);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }
}

function basicEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '', LANG = 'C.UTF-8', SLUICE_INSTANCE } = process.env;
  // So that no test keeps a key where the machine keeps its own.
  const SLUICE_HOME = join(tmpdir(), 'sluice-home');
  // By its mark a process that a test forgets is found at the end of the test run.
  return { PATH, HOME, LANG, SLUICE_HOME, ...(SLUICE_INSTANCE === undefined ? {} : { SLUICE_INSTANCE }) };
}
