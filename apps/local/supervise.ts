import { setTimeout as sleep } from 'node:timers/promises';

/** One process of the platform while it runs. */
export interface Running {
  /** Undefined when it is not ours. */
  readonly pid: number | undefined;
  /** Resolves when it ends, with how; never rejects. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface Supervised<T extends Running> {
  /** What runs now, or ran last. */
  current(): T;
  /** Ends the supervision, then the process. */
  stop(): Promise<void>;
}

export interface Service<T extends Running> {
  readonly name: string;
  start(): Promise<T>;
  /** After a restart, before which `before` ran. */
  onRestarted?(now: T, before: T): void;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
/** After this long without an end, the next restart is a first one again. */
const STEADY_MS = 60_000;

/** Starts a service (its first failure is the caller's), and from then on starts it again whenever it ends. */
export async function supervise<T extends Running>(
  service: Service<T>,
  say: (line: string) => void,
): Promise<Supervised<T>> {
  const stopping = new AbortController();
  let running = await service.start();
  const watching = watch();
  return {
    current: () => running,
    async stop() {
      stopping.abort();
      await running.stop();
      await watching;
    },
  };

  async function watch(): Promise<void> {
    let delay = FIRST_DELAY_MS;
    const stopped = new Promise<'stopped'>((resolve) => {
      stopping.signal.addEventListener('abort', () => resolve('stopped'));
    });
    for (;;) {
      const since = Date.now();
      const how = await Promise.race([running.exited, stopped]);
      if (stopping.signal.aborted) return;
      if (Date.now() - since > STEADY_MS) delay = FIRST_DELAY_MS;
      say(`${service.name} ended (${how}); starting it again`);
      delay = await startAgain(delay);
      if (stopping.signal.aborted) return;
    }
  }

  /** Tries until it runs or nobody wants it any more; answers with the delay before the next restart. */
  async function startAgain(firstDelay: number): Promise<number> {
    const before = running;
    let delay = firstDelay;
    while (!stopping.signal.aborted) {
      await sleep(delay, undefined, { signal: stopping.signal }).catch(() => {});
      delay = Math.min(delay * 2, LONGEST_DELAY_MS);
      if (stopping.signal.aborted) break;
      try {
        running = await service.start();
        if (stopping.signal.aborted) await running.stop();
        say(`${service.name} runs again`);
        service.onRestarted?.(running, before);
        return delay;
      } catch (error) {
        say(`${service.name} did not start: ${error instanceof Error ? error.message : error}`);
      }
    }
    return delay;
  }
}
