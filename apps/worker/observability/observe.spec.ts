import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { NO_TRACING } from '../../../libs/telemetry/tracing.js';
import { WorkerMetrics } from './metrics.js';
import { serveMetrics } from './metrics-server.js';
import { Correlations, observeAttempts, observeRuns } from './observe.js';

function createWatchers() {
  const lines: Record<string, unknown>[] = [];
  const metrics = new WorkerMetrics({
    readConnections: () => ({ used: 1, idle: 2, waiting: 3 }),
    readWaitingRecords: () => 4,
    readWorkers: () => [{ queue: 'http', kind: 'activity', used: 5, slots: 50 }],
  });
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { lines, metrics, log, tracing: NO_TRACING, correlations: new Correlations(2) };
}

const ATTEMPT = { run: 'r', workflow: 'w', step: 's', attempt: 2, action: 'http/request' };

describe('what is seen of attempts and runs', () => {
  it('is counted, and logged with the ids of the run', async () => {
    const watchers = createWatchers();
    const origin = { correlationId: 'c-1' };
    const end = observeAttempts(watchers)({ ...ATTEMPT, origin });
    const text = () => watchers.metrics.registry.metrics();
    expect(await text()).toContain('sluice_attempts_under_way{action="http/request"} 1');
    end({ status: 'failed', code: 'http-status' });
    observeRuns(watchers)({ run: 'r', workflow: 'w', status: 'failed', startedAt: 1, endedAt: 3, origin });
    for (const series of [
      'sluice_attempts_under_way{action="http/request"} 0',
      'sluice_attempt_seconds_count{action="http/request",outcome="failed"} 1',
      'sluice_runs_ended_total{status="failed"} 1',
      'sluice_worker_slots{queue="http",kind="activity"} 50',
      'sluice_worker_slots_used{queue="http",kind="activity"} 5',
      'sluice_records_waiting 4',
      'sluice_database_connections{state="used"} 1',
      'sluice_database_waiting 3',
    ]) {
      expect(await text()).toContain(series);
    }
    expect(watchers.lines).toMatchObject([
      { msg: 'attempt', runId: 'r', correlationId: 'c-1', step: 's', attempt: 2, code: 'http-status' },
      { msg: 'run', runId: 'r', correlationId: 'c-1', status: 'failed', ms: 2 },
    ]);
  });
});

describe('Correlations', () => {
  it('remembers those of the latest runs', () => {
    const correlations = new Correlations(2);
    for (const run of ['a', 'b', 'c']) correlations.note(run, `c-${run}`);
    correlations.note('d', undefined);
    expect(correlations.idsOf('run-a')).toEqual({ runId: 'a' });
    expect(correlations.idsOf('run-c')).toEqual({ runId: 'c', correlationId: 'c-c' });
    expect(correlations.idsOf('other')).toEqual({});
    expect(correlations.idsOf(undefined)).toEqual({});
  });
});

describe('serveMetrics', () => {
  it('says so when its address is taken', async () => {
    const { metrics } = createWatchers();
    const first = await serveMetrics(metrics.registry, '127.0.0.1:0');
    const { host } = new URL(first.url);
    await expect(serveMetrics(metrics.registry, host)).rejects.toMatchObject({
      code: 'metrics-address-unusable',
    });
    expect(await (await fetch(first.url)).text()).toContain('sluice_worker_slots');
    first.close();
  });
});
