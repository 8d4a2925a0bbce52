import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ChannelListener } from '#persistence/channel-listener.js';
import { RUN_CHANNEL } from '#persistence/run-notifier.js';
import type { Configuration } from '../configuration.js';
import { CONFIGURATION } from '../tokens.js';

type Wake = () => void;

/** Wakes those who follow a run when something of it was recorded. */
@Injectable()
export class RunFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly followers = new Map<string, Set<Wake>>();
  private readonly listener: ChannelListener;

  constructor(@Inject(CONFIGURATION) configuration: Pick<Configuration, 'databaseUrl'>) {
    this.listener = new ChannelListener(configuration.databaseUrl, RUN_CHANNEL, (run) => this.wake(run));
  }

  onApplicationBootstrap(): void {
    void this.listener.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.listener.close();
  }

  /** Returns how to stop. */
  follow(run: string, wake: Wake): () => void {
    const wakes = this.followers.get(run) ?? new Set();
    this.followers.set(run, wakes.add(wake));
    return () => {
      wakes.delete(wake);
      if (wakes.size === 0 && this.followers.get(run) === wakes) this.followers.delete(run);
    };
  }

  /** Null: anything may have changed unheard. */
  private wake(run: string | null): void {
    const sets = run === null ? [...this.followers.values()] : [this.followers.get(run) ?? []];
    for (const wakes of sets) for (const wake of wakes) wake();
  }
}
