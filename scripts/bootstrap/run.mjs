import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Runs a compiled program on the project's Node, passes signals on, and resolves with its exit code
 * (128 + n after signal n). When we are killed, the program sees its IPC channel close, which it takes for a request
 * to stop.
 */
export function run(root, program, args) {
  const child = spawn(join(root, 'node_modules/.bin/node'), [program, ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  return new Promise((done) => {
    child.on('error', (error) => {
      console.error(error.message);
      done(1);
    });
    child.on('exit', (code, signal) => done(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}
