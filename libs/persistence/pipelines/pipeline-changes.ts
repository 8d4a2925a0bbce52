import type { PipelineChanges, PipelineWatch } from '#contracts/cicd/pipeline-store.js';
import { ChannelListener } from '../channel-listener.js';

/** Channel of Postgres' NOTIFY; the payload is an execution's id. */
export const PIPELINE_CHANNEL = 'sluice_pipeline_changed';

/** Changes of executions as Postgres tells them, on one connection that is opened for whoever follows first. */
export class PostgresPipelineChanges implements PipelineChanges {
  private readonly watches = new Map<string, Set<Watch>>();
  private readonly listener: ChannelListener;
  private started = false;

  constructor(url: string) {
    this.listener = new ChannelListener(url, PIPELINE_CHANNEL, (id) => this.wake(id));
  }

  follow(id: string): PipelineWatch {
    if (!this.started) {
      this.started = true;
      void this.listener.start();
    }
    const watches = this.watches.get(id) ?? new Set();
    this.watches.set(id, watches);
    const watch = new Watch(() => {
      watches.delete(watch);
      if (watches.size === 0 && this.watches.get(id) === watches) this.watches.delete(id);
    });
    watches.add(watch);
    return watch;
  }

  async close(): Promise<void> {
    await this.listener.close();
    this.wake(null);
  }

  /** Null: anything may have changed unheard. */
  private wake(id: string | null): void {
    const sets = id === null ? [...this.watches.values()] : [this.watches.get(id) ?? []];
    for (const watches of sets) for (const watch of watches) watch.ring();
  }
}

class Watch implements PipelineWatch {
  private rang = false;
  private wake = () => {};

  constructor(readonly close: () => void) {}

  ring(): void {
    this.rang = true;
    this.wake();
  }

  async next(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.rang && !signal.aborted) {
      await new Promise<void>((resolve) => {
        // Neither timers nor listeners may pile up: an execution is waited for thousands of times with one signal.
        const wake = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          this.wake = () => {};
          resolve();
        };
        const timer = setTimeout(wake, ms);
        signal.addEventListener('abort', wake);
        this.wake = wake;
      });
    }
    this.rang = false;
  }
}
