import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRandom } from '../random.js';

/** Shares of all deliveries, from 0 to 1 together; the others come as they are sent. */
export interface DeliveryFaults {
  readonly seed: number;
  /** Never come. */
  readonly lost?: number;
  /** Come twice. */
  readonly twice?: number;
  /** Come after the one that follows. */
  readonly late?: number;
}

/** What became of deliveries. */
interface DeliveryCounts {
  sent: number;
  lost: number;
  twice: number;
  late: number;
}

export interface FaultyDeliveries<T> {
  readonly counts: Readonly<DeliveryCounts>;
  /** To be called instead of `deliver`; resolves when what is delivered now has been. */
  take(delivery: T): Promise<void>;
  /** Delivers what is still held back. */
  flush(): Promise<void>;
}

/** Stands between a platform that tells of itself and whoever listens: loses, doubles and delays, the same for the same seed. */
export function createFaultyDeliveries<T>(
  faults: DeliveryFaults,
  deliver: (delivery: T) => Promise<void> | void,
): FaultyDeliveries<T> {
  const random = createRandom(faults.seed);
  const counts: DeliveryCounts = { sent: 0, lost: 0, twice: 0, late: 0 };
  let held: T[] = [];
  const flush = async () => {
    const late = held;
    held = [];
    for (const delivery of late) await deliver(delivery);
  };
  return {
    counts,
    flush,
    async take(delivery) {
      counts.sent += 1;
      const fate = choose(faults, random());
      if (fate !== undefined) counts[fate] += 1;
      if (fate === 'lost') return;
      if (fate === 'late') {
        held.push(delivery);
        return;
      }
      await deliver(delivery);
      if (fate === 'twice') await deliver(delivery);
      await flush();
    },
  };
}

function choose(
  { lost = 0, twice = 0, late = 0 }: DeliveryFaults,
  number: number,
): Exclude<keyof DeliveryCounts, 'sent'> | undefined {
  if (number < lost) return 'lost';
  if (number < lost + twice) return 'twice';
  return number < lost + twice + late ? 'late' : undefined;
}

/** A delivery as it came over HTTP. */
export interface HttpDelivery {
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** An address for platforms that deliver over HTTP themselves; each is told that it was heard. */
export async function receiveDeliveries(
  take: (delivery: HttpDelivery) => Promise<void> | void,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer(async (incoming, response) => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    const headers = Object.entries(incoming.headers).map(
      ([name, value]) => [name, [value].flat().join(', ')] as const,
    );
    await take({ headers: new Map(headers), body: Buffer.concat(parts) });
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/webhooks`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
