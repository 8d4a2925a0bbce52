import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const QUIET_MS = 2_000;
const LINE_MS = 15_000;
const KEPT_BYTES = 64 * 1024;
const GRACE_MS = 2_000;
const WATCHED = fileURLToPath(new URL('./watched.mjs', import.meta.url));

/**
 * Runs a command with its output held back, and shows how long it takes once that is more than two seconds:
 * counting on a terminal, a line every 15 s elsewhere.
 * Resolves with { code, output }; `output` is the last 64 KiB of both streams. A signal ends as code 1.
 * A request to stop ends the command with all that it started, then this process with code 130; when this process is
 * killed, the command dies too.
 */
export function runTask(title, command, args, options) {
  const progress = showProgress(title);
  return new Promise((done) => {
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-KEPT_BYTES);
    };
    const child = spawn(process.execPath, [WATCHED, command, ...args], {
      ...options,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let stopping = false;
    const stop = () => {
      if (stopping) return;
      stopping = true;
      killGroup(child, 'SIGTERM');
      setTimeout(() => killGroup(child, 'SIGKILL'), GRACE_MS);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, stop);
    const end = (code) => {
      for (const signal of signals) process.off(signal, stop);
      progress.end();
      if (stopping) {
        killGroup(child, 'SIGKILL');
        process.exit(130);
      }
      done({ code, output: output.trim() });
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => {
      keep(String(error));
      end(1);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}

function killGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // it has ended
  }
}

function showProgress(title) {
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const terminal = process.stderr.isTTY === true;
  let shown = false;
  const show = () => {
    shown = true;
    process.stderr.write(terminal ? `\r\x1b[K${title} … ${seconds()} s` : `${title} … ${seconds()} s\n`);
  };
  let repeat;
  const first = setTimeout(() => {
    show();
    repeat = setInterval(show, terminal ? 1_000 : LINE_MS);
  }, QUIET_MS);
  return {
    end() {
      clearTimeout(first);
      clearInterval(repeat);
      if (shown) process.stderr.write(`${terminal ? '\r\x1b[K' : ''}${title}: ${seconds()} s\n`);
    },
  };
}
