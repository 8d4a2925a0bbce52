const QUIET_MS = 2_000;
const LINE_MS = 15_000;

export interface Progress {
  /** Runs a piece of work, shows what it reports and for how long it runs once that is more than two seconds. */
  during<T>(title: string, work: (onProgress: (message: string) => void) => Promise<T>): Promise<T>;
  line(text: string): void;
}

/** Progress for people: counting in place on a terminal, a line every 15 s elsewhere; none once `interrupted`. */
export function createProgress(stream: NodeJS.WriteStream, interrupted: AbortSignal): Progress {
  const terminal = stream.isTTY === true;
  // Whoever reads may be gone before us; what is left to do must be done all the same.
  stream.on('error', () => {});
  const line = (text: string) => void stream.write(terminal ? `\r\x1b[K${text}\n` : `${text}\n`);
  return {
    line,
    async during(title, work) {
      const started = Date.now();
      let detail = title;
      const show = () => {
        if (interrupted.aborted) return;
        const text = `  ${detail} … ${Math.round((Date.now() - started) / 1000)} s`;
        stream.write(terminal ? `\r\x1b[K${text}` : `${text}\n`);
      };
      let repeat: NodeJS.Timeout | undefined;
      const first = setTimeout(() => {
        show();
        repeat = setInterval(show, terminal ? 1_000 : LINE_MS);
      }, QUIET_MS);
      try {
        return await work((message) => {
          detail = message;
        });
      } finally {
        clearTimeout(first);
        clearInterval(repeat);
      }
    },
  };
}

/** `1.2 s` since `started`, in milliseconds since the epoch. */
export function secondsSince(started: number): string {
  return `${((Date.now() - started) / 1000).toFixed(1)} s`;
}
