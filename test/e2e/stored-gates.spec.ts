import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GateResultSummary, GateResultView, GateView } from '#contracts/rest/gates.js';
import type { Page } from '#contracts/rest/page.js';
import type { JsonObject } from '#domain/json.js';
import { findFreePort } from '../../libs/host/port.js';
import { TestPlatform } from '../platform.js';
import { requireTemporalAddress } from '../temporal.js';

const SECRET = 'canary-of-the-stored-gate';

const gateOf = (service: string, coverage: string) => `
gate: 1
name: pre-deploy
type: pre-deploy
metrics:
  errors:
    from: http
    url: ${service}
    auth: { secret: env:SLUICE_SECRET_METRICS, scheme: bearer }
    value: /errors
criteria:
  - { metric: coverage, pass: "${coverage}" }
  - { metric: errors, pass: "<= 5", key: true }
  - { metric: size, pass: "<= +10%", compare: { of: passed, atLeast: 1, fewer: pass } }
`;

const DEFINITION = `
sluice: 1
name: guarded
inputs:
  gate: { type: string, default: pre-deploy }
  version: { type: [integer, "null"], default: null }
  coverage: { type: number, default: 90 }
  size: { type: number, default: 100 }
  commit: { type: [string, "null"], default: null }
stages:
  judge:
    steps:
      gate:
        uses: gate/evaluate
        with:
          gate: "\${{ inputs.gate }}"
          version: "\${{ inputs.version }}"
          metrics: { coverage: "\${{ inputs.coverage }}", size: "\${{ inputs.size }}" }
          risk: 12
          commit: "\${{ inputs.commit }}"
          labels: { environment: staging }
      deploy:
        set: { done: "\${{ steps.gate.output.allowed }}" }
output: "\${{ steps.gate.output }}"
`;

