import { spawn } from 'node:child_process';

const QUIET_MS = 2_000;
const LINE_MS = 15_000;
const KEPT_BYTES = 64 * 1024;

/**
 * Runs a command with its output held back, and shows how long it takes once that is more than two seconds:
 * counting on a terminal, a line every 15 s elsewhere.
 * Resolves with { code, output }; `output` is the last 64 KiB of both streams. A signal ends as code 1.
 */
export function runTask(title, command, args, options) {
  const progress = showProgress(title);
  return new Promise((done) => {
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-KEPT_BYTES);
    };
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const forward = (signal) => {
      child.kill(signal);
      progress.end();
      process.exit(130);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    const end = (code) => {
      for (const signal of signals) process.off(signal, forward);
      progress.end();
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
