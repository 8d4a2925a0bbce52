import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { parse } from 'yaml';
import { workflowIdOf } from '#contracts/names.js';
import type { RunView } from '#contracts/rest/runs.js';
import { createDataConverter } from '#temporal/data-converter.js';
import { findFreePort } from '../../libs/host/port.js';
import { findBlocks, findTables, readDocument } from '../docs/markdown.js';
import { eventually } from '../integration/api/api-fixture.js';
import { TestPlatform } from '../platform.js';
import { replayRun } from '../replay/replay-run.js';
import { type ReceivedSpan, receiveSpans, type SpanReceiver } from './span-receiver.js';

const CALLED = `
sluice: 1
name: called
stages:
  only:
    steps:
      note: { uses: log/write, with: { message: called } }
`;

const CALLING = `
sluice: 1
name: calling
stages:
  first:
    steps:
      note: { uses: log/write, with: { message: calling } }
      again:
        uses: command/run
        with: { run: [sh, -c, "test -e again || { touch again; exit 3; }"] }
        retry: { attempts: 2, delay: 10ms }
  second:
    needs: [first]
    steps:
      call: { workflow: { name: called } }
`;

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const QUIET_TRACE = '5bf92f3577b34da6a3ce929d0e0e4737';
const CALLER = '00f067aa0ba902b7';

let receiver: SpanReceiver;
let platform: TestPlatform;
let figures: string;
let run: RunView;

beforeAll(async () => {
  receiver = await receiveSpans();
  figures = `127.0.0.1:${await findFreePort()}`;
  const tracing = {
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    SLUICE_LOG_LEVEL: 'debug',
  };
  platform = await TestPlatform.start({
    // Each counts for itself, and what it says is asked of it by its address.
    processes: 1,
    api: tracing,
    worker: { ...tracing, SLUICE_METRICS_ADDRESS: figures },
  });
  await platform.save(CALLED);
  await platform.save(CALLING);
  const quiet = await platform.execute('calling', {}, { traceparent: `00-${QUIET_TRACE}-${CALLER}-00` });
  await platform.waitForEnd(quiet.id);
  run = await platform.execute('calling', {}, { traceparent: `00-${TRACE}-${CALLER}-01` });
  run = await platform.waitForEnd(run.id);
});
afterAll(async () => {
  await platform?.close();
  await receiver?.close();
});

describe('a trace', () => {
  const inTrace = () => receiver.spans.filter(({ traceId }) => traceId === TRACE);
  const childrenOf = (parent: ReceivedSpan) =>
    inTrace().filter(({ parentSpanId }) => parentSpanId === parent.spanId);

  it('goes from the caller by the request, the outbox and the run to each attempt, and on into the runs that it starts', async () => {
    expect(run.status).toBe('succeeded');
    const seen = await eventually(
      async () => inTrace(),
      (spans) => spans.some(({ name }) => name === 'run calling') && spans.length >= 8,
    );
    const request = seen.find(({ parentSpanId }) => parentSpanId === CALLER)!;
    expect(request).toMatchObject({
      service: 'sluice-api',
      name: 'POST /api/v1/workflows/:id/execute',
      attributes: { 'http.response.status_code': 202, 'sluice.correlation.id': TRACE },
      failure: undefined,
    });
    const [handOver, ...others] = childrenOf(request);
    expect(others).toEqual([]);
    expect(handOver).toMatchObject({ service: 'sluice-api', name: 'hand over run' });
    const [whole, ...more] = childrenOf(handOver!);
    expect(more).toEqual([]);
    expect(whole).toMatchObject({
      service: 'sluice-worker',
      name: 'run calling',
      attributes: { 'sluice.run.id': run.id, 'sluice.outcome': 'succeeded' },
    });
    const below = childrenOf(whole!);
    expect(below.map(({ name }) => name).sort()).toEqual([
      'command/run',
      'command/run',
      'log/write',
      'run called',
    ]);
    expect(
      below
        .filter(({ name }) => name === 'command/run')
        .map(({ attributes, failure }) => [attributes['sluice.attempt'], failure])
        .sort(),
    ).toEqual([
      [1, 'command-failed'],
      [2, undefined],
    ]);
    const [note] = childrenOf(below.find(({ name }) => name === 'run called')!);
    expect(note).toMatchObject({
      service: 'sluice-worker',
      name: 'log/write',
      attributes: { 'sluice.step': 'note' },
    });
    // Each once.
    expect(new Set(seen.map(({ spanId }) => spanId)).size).toBe(seen.length);
  });

  it('is not recorded where the caller says so', () => {
    expect(receiver.spans.filter(({ traceId }) => traceId === QUIET_TRACE)).toEqual([]);
  });

  it('leaves nothing in the history that a replay would miss', async () => {
    await replayRun(platform, run.id);
  });
});

