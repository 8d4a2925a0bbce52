import { createInterface } from 'node:readline';
import { type Readable, Writable } from 'node:stream';

/** One stream to a person or a file. */
export interface Output {
  write(text: string): void;
  /** A terminal, hence lines may be redrawn. */
  readonly terminal: boolean;
  /** SGR colours are wanted. */
  readonly colours: boolean;
  /** Size of the terminal in characters; 80 × 24 where there is none. */
  readonly columns: number;
  readonly rows: number;
}

/** Asks a person and waits for a line; undefined where no more will come. What is typed shows, unless it is hidden. */
export type Ask = (question: string, how?: { readonly hidden: boolean }) => Promise<string | undefined>;

/** The world of a command: everything it reads or writes that is not the server. */
export interface Console {
  readonly out: Output;
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readStdin(): Promise<string>;
  /** Absent where nobody sits at a terminal. */
  readonly ask?: Ask;
  /** The same in parts, for what may be large. */
  streamStdin(): AsyncIterable<Uint8Array>;
  /** Calls `listener` at the first Ctrl-C; a second one ends the process. Answers with how to stop listening. */
  onInterrupt(listener: () => void): () => void;
}

export function createProcessConsole(): Console {
  return {
    out: createOutput(process.stdout, process.env),
    err: createOutput(process.stderr, process.env),
    env: process.env,
    readStdin,
    ...(process.stdin.isTTY === true && process.stderr.isTTY === true
      ? { ask: createAsk(process.stdin, process.stderr) }
      : {}),
    streamStdin: () => process.stdin,
    onInterrupt,
  };
}

/** Colours only on a terminal, and not against NO_COLOR (no-color.org: present and not empty) or TERM=dumb. */
export function createOutput(stream: NodeJS.WriteStream, env: Console['env']): Output {
  const terminal = stream.isTTY === true;
  const dumb = env['TERM'] === 'dumb';
  return {
    write: (text) => void stream.write(text),
    terminal: terminal && !dumb,
    colours: terminal && !dumb && !env['NO_COLOR'],
    // A terminal that does not know its size says 0.
    get columns() {
      return stream.columns || 80;
    },
    get rows() {
      return stream.rows || 24;
    },
  };
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) {
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Of a terminal. */
export function createAsk(input: Readable, output: Writable): Ask {
  return async (question, { hidden } = { hidden: false }) => {
    if (hidden) output.write(question);
    const conversation = createInterface({ input, output: hidden ? nowhere() : output, terminal: true });
    try {
      return await new Promise((resolve) => {
        conversation.once('close', () => resolve(undefined));
        // In this mode the terminal hands Ctrl-C over as a key.
        conversation.once('SIGINT', () => {
          process.kill(process.pid, 'SIGINT');
          conversation.close();
        });
        conversation.question(hidden ? '' : question, resolve);
      });
    } finally {
      conversation.close();
      if (hidden) output.write('\n');
    }
  };
}

function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

function onInterrupt(listener: () => void): () => void {
  process.once('SIGINT', listener);
  return () => void process.off('SIGINT', listener);
}
