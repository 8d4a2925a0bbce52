/** A value that was expensive to come by. */
export interface Cached<T> {
  /** At most `maxAgeMs` old; undefined where it could not be had in time. Never rejects. */
  read(): Promise<T | undefined>;
}

interface CachedOptions<T> {
  readonly maxAgeMs: number;
  /** Whoever asks waits no longer. */
  readonly deadlineMs: number;
  readonly load: () => Promise<T>;
  readonly failed: (error: unknown) => void;
}

/** Loads when it is asked and what it has is too old; however many ask at once, once. A failure is kept as long as a value. */
export function createCached<T>(options: CachedOptions<T>): Cached<T> {
  const { maxAgeMs, deadlineMs, load, failed } = options;
  let loading: Promise<T | undefined> | undefined;
  let value: T | undefined;
  let until = Number.NEGATIVE_INFINITY;

  async function refresh(): Promise<T | undefined> {
    try {
      value = await load();
    } catch (error) {
      value = undefined;
      failed(error);
    } finally {
      until = performance.now() + maxAgeMs;
      loading = undefined;
    }
    return value;
  }

  return {
    async read() {
      if (loading === undefined && performance.now() < until) return value;
      loading ??= refresh();
      const late = Promise.withResolvers<undefined>();
      const timer = setTimeout(() => late.resolve(undefined), deadlineMs);
      return Promise.race([loading, late.promise]).finally(() => clearTimeout(timer));
    },
  };
}
