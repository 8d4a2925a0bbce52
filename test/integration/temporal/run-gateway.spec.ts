import { randomBytes, randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { InterpretInput } from '#contracts/run.js';
import { createRunGateway } from '#temporal/client/run-gateway.js';
import { createTestNamespace, requireTemporalAddress } from '../../temporal.js';

it('says for good that a run is too large for the server, so that nobody tries it for ever', async () => {
  const address = requireTemporalAddress();
  const gateway = await createRunGateway({ address, namespace: await createTestNamespace(address) });
  const id = randomUUID();
  const input: InterpretInput = {
    plan: { format: 1, name: 'x', nodes: [], root: { flow: 'needs', nodes: [] }, digest: 'sha256:00' },
    // Random, so that it cannot be compressed below what the server takes.
    inputs: { data: randomBytes(2_400_000).toString('base64') },
    run: {
      id,
      workflow: 'x',
      version: 1,
      trigger: 'api',
      startedBy: 'test',
      startedAt: new Date().toISOString(),
    },
    project: 'default',
  };
  try {
    // The first start may be the one that finds the search attributes missing.
    await gateway
      .start({ ...input, inputs: {}, run: { ...input.run, id: randomUUID() } })
      .catch(() => undefined);
    await expect(gateway.start(input)).rejects.toMatchObject({ code: 'run-too-large', fault: 'user' });
    expect(await gateway.describe(id)).toEqual({ status: 'not-found', keptMs: 86_400_000 });
  } finally {
    await gateway.close();
  }
});
