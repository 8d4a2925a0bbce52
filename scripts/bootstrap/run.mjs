import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const WATCH_MS = 1_000;

/**
 * Runs a compiled program on the project's Node, passes signals on, and resolves with its exit code
 * (128 + n after signal n). When the npm that started us is killed, the program is asked to stop; when we are killed,
 * the program sees its IPC channel close, which it takes for the same request.
 */
export function run(root, program, args) {
  const child = spawn(join(root, 'node_modules/.bin/node'), [program, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  const watch = watchAncestors(() => child.kill('SIGTERM'));
  return new Promise((done) => {
    child.on('error', (error) => {
      console.error(error.message);
      done(1);
    });
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      done(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}

/** npm runs us through a shell: both are watched. A program started by hand outlives its shell, as any other. */
function watchAncestors(onLoss) {
  if (process.env.npm_lifecycle_event === undefined) return undefined;
  const before = ancestors();
  const watch = setInterval(() => {
    if (ancestors() === before) return;
    clearInterval(watch);
    onLoss();
  }, WATCH_MS);
  return watch;
}

function ancestors() {
  const stat = `/proc/${process.ppid}/stat`;
  if (!existsSync(stat)) return String(process.ppid);
  try {
    const grandparent = readFileSync(stat, 'utf8').split(') ').at(-1)?.split(' ')[1];
    return `${process.ppid} ${grandparent}`;
  } catch {
    return String(process.ppid);
  }
}
