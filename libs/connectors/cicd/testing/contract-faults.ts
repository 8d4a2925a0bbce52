import { expect, it } from '@jest/globals';
import { isSluiceError } from '#domain/errors.js';
import type { PlatformClient } from '../platform.js';
import { type ContractBench, readBytes } from './contract-bench.js';
import { startFakeServer } from './fake-server.js';

/** What goes wrong between here and there. */
export function describeFaults(bench: ContractBench): void {
  it('waits for a limit, and tells so', async () => {
    const { id, reference } = await bench.beginUntil('running');
    bench.fake.executions.advance(id, 'succeeded');
    bench.fake.faults.plan({ kind: 'answer', status: 429, headers: { 'retry-after': '1' }, json: {} });
    const { client, waited } = bench.connect();
    expect((await client.status(reference)).state).toBe('succeeded');
    expect(waited).toHaveLength(1);
    bench.fake.faults.plan({ kind: 'answer', status: 429, headers: { 'retry-after': '900' }, json: {} });
    const error = await bench.refusalOf(client.status(reference));
    expect(error).toMatchObject({ code: 'platform-rate-limited', details: { retryable: true } });
  });

  it.each([
    ['an error', { kind: 'answer', status: 503, body: 'sorry' }],
    ['a body that is cut', { kind: 'cut' }],
    ['no answer', { kind: 'lost' }],
    ['bytes that come slowly', { kind: 'slow', pauseMs: 0 }],
  ] as const)('survives %s', async (_, fault) => {
    const { reference } = await bench.beginUntil('running');
    bench.fake.faults.plan(fault);
    expect((await bench.client.status(reference)).state).toBe('running');
  });

  it('says that it is not let in, and does not show by what', async () => {
    const { reference } = await bench.beginUntil('running');
    const wrong = Object.keys(bench.fake.secrets).map((name) => [name, `wrong-${name}-secret`]);
    const secrets = Object.fromEntries(wrong) as Record<string, string>;
    const { client } = bench.connect({ secrets, revision: 2 });
    for (const asked of [() => client.status(reference), () => client.health()]) {
      const error = await bench.refusalOf(asked());
      expect(['platform-auth-refused', 'platform-app-key-invalid']).toContain(error.code);
      expect(error.fault).toBe('user');
      for (const secret of Object.values(secrets)) expect(JSON.stringify(error)).not.toContain(secret);
    }
  });

  it('shows no secret that the platform repeats', async () => {
    const { reference } = await bench.beginUntil('running');
    for (const secret of Object.values(bench.fake.secrets)) {
      bench.fake.faults.plan({ kind: 'answer', status: 400, json: { message: `\u001b[1mbad ${secret}` } });
      const error = await bench.refusalOf(bench.client.status(reference));
      expect(error.message).not.toContain('\u001b');
    }
  });

  it('sends credentials nowhere else, and takes nothing from there', async () => {
    const { reference } = await bench.beginUntil('running');
    const other = await startFakeServer(() => ({ status: 200, json: {} }));
    try {
      for (const status of [301, 302, 307, 308]) {
        bench.fake.faults.plan({ kind: 'answer', status, headers: { location: `${other.url}/x` } });
        await bench.refusalOf(bench.client.status(reference));
      }
      bench.requireHidden(JSON.stringify(other.requests));
    } finally {
      await other.close();
    }
  });

  it('stops when asked to', async () => {
    const { reference } = await bench.beginUntil('running');
    const stop = new AbortController();
    bench.fake.faults.plan({ kind: 'stall' });
    const asked = bench.connect({ signal: stop.signal }).client.status(reference);
    setTimeout(() => stop.abort(), 20);
    expect((await bench.refusalOf(asked)).code).toBe('canceled');
  });

  it('takes answers that are not as described for errors of the platform, never for its own', async () => {
    const { reference } = await bench.beginUntil('running', 'failed');
    const [{ id: job = '' } = {}] = await bench.client.jobs(reference);
    const asked = questions(bench, reference, job);
    const html = { 'content-type': 'text/html' };
    const answers = [
      ...HOSTILE.map((json) => ({ kind: 'answer', status: 200, json }) as const),
      { kind: 'answer', status: 200, headers: html, body: '<!doctype html><p>Sign in' } as const,
      {
        kind: 'answer',
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: '{"a":',
      } as const,
    ];
    for (const [name, ask] of asked) {
      for (const answer of answers) {
        bench.fake.faults.plan(answer, { times: 50 });
        const error: unknown = await ask(bench.client).catch((thrown: unknown) => thrown);
        bench.fake.faults.clear();
        if (error instanceof Error && !isSluiceError(error))
          throw new Error(`${name} of ${JSON.stringify(answer)}: ${error.stack}`);
      }
    }
  });
}

const HOSTILE: readonly unknown[] = [
  null,
  [],
  {},
  'text',
  7,
  [null],
  [[]],
  { id: {}, status: [], name: 1, workflow_runs: {}, jobs: 'x', items: 5, value: {}, records: [null] },
  {
    id: 1,
    status: 'unheard-of',
    result: {},
    conclusion: 7,
    items: [null],
    value: [[]],
    jobs: [{}],
    workflow_runs: [7],
  },
  { constructor: 1, __proto__: null, toString: 'x', id: '\0' },
];

function questions(
  { fake }: ContractBench,
  reference: Parameters<PlatformClient['status']>[0],
  job: string,
): readonly (readonly [string, (client: PlatformClient) => Promise<unknown>])[] {
  const { target } = fake;
  const now = Date.now();
  return [
    ['health', (client) => client.health()],
    ['projects', (client) => client.projects({})],
    ['pipelines', (client) => client.pipelines(target.project, {})],
    ['branches', (client) => client.branches(target.project, {})],
    ['inputs', (client) => client.inputs(target)],
    ['find', (client) => client.find({ ...target, key: 'k', keyInput: 'sluice_key', since: now })],
    ['executions', (client) => client.executions(target, {})],
    ['status', (client) => client.status(reference)],
    ['jobs', (client) => client.jobs(reference)],
    ['steps', (client) => client.steps(reference, job)],
    ['artifacts', (client) => client.artifacts(reference)],
    [
      'logs',
      async (client) => {
        const part = await client.logs(reference, job, 0);
        if ('bytes' in part) await readBytes(part.bytes);
      },
    ],
  ];
}
