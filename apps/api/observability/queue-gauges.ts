import { Gauge, type Registry } from 'prom-client';
import type { QueueFigures } from '#contracts/temporal-port.js';
import type { Cached } from '../../../libs/telemetry/cached.js';

const GAUGES: readonly {
  readonly name: string;
  readonly help: string;
  readonly of: (queue: QueueFigures) => number;
}[] = [
  {
    name: 'sluice_queue_backlog',
    help: 'Tasks that wait for a worker, about, as Temporal says.',
    of: (queue) => queue.backlog,
  },
  {
    name: 'sluice_queue_oldest_seconds',
    help: 'Age of the oldest of these tasks, about.',
    of: (queue) => queue.oldestSeconds,
  },
  {
    name: 'sluice_queue_pollers',
    help: 'Workers that have asked for tasks in the last minutes.',
    of: (queue) => queue.pollers,
  },
];

/** What Temporal says of the task queues. Absent while it cannot be asked. */
export function createQueueGauges(registry: Registry, figures: Cached<readonly QueueFigures[]>): void {
  for (const { name, help, of } of GAUGES) {
    const gauge = new Gauge({
      name,
      help,
      labelNames: ['queue', 'kind'],
      registers: [registry],
      async collect() {
        const found = await figures.read();
        gauge.reset();
        for (const queue of found ?? []) gauge.set({ queue: queue.queue, kind: queue.kind }, of(queue));
      },
    });
  }
}
