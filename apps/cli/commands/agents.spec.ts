import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ContractServer, startContractServer } from '../testing/contract-server.js';
import { aProblem } from '../testing/problems.js';
import { runCommand } from '../testing/run-command.js';

let server: ContractServer;

beforeEach(async () => {
  server = await startContractServer({});
});

afterEach(() => server.close());

const sluice = (...argv: string[]) =>
  runCommand({ argv: ['agents', ...argv], env: { SLUICE_URL: server.url } });

const AGENT = {
  name: 'scanner',
  url: 'https://scanner.example/\u001b[2J',
  status: 'active',
  auth: { type: 'none' },
};

describe('sluice agents', () => {
  it('lists them', async () => {
    const health = { status: 'unhealthy', checkedAt: '2026-11-21T12:00:00.000Z' };
    const second = { ...AGENT, name: 'other', status: 'disabled', auth: { type: 'bearer' }, health };
    server.script.answers = { 'GET /agents': { items: [AGENT, second] } };
    expect(await sluice('list')).toEqual({
      code: 0,
      err: '',
      out: 'scanner  https://scanner.example/␛[2J\nother  https://scanner.example/␛[2J (disabled, bearer, unhealthy at 2026-11-21T12:00:00.000Z)\n',
    });
    server.script.answers = { 'GET /agents': { items: [] } };
    expect((await sluice('list')).out).toContain('sluice agents set');
  });

  it('changes one that is there, and registers one that is not', async () => {
    server.script.answers = { 'PATCH /agents/scanner': AGENT, 'POST /agents': AGENT };
    const argv = [
      'set',
      'scanner',
      '--url',
      'https://a.example',
      '--auth',
      'basic',
      '--username',
      'ann',
      '--secret',
      'env:S',
    ];
    const body = { url: 'https://a.example', auth: { type: 'basic', username: 'ann', secret: 'env:S' } };
    expect(await sluice(...argv)).toMatchObject({
      code: 0,
      out: expect.stringContaining('agent scanner is at'),
    });
    expect(JSON.parse(server.received.at(-1)!.body)).toEqual(body);
    server.script.refusals = { 'PATCH /agents/scanner': aProblem({ code: 'agent-not-found', status: 404 }) };
    expect(await sluice(...argv, '--attempts', '5')).toMatchObject({ code: 0 });
    expect(server.received.at(-1)!.route).toBe('POST /agents');
    expect(JSON.parse(server.received.at(-1)!.body)).toEqual({
      ...body,
      name: 'scanner',
      retry: { attempts: 5, pauseMs: 1000 },
    });
  });

  it.each([
    [{ status: 'healthy', ms: 5 }, 0, 'agent scanner is healthy (5 ms).\n'],
    [{ status: 'unhealthy', ms: 5, message: 'No.\u001b' }, 1, 'agent scanner is unhealthy (5 ms). No.␛\n'],
  ])('checks: %j', async (health, code, out) => {
    server.script.answers = { 'GET /agents/scanner/health': health };
    expect(await sluice('check', 'scanner')).toEqual({ code, err: '', out });
  });

  it('removes', async () => {
    server.script.answers = { 'DELETE /agents/scanner': {} };
    expect(await sluice('remove', 'scanner')).toMatchObject({ code: 0, out: 'agent scanner is removed\n' });
  });

  it.each([['set', 'x', '--auth', 'magic'], ['set', 'x', '--timeout', 'soon'], ['check']])(
    'refuses %j',
    async (...argv) => {
      expect((await sluice(...argv)).code).toBe(2);
    },
  );
});
