import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { RunGateway } from '#contracts/temporal-port.js';
import { listPendingMigrations } from '#persistence/pending-migrations.js';
import { OutboxRelay } from '../runs/outbox-relay.js';
import { DATA_SOURCE, RUN_GATEWAY } from '../tokens.js';

const CHECK_MS = 3_000;
/** The relay looks several times a second. */
const RELAY_SILENT_MS = 30_000;

/** One thing that has to be there, and what is wrong with it. */
interface Missing {
  readonly path: 'database' | 'migrations' | 'temporal' | 'relay';
  readonly message: string;
}

/** Whether this process can do its work. */
@Injectable()
export class Readiness {
  constructor(
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
    @Inject(RUN_GATEWAY) private readonly gateway: RunGateway,
    @Inject(OutboxRelay) private readonly relay: OutboxRelay,
  ) {}

  /** Each thing that is missing; none when it can. Takes some seconds at most. */
  async findMissing(): Promise<readonly Missing[]> {
    const [database, temporal] = await Promise.all([
      answers(this.dataSource.query('SELECT 1')),
      answers(this.gateway.check()),
    ]);
    // Of a database that is away nothing more can be said.
    const behind = database ? await this.findMigrations() : undefined;
    const found: readonly (Missing | undefined)[] = [
      database ? undefined : { path: 'database', message: 'does not answer' },
      behind,
      temporal ? undefined : { path: 'temporal', message: 'does not answer' },
      database ? this.findRelay() : undefined,
    ];
    return found.filter((one) => one !== undefined);
  }

  private async findMigrations(): Promise<Missing | undefined> {
    const pending = await listPendingMigrations(this.dataSource).catch(() => undefined);
    if (pending?.length === 0) return undefined;
    const message =
      pending === undefined
        ? 'cannot be read'
        : `are behind this program by ${pending.length}, from ${pending[0]} on`;
    return { path: 'migrations', message };
  }

  private findRelay(): Missing | undefined {
    const silentMs = this.relay.silentMs;
    if (silentMs < RELAY_SILENT_MS) return undefined;
    const message = `has not read the outbox for ${Math.round(silentMs / 1_000)} s`;
    return { path: 'relay', message };
  }
}

/** Whether it does in time. */
async function answers(answer: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), CHECK_MS);
  const answered = answer.then(
    () => true,
    () => false,
  );
  return Promise.race([answered, late.promise]).finally(() => clearTimeout(timer));
}
