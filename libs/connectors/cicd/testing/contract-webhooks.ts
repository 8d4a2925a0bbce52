import { expect, it } from '@jest/globals';
import type { SignedRequest } from '../../webhooks/verify-signature.js';
import type { ContractBench } from './contract-bench.js';

/** What the platform sends. */
export function describeWebhooks(bench: ContractBench): void {
  async function deliveries(): Promise<readonly SignedRequest[]> {
    const got: SignedRequest[] = [];
    bench.fake.onWebhook = (delivery) => got.push(delivery);
    await bench.beginUntil('running', 'succeeded');
    return got;
  }

  it('is believed by its own secret, or an older one, and by no other', async () => {
    if (!bench.supports('webhooks')) return;
    const { platform, fake } = bench;
    const got = await deliveries();
    expect(got.length).toBeGreaterThan(0);
    for (const request of got) {
      const judge = (secrets: readonly string[], more: Partial<SignedRequest> = {}) =>
        platform.verifyWebhook({ ...request, ...more }, secrets, Date.now()).valid;
      expect(judge([fake.webhookSecret])).toBe(true);
      expect(judge(['another', fake.webhookSecret])).toBe(true);
      expect(judge(['another'])).toBe(false);
      expect(judge([])).toBe(false);
      expect(judge([fake.webhookSecret], { headers: new Map() })).toBe(false);
      if (bench.supports('signed-webhooks'))
        expect(judge([fake.webhookSecret], { body: Buffer.concat([request.body, Buffer.from(' ')]) })).toBe(
          false,
        );
    }
  });

  it('tells of the execution that it is about', async () => {
    if (!bench.supports('webhooks')) return;
    const { platform, fake } = bench;
    const events = (await deliveries()).map((request) => platform.parseEvent(request));
    expect(new Set(events.map(({ delivery }) => delivery)).size).toBe(events.length);
    const last = events.filter(({ execution }) => execution !== undefined).at(-1)!;
    const reference = fake.referenceOf(fake.executions.list[0]!.id);
    const told = await bench.client.status(reference);
    const state = fake.tellsParts === true ? 'running' : 'succeeded';
    expect(last.execution).toMatchObject({ state, reference: { project: reference.project } });
    expect(last.execution!.reference.id).toBe(told.reference.id);
    expect(last.signed).toBe(bench.supports('signed-webhooks') && fake.tellsParts !== true);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '{"a":'],
    ['no object', '[]'],
    ['null', 'null'],
    [
      'other types',
      '{"workflow_run":7,"object_kind":{},"resource":[],"repository":null,"workflow":1,"type":[]}',
    ],
  ])('refuses by name, or tells of no execution: %s', async (_, text) => {
    if (!bench.supports('webhooks')) return;
    const [request] = await deliveries();
    try {
      const event = bench.platform.parseEvent({ headers: request!.headers, body: Buffer.from(text) });
      expect(event.execution).toBeUndefined();
    } catch (error) {
      expect(error).toMatchObject({ code: 'platform-event-invalid', fault: 'user' });
    }
  });
}
