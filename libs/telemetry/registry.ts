import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

interface Connections {
  readonly used: number;
  readonly idle: number;
  readonly waiting: number;
}

/** Metrics of one process: those of Node, and of its connections to Postgres. */
export function createRegistry(readConnections: () => Connections): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const connections = new Gauge({
    name: 'sluice_database_connections',
    help: 'Connections of this process to Postgres.',
    labelNames: ['state'] as const,
    registers: [registry],
    collect() {
      const { used, idle } = readConnections();
      connections.set({ state: 'used' }, used);
      connections.set({ state: 'idle' }, idle);
    },
  });
  const waiting: Gauge = new Gauge({
    name: 'sluice_database_waiting',
    help: 'Callers that wait for a connection to Postgres.',
    registers: [registry],
    collect: (): void => waiting.set(readConnections().waiting),
  });
  return registry;
}
