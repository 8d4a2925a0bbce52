import { pino } from 'pino';
import type { Registry } from 'prom-client';
import { createDataSource } from '#persistence/data-source.js';
import { Metrics } from '../../../apps/api/observability/metrics.js';
import { WorkerMetrics } from '../../../apps/worker/observability/metrics.js';
import { FakeGateway } from '../../integration/api/fake-gateway.js';

/** The tables of docs/observability.md: figures of the API, figures of a worker. */
export function renderMetrics(): readonly [string, string] {
  const dataSource = createDataSource('postgres://nobody@127.0.0.1:1/nothing', { poolSize: 1 });
  const api = new Metrics(dataSource, new FakeGateway(), pino({ level: 'silent' }));
  const worker = new WorkerMetrics({
    readConnections: () => ({ used: 0, idle: 0, waiting: 0 }),
    readWaitingRecords: () => 0,
    readWorkers: () => [],
  });
  return [renderTable(api.registry), renderTable(worker.registry)];
}

interface Described {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

function renderTable(registry: Registry): string {
  const rows = (registry.getMetricsAsArray() as unknown as readonly Described[])
    .filter(({ name }) => name.startsWith('sluice_'))
    .map(
      ({ name, type, labelNames, help }) =>
        `| \`${name}\` | ${type} | ${labelNames.map((label) => `\`${label}\``).join(', ')} | ${help} |`,
    );
  return ['| Figure | Kind | Labels | Meaning |', '|---|---|---|---|', ...rows, '']
    .join('\n')
    .replaceAll('|  |', '| |');
}
