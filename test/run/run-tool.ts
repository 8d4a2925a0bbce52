import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot } from '../../libs/host/project-root.js';

export interface ToolRun {
  readonly code: number;
  /** Both streams, whole. */
  readonly output: string;
  readonly timedOut: boolean;
}

export interface Tool {
  readonly name: string;
  /** Program of a package, and its arguments. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly limitMs: number;
  /** Folder for its output. */
  readonly folder: string;
  readonly interrupted: AbortSignal;
  readonly onSpawn: (pid: number) => void;
}

/**
 * Runs a tool on the project's Node, in the project's folder and in a process group of its own, which is killed as a
 * whole when the time is over or the person interrupts. Resolves in each case.
 */
export function runTool(tool: Tool): Promise<ToolRun> {
  const outputFile = join(tool.folder, `${tool.name.replaceAll(/[^a-z]+/g, '-')}.output`);
  const output = openSync(outputFile, 'w');
  const child = spawn(process.execPath, tool.args, {
    cwd: findProjectRoot(),
    env: tool.env,
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const { pid } = child;
  if (pid !== undefined) tool.onSpawn(pid);
  let timedOut = false;
  const kill = () => {
    if (pid !== undefined && child.exitCode === null && child.signalCode === null)
      process.kill(-pid, 'SIGKILL');
  };
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, tool.limitMs);
  tool.interrupted.addEventListener('abort', kill);
  if (tool.interrupted.aborted) kill();
  return new Promise((resolve) => {
    const end = (code: number) => {
      clearTimeout(timer);
      tool.interrupted.removeEventListener('abort', kill);
      resolve({ code, output: readFileSync(outputFile, 'utf8').trim(), timedOut });
    };
    child.once('error', () => end(1));
    child.once('exit', (code) => end(code ?? 1));
  });
}
