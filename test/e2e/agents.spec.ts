import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { AttemptView } from '#contracts/rest/runs.js';
import { TestPlatform } from '../platform.js';

/** What a call of the agent held. */
interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly invocation: string;
    readonly idempotencyKey: string;
    readonly run: string;
    readonly step: string;
    readonly attempt: number;
    readonly input: unknown;
    readonly callback: { readonly url: string; readonly token: string };
  };
}

type Reply = { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> };

/** An agent over HTTP, as one of another team. */
class TestAgent {
  readonly calls: Call[] = [];
  reply: (call: Call) => Reply | Promise<Reply> = () => ({ status: 200, body: { done: true } });
  private readonly server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', async () => {
      const call = { headers: request.headers, body: JSON.parse(Buffer.concat(parts).toString() || '{}') };
      if (request.method === 'POST') this.calls.push(call);
      const { status, body, headers } = await this.reply(call);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(body === undefined ? '' : JSON.stringify(body));
    });
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async answer(call: Call, body: unknown, token = call.body.callback.token): Promise<number> {
    const response = await fetch(call.body.callback.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    await response.arrayBuffer();
    return response.status;
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const SECRET = 'canary-of-the-agent';

const workflow = (retry = 1) => `
sluice: 1
name: ask-${retry}
stages:
  ask:
    steps:
      scan:
        uses: agent/invoke
        retry: { attempts: ${retry}, delay: 10ms }
        with: { agent: scanner, input: { image: "app:1" } }
      after: { set: { got: "\${{ steps.scan.output.output }}" }, needs: [scan] }
`;

describe('agent/invoke', () => {
  const agent = new TestAgent();
  let platform: TestPlatform;

  beforeAll(async () => {
    const url = await agent.listen();
    const port = String(await findFreePort());
    platform = await TestPlatform.start({
      api: { SLUICE_PORT: port },
      worker: {
        SLUICE_HTTP_ALLOW: '127.0.0.1',
        SLUICE_CALLBACK_URL: `http://127.0.0.1:${port}`,
        SLUICE_SECRET_AGENT: SECRET,
      },
    });
    const created = await platform.request('POST', '/agents', {
      name: 'scanner',
      url: `${url}/jobs`,
      auth: { type: 'bearer', secret: 'env:SLUICE_SECRET_AGENT' },
      retry: { attempts: 3, pauseMs: 10 },
    });
    expect(created.status).toBe(201);
    await platform.save(workflow(1));
    await platform.save(workflow(2));
  }, 120_000);

  afterAll(async () => {
    await platform?.close();
    await agent.close();
  });

  beforeEach(() => {
    agent.calls.length = 0;
  });

  /** The worker may tell of an attempt's end a moment after the run's: it counts as lost until then. */
  async function statusesOfAttempts(run: string): Promise<(readonly [number, AttemptView['status']])[]> {
    for (;;) {
      const { attempts = [] } = (await platform.steps(run)).find(({ key }) => key === 'scan')!;
      if (attempts.every(({ status }) => status !== 'lost')) {
        return attempts.map(({ attempt, status }) => [attempt, status]);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The call of the agent, and that the step has been handed over. */
  async function untilAccepted(count = 1): Promise<Call> {
    return untilAcceptedOf(() => agent.calls.slice(count - 1, count));
  }

  /** The first of the calls whose answer is awaited. */
  async function untilAcceptedOf(find: () => readonly Call[]): Promise<Call> {
    for (;;) {
      for (const call of find()) {
        const { url, token } = call.body.callback;
        const response = await fetch(url.replace(/\/answer$/, ''), {
          headers: { authorization: `Bearer ${token}` },
        });
        const { state } = (await response.json()) as { state: string };
        if (state === 'accepted') return call;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  it('takes what an agent answers at once', async () => {
    agent.reply = () => ({ status: 200, body: { found: 3 } });
    const { id } = await platform.execute('ask-1');
    expect(await platform.waitForEnd(id)).toMatchObject({ status: 'succeeded' });
    expect(agent.calls).toMatchObject([
      {
        headers: { authorization: `Bearer ${SECRET}`, 'idempotency-key': `"${id}/scan"` },
        body: { run: id, step: 'scan', attempt: 1, input: { image: 'app:1' }, idempotencyKey: `${id}/scan` },
      },
    ]);
    const [scan, after] = await platform.steps(id);
    expect([scan, after].map((step) => step?.key)).toContain('ask');
    expect((await platform.steps(id)).find(({ key }) => key === 'after')?.output).toEqual({
      got: { found: 3 },
    });
  }, 60_000);

  it('lets an agent that answers 202 go on by itself, and takes its answer as the same attempt', async () => {
    agent.reply = () => ({ status: 202 });
    const { id } = await platform.execute('ask-1');
    const call = await untilAccepted();
    expect((await platform.run(id)).status).toBe('running');
    expect(await agent.answer(call, { status: 'succeeded', output: { echoed: SECRET } })).toBe(200);
    expect(await platform.waitForEnd(id)).toMatchObject({ status: 'succeeded' });
    expect((await platform.steps(id)).find(({ key }) => key === 'after')?.output).toEqual({
      got: { echoed: '***' },
    });
    expect(await statusesOfAttempts(id)).toEqual([[1, 'succeeded']]);
    expect(agent.calls).toHaveLength(1);
    // The same again changes nothing; another answer comes too late.
    expect(await agent.answer(call, { status: 'succeeded', output: { echoed: SECRET } })).toBe(200);
    expect(await agent.answer(call, { status: 'failed', message: 'no' })).toBe(409);
  }, 60_000);

  it('takes an answer that comes before the 202', async () => {
    agent.reply = async (call) => {
      expect(await agent.answer(call, { status: 'succeeded', output: 'early' })).toBe(200);
      return { status: 202 };
    };
    const { id } = await platform.execute('ask-1');
    expect(await platform.waitForEnd(id)).toMatchObject({ status: 'succeeded' });
    expect((await platform.steps(id)).find(({ key }) => key === 'after')?.output).toEqual({ got: 'early' });
    expect(agent.calls).toHaveLength(1);
  }, 60_000);

  it("tries again, by the step's own policy, what the agent calls worth it", async () => {
    agent.reply = () => ({ status: 202 });
    const { id } = await platform.execute('ask-2');
    const first = await untilAccepted(1);
    expect(await agent.answer(first, { status: 'failed', message: 'busy', retryable: true })).toBe(200);
    const second = await untilAccepted(2);
    expect(second.body).toMatchObject({ attempt: 2, idempotencyKey: first.body.idempotencyKey });
    expect(second.body.invocation).not.toBe(first.body.invocation);
    expect(await agent.answer(second, { status: 'failed', message: 'still busy', retryable: true })).toBe(
      200,
    );
    expect(await platform.waitForEnd(id)).toMatchObject({
      status: 'failed',
      error: { code: 'agent-failed' },
    });
    expect(await statusesOfAttempts(id)).toEqual([
      [1, 'failed'],
      [2, 'failed'],
    ]);
    expect(agent.calls).toHaveLength(2);
  }, 60_000);

  it('calls again, within one attempt, an agent that is too busy', async () => {
    agent.reply = () =>
      agent.calls.length < 3 ? { status: 503, headers: { 'retry-after': '0' } } : { status: 200, body: 1 };
    const { id } = await platform.execute('ask-1');
    expect(await platform.waitForEnd(id)).toMatchObject({ status: 'succeeded' });
    expect(agent.calls.map(({ body }) => body.attempt)).toEqual([1, 1, 1]);
    expect(new Set(agent.calls.map(({ body }) => body.invocation)).size).toBe(1);
  }, 60_000);

  it('fails with what the agent says where that is final', async () => {
    agent.reply = () => ({ status: 422, body: { error: `no image, ${SECRET}` } });
    const { id } = await platform.execute('ask-2');
    const run = await platform.waitForEnd(id);
    expect(run).toMatchObject({ status: 'failed', error: { code: 'agent-refused', class: 'configuration' } });
    expect(JSON.stringify(run)).not.toContain(SECRET);
    expect(agent.calls).toHaveLength(1);
  }, 60_000);

  it('gives up what a canceled run waits for, and tells the agent when it asks', async () => {
    agent.reply = () => ({ status: 202 });
    const { id } = await platform.execute('ask-1');
    const call = await untilAccepted();
    await platform.request('POST', `/runs/${id}/cancel`, {});
    expect(await platform.waitForEnd(id)).toMatchObject({ status: 'canceled' });
    expect(await agent.answer(call, { status: 'succeeded', output: 1 })).toBe(409);
  }, 60_000);

  it('keeps what the agent took on while API and worker are away', async () => {
    agent.reply = () => ({ status: 202 });
    const { id } = await platform.execute('ask-1');
    const call = await untilAccepted();
    await Promise.all([platform.api.kill(), platform.worker.kill()]);
    await Promise.all([platform.startApi(), platform.worker.start()]);
    expect(await agent.answer(call, { status: 'succeeded', output: 'after the storm' })).toBe(200);
    expect(await platform.waitForEnd(id)).toMatchObject({ status: 'succeeded' });
    expect(agent.calls).toHaveLength(1);
  }, 90_000);

  it('refuses every token but that of the invocation, which is still answered then', async () => {
    agent.reply = () => ({ status: 202 });
    const runs = [await platform.execute('ask-1'), await platform.execute('ask-1')];
    // An attempt that a slow machine lost is made again, by another call.
    const acceptedOf = (id: string) =>
      untilAcceptedOf(() => agent.calls.filter(({ body }) => body.run === id));
    const [call, other] = [await acceptedOf(runs[0]!.id), await acceptedOf(runs[1]!.id)];
    const refused = {
      none: '',
      'of another invocation': other.body.callback.token,
      unsigned: `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`,
      garbage: 'x.y.z',
    };
    for (const [kind, token] of Object.entries(refused)) {
      const status = await agent.answer(call, { status: 'succeeded', output: 1 }, token);
      expect([kind, status]).toEqual([kind, 401]);
    }
    for (const answered of [call, other]) {
      expect(await agent.answer(answered, { status: 'succeeded', output: 1 })).toBe(200);
    }
    for (const { id } of runs) expect(await platform.waitForEnd(id)).toMatchObject({ status: 'succeeded' });
  }, 60_000);
});
