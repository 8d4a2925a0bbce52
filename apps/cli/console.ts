import { createInterface } from 'node:readline';

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

/** The world of a command: everything it reads or writes that is not the server. */
export interface Console {
  readonly out: Output;
  readonly err: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readStdin(): Promise<string>;
  /** Asks a person and waits for a line; undefined where no more will come. Absent where nobody sits at a terminal. */
  readonly ask?: (question: string) => Promise<string | undefined>;
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
    ...(process.stdin.isTTY === true && process.stderr.isTTY === true ? { ask } : {}),
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

async function ask(question: string): Promise<string | undefined> {
  const conversation = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve) => {
      conversation.once('close', () => resolve(undefined));
      // In this mode the terminal hands Ctrl-C over as a key.
      conversation.once('SIGINT', () => {
        process.kill(process.pid, 'SIGINT');
        conversation.close();
      });
      conversation.question(question, resolve);
    });
  } finally {
    conversation.close();
  }
}

function onInterrupt(listener: () => void): () => void {
  process.once('SIGINT', listener);
  return () => void process.off('SIGINT', listener);
}
