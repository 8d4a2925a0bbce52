import { spawn } from 'node:child_process';

/**
 * Runs a command in the process group that this process leads, and answers with its exit code. When the one who
 * started this (the other end of the IPC channel) dies, the whole group is killed.
 */
const [command, ...args] = process.argv.slice(2);

process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));
// The command has the same signal, and decides how to end.
process.on('SIGTERM', () => {});

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on('exit', (code) => process.exit(code ?? 1));