describe('the correlation id', () => {
  it('is in the memo of the run', async () => {
    const connection = await Connection.connect({ address: platform.temporal.address });
    const client = new Client({
      connection,
      namespace: platform.temporal.namespace,
      dataConverter: createDataConverter([]),
    });
    const { memo } = await client.workflow.getHandle(workflowIdOf(run.id)).describe();
    await connection.close();
    expect(memo).toMatchObject({
      correlationId: TRACE,
      traceparent: expect.stringContaining(`00-${TRACE}-`),
    });
  });

  it('is in every line of the worker about the run', () => {
    const lines = platform.worker.printed
      .split('\n')
      .filter((line) => line.includes(run.id) && line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line));
    expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['attempt', 'run']));
    expect(lines.filter(({ correlationId }) => correlationId !== TRACE)).toEqual([]);
  });
});

describe('figures', () => {
  const read = async (url: string) => {
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    return response.text();
  };

  it('of the worker: attempts, runs, slots', async () => {
    const text = await read(`http://${figures}/metrics`);
    expect(text).toContain('sluice_attempt_seconds_count{action="command/run",outcome="failed"} 2');
    expect(text).toContain('sluice_attempt_seconds_count{action="log/write",outcome="succeeded"} 4');
    expect(text).toContain('sluice_runs_ended_total{status="succeeded"} 4');
    expect(text).toContain('sluice_worker_slots{queue="workspace",kind="activity"} 8');
    expect(text).toContain('sluice_worker_slots_used{queue="orchestration",kind="workflow"}');
    expect(text).toContain('sluice_attempts_under_way{action="command/run"} 0');
    expect(text).not.toContain(run.id);
    expect((await fetch(`http://${figures}/other`)).status).toBe(404);
    expect((await fetch(`http://${figures}/metrics`, { method: 'POST' })).status).toBe(405);
  });

  it('of the API: requests by route, runs, the outbox, and the queues as Temporal has them', async () => {
    const text = await read(`${platform.url}/metrics`);
    expect(text).toMatch(
      /sluice_http_request_seconds_count\{method="POST",route="\/api\/v1\/workflows\/:id\/execute",status="202"\} 2/,
    );
    expect(text).toContain('sluice_runs_accepted_total{trigger="api"} 2');
    expect(text).toContain('sluice_runs{status="running"} 0');
    expect(text).toContain('sluice_outbox_messages{kind="start",state="due"} 0');
    expect(text).toMatch(/sluice_queue_backlog\{queue="orchestration",kind="workflow"\} \d/);
    expect(text).toMatch(/sluice_queue_pollers\{queue="http",kind="activity"\} [1-9]/);
    expect(text).toContain('sluice_source_up{source="temporal"} 1');
    expect(text).not.toContain(run.id);
  });

  it('are those that docs/observability.md lists, and Prometheus is told of', async () => {
    const document = readDocument('docs/observability.md');
    const shown = async (url: string) =>
      [...(await read(url)).matchAll(/^# HELP (sluice_\w+) (.*)$/gm)]
        .map(([, name, help]) => [name, help])
        .sort();
    const listed = findTables(document)
      .slice(0, 2)
      .map((rows) => rows.map(([name, , , meaning]) => [name?.replaceAll('`', ''), meaning]).sort());
    expect([await shown(`${platform.url}/metrics`), await shown(`http://${figures}/metrics`)]).toEqual(
      listed,
    );
    const known = new Set(listed.flat().map(([name]) => name));
    const asked = findTables(document)[2]!.flatMap(([, query = '']) => query.match(/sluice_\w+/g) ?? []);
    expect(asked.filter((name) => !known.has(name.replace(/_(bucket|count)$/, '')))).toEqual([]);
    const example = findBlocks(document).find(({ info }) => info === 'yaml prometheus');
    const { scrape_configs: jobs } = parse(example?.text ?? '') as {
      scrape_configs: { metrics_path: string }[];
    };
    expect(jobs.map(({ metrics_path: path }) => path)).toEqual(['/metrics', '/metrics']);
  });
});
