import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { runCommand } from '../testing/run-command.js';

let server: ContractServer;

beforeEach(async () => {
  server = await startContractServer({});
});

afterEach(() => server.close());

const sluice = (...argv: string[]) =>
  runCommand({ argv: ['webhooks', ...argv], env: { SLUICE_URL: server.url } });

const WEBHOOK = {
  id: '0199a3c4-0000-7000-8000-000000000000',
  name: 'pushes',
  path: '/hooks/0199a3c4-0000-7000-8000-000000000000',
  scheme: { type: 'github' },
  action: { type: 'start', workflow: 'deploy\u001b', inputs: {} },
  status: 'active',
};
const DELIVERY = {
  id: '0199a3c4-0000-7000-8000-000000000001',
  outcome: 'refused',
  code: 'inputs-invalid',
  message: 'No.\u001b',
  receivedAt: '2026-11-22T04:00:00.000Z',
  event: { id: '1', type: 'push', source: '', subject: '' },
};

describe('sluice webhooks', () => {
  it('lists them', async () => {
    const sending = { ...WEBHOOK, name: 'answers', action: { type: 'send', event: 'answered', data: null } };
    server.script.answers = { 'GET /webhooks': { items: [WEBHOOK, sending] } };
    const { code, out } = await sluice('list');
    expect(code).toBe(0);
    expect(out).toMatch(/^pushes +github +starts deploy␛ +active +\/hooks\/0199/m);
    expect(out).toMatch(/^answers .*sends answered/m);
    server.script.answers = { 'GET /webhooks': { items: [] } };
    expect((await sluice('list')).out).toContain('sluice webhooks create');
  });

  it('makes one, with the secret alone on stdout', async () => {
    server.script.answers = { 'POST /webhooks': { ...WEBHOOK, secret: 's3cret' } };
    const told = await sluice(
      'create',
      'pushes',
      '--workflow',
      'deploy',
      '--input',
      'ref=${{ body.ref }}',
      '--filter',
      'true',
    );
    expect(told).toMatchObject({ code: 0, out: 's3cret\n', err: expect.stringContaining(WEBHOOK.path) });
    expect(JSON.parse(server.received.at(-1)!.body)).toEqual({
      name: 'pushes',
      scheme: { type: 'github' },
      action: { type: 'start', workflow: 'deploy', inputs: { ref: '${{ body.ref }}' } },
      filter: 'true',
    });
  });

  it('shows one, and why it refused something', async () => {
    const lastRefusal = { at: '2026-11-22T04:00:00.000Z', reason: 'signature-wrong' };
    const more = {
      filter: 'true',
      previousUntil: '2026-11-23T04:00:00.000Z',
      secretReference: 'env:S',
      lastRefusal,
    };
    server.script.answers = { 'GET /webhooks/pushes': { ...WEBHOOK, ...more } };
    const { out } = await sluice('show', 'pushes');
    for (const text of ['is active', 'env:S', 'signature-wrong', more.previousUntil])
      expect(out).toContain(text);
  });

  it.each([
    ['enable', 'active'],
    ['disable', 'disabled'],
  ])('%s', async (command, status) => {
    server.script.answers = { 'PATCH /webhooks/pushes': { ...WEBHOOK, status } };
    expect(await sluice(command, 'pushes', '--reason', 'x')).toMatchObject({
      code: 0,
      out: `webhook pushes is ${status}\n`,
    });
    expect(JSON.parse(server.received.at(-1)!.body)).toEqual({ status, reason: 'x' });
  });

  it('rotates and removes', async () => {
    server.script.answers = { 'POST /webhooks/pushes/rotate': WEBHOOK, 'DELETE /webhooks/pushes': {} };
    expect(await sluice('rotate', 'pushes', '--secret', 'env:S')).toMatchObject({ code: 0, out: '' });
    expect(JSON.parse(server.received.at(-1)!.body)).toEqual({ secret: 'env:S' });
    expect(await sluice('remove', 'pushes')).toMatchObject({ code: 0, out: 'webhook pushes is removed\n' });
  });

  it('lists deliveries, shows one and replays it', async () => {
    const full = { ...DELIVERY, headers: { 'x-github-event': 'push' }, body: '{"a":1}', bodyLength: 9 };
    const replayed = { ...DELIVERY, outcome: 'started', code: undefined, run: 'r1', replayOf: DELIVERY.id };
    server.script.answers = {
      'GET /webhooks/pushes/deliveries': {
        items: [DELIVERY, { ...replayed, outcome: 'sent', run: undefined, targets: 2 }],
      },
      [`GET /webhooks/pushes/deliveries/${DELIVERY.id}`]: full,
      [`POST /webhooks/pushes/deliveries/${DELIVERY.id}/replay`]: replayed,
    };
    const { out } = await sluice('deliveries', 'pushes');
    expect(out).toContain('inputs-invalid: No.␛');
    expect(out).toContain('to 2 runs');
    expect((await sluice('deliveries', 'pushes', DELIVERY.id)).out).toContain('{"a":1}');
    expect(await sluice('replay', 'pushes', DELIVERY.id)).toMatchObject({
      code: 0,
      out: expect.stringContaining('started r1'),
    });
    server.script.answers = { [`POST /webhooks/pushes/deliveries/${DELIVERY.id}/replay`]: DELIVERY };
    expect((await sluice('replay', 'pushes', DELIVERY.id)).code).toBe(1);
  });

  it.each([
    ['create', 'x'],
    ['create', 'x', '--scheme', 'none', '--workflow', 'y'],
    ['create', 'x', '--from', '/nowhere'],
    ['replay', 'x'],
  ])('refuses %j', async (...argv) => {
    expect((await sluice(...argv)).code).toBe(2);
  });
});
