import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startFakeServer } from '../../libs/connectors/cicd/testing/fake-server.js';
import { createFaultyDeliveries } from './fault-deliveries.js';
import { type FaultProxy, startFaultProxy, USUAL_FAULTS } from './fault-proxy.js';

const TEXT = 'answer '.repeat(100);

describe('a proxy that does harm', () => {
  let server: Awaited<ReturnType<typeof startFakeServer>>;
  let proxy: FaultProxy;

  beforeAll(async () => {
    server = await startFakeServer(() => ({ status: 200, body: TEXT }));
  });
  afterAll(() => server?.close());
  beforeEach(async () => {
    proxy = await startFaultProxy(`${server.url}/api`);
  });
  afterEach(() => proxy?.close());

  const ask = async (init: RequestInit = {}): Promise<string> => {
    const response = await fetch(`${proxy.url}/runs?page=2`, init);
    return `${response.status} ${await response.text()}`;
  };

  it('passes on what is asked and answered, and keeps it', async () => {
    expect(await ask({ method: 'POST', body: 'start', headers: { 'x-key': '1' } })).toBe(`200 ${TEXT}`);
    const reached = server.requests.at(-1);
    expect(reached).toMatchObject({ method: 'POST', target: '/api/runs?page=2', body: 'start' });
    expect(reached?.headers).toMatchObject({ 'x-key': '1' });
    const [kept] = proxy.exchanges;
    expect(kept).toMatchObject({ method: 'POST', target: '/api/runs?page=2', status: 200 });
    expect(kept?.answer.toString()).toBe(TEXT);
  });

  it('answers in place of the server', async () => {
    const before = server.requests.length;
    proxy.plan({ kind: 'answer', status: 429, headers: { 'retry-after': '7' }, body: 'slowly' });
    expect(await ask()).toBe('429 slowly');
    expect(server.requests).toHaveLength(before);
    expect(await ask()).toBe(`200 ${TEXT}`);
  });

  it.each(['lost', 'cut'] as const)('has what was asked done where the answer is %s', async (kind) => {
    const before = server.requests.length;
    proxy.plan({ kind }, { when: ({ method }) => method === 'POST' });
    expect(await ask()).toBe(`200 ${TEXT}`);
    await expect(ask({ method: 'POST' })).rejects.toThrow();
    expect(server.requests).toHaveLength(before + 2);
    expect(proxy.exchanges.at(-1)).toMatchObject({ status: 200, fault: { kind } });
  });

  it('gives an answer bit by bit', async () => {
    proxy.plan({ kind: 'slow', pauseMs: 0 });
    expect(await ask()).toBe(`200 ${TEXT}`);
  });

  it('does the same harm for the same seed', async () => {
    const harm = async (seed: number) => {
      const from = proxy.exchanges.length;
      proxy.leaveToChance({ seed, share: 0.5, faults: USUAL_FAULTS });
      for (let count = 0; count < 20; count += 1) await ask().catch(() => undefined);
      return proxy.exchanges.slice(from).map(({ fault }) => fault);
    };
    const first = await harm(5);
    expect(await harm(5)).toEqual(first);
    expect(await harm(6)).not.toEqual(first);
    const share = first.filter((fault) => fault !== undefined).length;
    expect(share).toBeGreaterThan(3);
    expect(share).toBeLessThan(17);
  });
});

describe('deliveries on a bad line', () => {
  const deliver = async (faults: Parameters<typeof createFaultyDeliveries>[0]) => {
    const heard: number[] = [];
    const line = createFaultyDeliveries<number>(faults, (number) => {
      heard.push(number);
    });
    for (let number = 0; number < 200; number += 1) await line.take(number);
    await line.flush();
    return { heard, counts: line.counts };
  };

  it('are lost, doubled and late, the same for the same seed', async () => {
    const faults = { seed: 3, lost: 0.2, twice: 0.2, late: 0.2 };
    const { heard, counts } = await deliver(faults);
    const { sent, lost, twice, late } = counts;
    expect(heard).toHaveLength(sent - lost + twice);
    expect(new Set(heard).size).toBe(sent - lost);
    for (const count of [lost, twice, late]) expect(count).toBeGreaterThan(20);
    expect(heard).not.toEqual([...heard].sort((a, b) => a - b));
    expect((await deliver(faults)).heard).toEqual(heard);
  });

  it('come as they are sent where nothing is wrong', async () => {
    const { heard } = await deliver({ seed: 3 });
    expect(heard).toEqual(Array.from({ length: 200 }, (_, number) => number));
  });
});
