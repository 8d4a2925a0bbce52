import { runCli } from '../cli.js';
import type { Console, Output } from '../console.js';
import type { ExitCode } from '../exit-codes.js';
import type { Pace } from '../server/follow-run.js';

export interface Invocation {
  readonly argv: readonly string[];
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  /** Whether both streams are terminals; 80 × 24 then. */
  readonly terminal?: boolean;
  /** Presses Ctrl-C once when this appears on stderr. */
  readonly interruptAt?: string;
}

export interface Outcome {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Patience for tests: no wait is longer than it must. */
export const HASTY: Pace = { firstDelay: 1, maxDelay: 5, tries: 5, poll: 1, silence: 10_000 };

/** Runs one command line as the process would, and answers with what it wrote. */
export async function runCommand(invocation: Invocation): Promise<Outcome> {
  const written = { out: '', err: '' };
  let interrupt = () => {};
  let pressed = false;
  const onWrite = () => {
    if (!pressed && invocation.interruptAt !== undefined && written.err.includes(invocation.interruptAt)) {
      pressed = true;
      interrupt();
    }
  };
  const console: Console = {
    out: record(written, 'out', onWrite, invocation.terminal === true),
    err: record(written, 'err', onWrite, invocation.terminal === true),
    env: invocation.env ?? {},
    readStdin: async () => invocation.stdin ?? '',
    async *streamStdin() {
      yield Buffer.from(invocation.stdin ?? '');
    },
    onInterrupt(listener) {
      interrupt = listener;
      return () => {
        interrupt = () => {};
      };
    },
  };
  const code = await runCli(invocation.argv, { console, version: '1.2.3', pace: HASTY });
  return { code, ...written };
}

function record(
  written: Record<'out' | 'err', string>,
  stream: 'out' | 'err',
  onWrite: () => void,
  terminal: boolean,
): Output {
  return {
    terminal,
    colours: terminal,
    columns: 80,
    rows: 24,
    write(text) {
      written[stream] += text;
      onWrite();
    },
  };
}