describe('a gate of the project in a run', () => {
  let service: Server;
  let temporal: HoldingProxy;
  let platform: TestPlatform;
  let figures: string;
  let workflow: string;
  /** What the service measures; its answers wait for `answering`. */
  let errors = 1;
  let answering: Promise<void> = Promise.resolve();
  let asked = 0;

  beforeAll(async () => {
    service = createServer(async (request, response) => {
      asked += 1;
      await answering;
      const isKnown = request.headers.authorization === `Bearer ${SECRET}`;
      response.writeHead(isKnown ? 200 : 401).end(JSON.stringify({ errors }));
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    temporal = await HoldingProxy.start(requireTemporalAddress());
    figures = `127.0.0.1:${await findFreePort()}`;
    platform = await TestPlatform.start({
      processes: 1,
      worker: {
        SLUICE_HTTP_ALLOW: '127.0.0.1',
        SLUICE_SECRET_METRICS: SECRET,
        TEMPORAL_ADDRESS: temporal.address,
        SLUICE_METRICS_ADDRESS: figures,
      },
    });
    const { port } = service.address() as AddressInfo;
    await putGate(gateOf(`http://127.0.0.1:${port}/`, '>= 95'));
    await putGate(gateOf(`http://127.0.0.1:${port}/`, '>= 80'));
    workflow = (await platform.save(DEFINITION)).id;
  });
  afterAll(async () => {
    temporal?.release();
    await platform?.close();
    service?.closeAllConnections();
    service?.close();
    temporal?.close();
  });

  async function putGate(text: string): Promise<GateView> {
    const headers = { 'content-type': 'application/yaml' };
    const { status, body } = await platform.request<GateView>('PUT', '/gates/pre-deploy', text, headers);
    if (status >= 300) throw new Error(JSON.stringify(body));
    return body;
  }

  async function listResults(run: string): Promise<readonly GateResultSummary[]> {
    const path = `/gates/pre-deploy/results?run=${run}`;
    return (await platform.request<Page<GateResultSummary>>('GET', path)).body.items;
  }

  async function run(inputs: JsonObject) {
    const { id } = await platform.execute(workflow, inputs, { 'x-sluice-actor': 'ann' });
    return look(id);
  }

  async function look(id: string) {
    const end = await platform.waitForEnd(id);
    const steps = await platform.steps(id);
    const gate = steps.find(({ key }) => key === 'gate');
    const logs = (await platform.logs(id)).filter(({ step }) => step === 'gate').map(({ text }) => text);
    const results = await listResults(id);
    expect(JSON.stringify([end, steps, logs, results])).not.toContain(SECRET);
    return { id, end, gate, logs, results, deploy: steps.find(({ key }) => key === 'deploy')?.status };
  }

  it('passes, and its result is kept with run, step, commit and labels', async () => {
    const { id, end, results } = await run({ commit: 'abcdef0' });
    expect(end).toMatchObject({
      status: 'succeeded',
      output: { gate: 'pre-deploy', outcome: 'pass', version: 2, allowed: true, risk: 12 },
    });
    expect(results).toMatchObject([
      {
        id: (end.output as JsonObject)['id'],
        gate: 'pre-deploy',
        version: 2,
        outcome: 'pass',
        commit: 'abcdef0',
        run: id,
        step: 'gate',
        labels: { environment: 'staging' },
        by: 'ann',
      },
    ]);
    const { body } = await platform.request<GateResultView>(
      'GET',
      `/gates/pre-deploy/results/${results[0]?.id}`,
    );
    expect(body.result.criteria).toMatchObject([{ value: 90 }, { value: 1 }, { value: 100 }]);
    const audited = await platform.database.dataSource.query(
      `SELECT actor, after FROM audit_log WHERE action = 'gate.evaluate' AND after->>'run' = $1`,
      [id],
    );
    expect(audited).toMatchObject([{ actor: 'ann', after: { result: results[0]?.id, step: 'gate' } }]);
  });

  it('fails by what it measures, and by earlier runs that passed', async () => {
    const { end, gate, deploy, results } = await run({ coverage: 10, size: 150 });
    expect([end.status, gate?.error?.code, deploy]).toEqual(['failed', 'gate-failed', 'skipped']);
    expect(gate?.error?.message).toContain('coverage is 10');
    expect(gate?.error?.message).toContain('size is 150, asked for <= +10% of 100');
    expect(gate?.error?.details).toMatchObject({ result: results[0]?.id, version: 2 });
    expect(results).toMatchObject([{ outcome: 'fail', allowed: false }]);
  });

  it('lets through under a bypass, which its result shows, until that is revoked', async () => {
    const bypass = await platform.request<{ id: string }>('POST', '/gates/pre-deploy/bypasses', {
      reason: 'the fix goes out',
      for: '1h',
    });
    const { end, logs, results } = await run({ coverage: 11 });
    const mark = { id: bypass.body.id, reason: 'the fix goes out' };
    expect(end).toMatchObject({
      status: 'succeeded',
      output: { outcome: 'fail', allowed: true, bypass: mark },
    });
    expect(logs.at(-1)).toMatch(/^It is let through: .* bypasses the gate until .*: the fix goes out$/);
    expect(results).toMatchObject([{ outcome: 'fail', allowed: true, bypass: mark }]);
    await platform.request('DELETE', `/gates/pre-deploy/bypasses/${bypass.body.id}`, {
      reason: 'it went out',
    });
    const after = await run({ coverage: 11 });
    expect(after.gate?.error?.code).toBe('gate-failed');
    expect(after.results).toMatchObject([{ allowed: false }]);
    // What was let through shows it ever after.
    expect(await listResults(end.id)).toMatchObject([{ allowed: false, bypass: mark }]);
  });

  it('judges by the version that is named', async () => {
    const { gate, results } = await run({ version: 1 });
    expect(gate?.error?.message).toContain('coverage is 90, asked for >= 95');
    expect(results).toMatchObject([{ version: 1, outcome: 'fail' }]);
  });

  it.each([
    [{ gate: 'nowhere' }, 'gate-not-found', 'There is no gate "nowhere".'],
    [{ version: 9 }, 'gate-version-not-found', 'The gate pre-deploy has no version 9.'],
  ])('fails at once by %j', async (inputs, code, message) => {
    const { gate, results } = await run(inputs);
    expect(gate?.error).toMatchObject({ code, message, hint: expect.stringMatching(/./) });
    expect(gate?.attempts).toHaveLength(1);
    expect(results).toEqual([]);
  });

  it('counts what was said', async () => {
    const text = await (await fetch(`http://${figures}/metrics`)).text();
    expect(text).toMatch(/^sluice_gate_evaluations_total\{outcome="pass"\} [1-9]/m);
    expect(text).toMatch(/^sluice_gate_evaluations_total\{outcome="fail"\} [1-9]/m);
  });

  it('is told once what it was, though the worker dies before anybody hears of it', async () => {
    let answer: () => void = () => undefined;
    answering = new Promise((resolve) => {
      answer = resolve;
    });
    const before = asked;
    const { id } = await platform.execute(workflow);
    for (const end = Date.now() + 60_000; asked === before && Date.now() < end; ) await sleep(20);
    temporal.hold();
    answer();
    for (const end = Date.now() + 60_000; (await listResults(id)).length === 0 && Date.now() < end; )
      await sleep(20);
    const [first] = await listResults(id);
    expect(first).toMatchObject({ outcome: 'pass' });
    expect((await platform.run(id)).status).toBe('running');
    await platform.worker.kill();
    temporal.release();
    // Measured now, it would fail.
    errors = 1_000;
    await platform.worker.start();
    const { end, gate, logs, results } = await look(id);
    expect(end).toMatchObject({ status: 'succeeded', output: { id: first?.id, outcome: 'pass' } });
    expect(gate?.attempts.map(({ status }) => status)).toEqual(['lost', 'succeeded']);
    expect(results).toEqual([first]);
    expect(asked).toBe(before + 1);
    expect(logs.some((line) => line.startsWith('It was said before, at '))).toBe(true);
    errors = 1;
  });
});

/** Passes connections on to a server, unless told to hold what comes. */
class HoldingProxy {
  private readonly sockets = new Set<Socket>();
  private held = false;

  private constructor(
    private readonly server: ReturnType<typeof createTcpServer>,
    readonly address: string,
  ) {}

  static async start(to: string): Promise<HoldingProxy> {
    const [host = '', port = ''] = to.split(':');
    const server = createTcpServer((client) => {
      const upstream = connect(Number(port), host);
      for (const [socket, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        proxy.sockets.add(socket);
        socket.on('error', () => other.destroy());
        socket.on('close', () => {
          proxy.sockets.delete(socket);
          other.destroy();
        });
      }
      client.on('data', (data) => {
        if (!proxy.held) upstream.write(data);
      });
      upstream.on('data', (data) => client.write(data));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const proxy = new HoldingProxy(server, `127.0.0.1:${(server.address() as AddressInfo).port}`);
    return proxy;
  }

  /** What clients send from now on gets lost. */
  hold(): void {
    this.held = true;
  }

  /** Connections are made anew. */
  release(): void {
    if (!this.held) return;
    for (const socket of this.sockets) socket.destroy();
    this.held = false;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}
