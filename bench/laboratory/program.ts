import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';

/** A program as a process of its own, which has said that it is ready. What is read of it is there on Linux only. */
export interface Program<Ready = unknown> {
  /** What it said. */
  readonly ready: Ready;
  /** Memory that the process holds now, in MiB. */
  readMemory(): Promise<number>;
  /** The most that it held since `resetPeakMemory`, in MiB. */
  readPeakMemory(): Promise<number>;
  resetPeakMemory(): Promise<void>;
  /** Milliseconds that processors have worked for it. */
  readProcessorTime(): Promise<number>;
  stop(): Promise<void>;
}

/** Of the kernel's clock, in milliseconds: USER_HZ is 100 wherever Linux runs. */
const TICK_MS = 10;
/** What the kernel takes for it in clear_refs. */
const RESET_PEAK = '5';

/** Starts it with these settings and no others. With BENCH_PROFILE, a folder, it leaves a profile of its processor time there. */
export async function startProgram<Ready>(
  program: string,
  settings: Readonly<Record<string, string>>,
): Promise<Program<Ready>> {
  const child = fork(program, [], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...settings },
    execArgv: profileArguments(),
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ready = await hearReady<Ready>(child);
  const readStatus = async (field: string) => {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) / 1024;
  };
  return {
    ready,
    readMemory: () => readStatus('VmRSS'),
    readPeakMemory: () => readStatus('VmHWM'),
    resetPeakMemory: () => writeFile(`/proc/${child.pid}/clear_refs`, RESET_PEAK),
    async readProcessorTime() {
      const text = await readFile(`/proc/${child.pid}/stat`, 'utf8');
      // The name, in brackets, may hold anything; utime and stime are fields 14 and 15.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function profileArguments(): string[] {
  const folder = process.env['BENCH_PROFILE'];
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

async function hearReady<Ready>(child: ChildProcess): Promise<Ready> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`a program of the bench ended with ${code}`);
  });
  const ready = once(child, 'message').then(([message]) => message as Ready);
  return Promise.race([ready, ended]);
}
