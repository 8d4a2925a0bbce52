import { pino } from 'pino';
import type { DataSource } from 'typeorm';
import type { RunGateway } from '#contracts/temporal-port.js';
import { OutboxRepository } from '#persistence/repositories/outbox-repository.js';
import { DELIVERY_TIMES, type DeliveryTimes } from '../../../apps/api/runs/delivery-loop.js';
import { createOutboxLoop } from '../../../apps/api/runs/outbox-relay.js';
import { FindVersion } from '../../../apps/api/workflows/find-version.js';
import { insertRun } from '../persistence/run-fixture.js';

/** As in production, but for their length. */
export const SHORT_TIMES: DeliveryTimes = {
  ...DELIVERY_TIMES,
  perSecond: 10_000,
  pollMs: 5,
  awayPauses: { firstMs: 5, longestMs: 40 },
  pauses: { firstMs: 5, longestMs: 40 },
  setAsideAfter: 5,
  setAsideMs: 3_600_000,
};

/** A relay as one process of the API runs it, on a database of the test. */
export function createRelay(
  dataSource: DataSource,
  gateway: RunGateway,
  times: Partial<DeliveryTimes> = {},
): { readonly log: Record<string, unknown>[]; start(): void; stop(): Promise<void> } {
  const log: Record<string, unknown>[] = [];
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(JSON.parse(line)) });
  const findVersion = new FindVersion(dataSource);
  const loop = createOutboxLoop({ dataSource, gateway, logger, findVersion }, { ...SHORT_TIMES, ...times });
  return { log, start: () => loop.start(), stop: () => loop.stop() };
}

/** A run that was accepted: its start lies in the outbox. */
export async function acceptRun(dataSource: DataSource): Promise<string> {
  const runId = await insertRun(dataSource);
  await new OutboxRepository(dataSource.manager).add({ project: 'default', kind: 'start', runId });
  return runId;
}

export async function countUndelivered(dataSource: DataSource): Promise<number> {
  const [row] = await dataSource.query(
    'SELECT count(*)::integer AS n FROM outbox WHERE delivered_at IS NULL',
  );
  return row.n;
}
