import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { type ClientOptions, WebSocket } from 'ws';
import type { Transition } from '#domain/execution/command.js';
import { readConfiguration } from '../../../apps/api/configuration.js';
import { createApi } from '../../../apps/api/create-api.js';
import { RecheckStreams } from '../../../apps/api/live/recheck-streams.js';
import { createTestKey, createTestMember } from '../../access.js';
import { type ApiFixture, createApiFixture, eventually, HELLO } from './api-fixture.js';

const T0 = 1_790_000_000_000;

interface Message {
  readonly id: string;
  readonly event: string;
  readonly data: { readonly key?: string; readonly text?: string; readonly status?: string };
}

let api: ApiFixture;
beforeAll(async () => {
  api = await createApiFixture();
  await api.save(HELLO);
});
afterAll(() => api?.close());

const start = async () => (await api.post('/api/v1/workflows/hello/execute', {})).body.id as string;
const step = (run: string, sequence: number, key: string, status: Transition['status']) =>
  api.recorder.record({
    transitions: [{ run, transitions: [{ sequence, at: T0 + sequence, step: key, status }] }],
  });
const log = (run: string, firstLine: number, texts: readonly string[]) =>
  api.recorder.record({
    logs: [
      {
        run,
        step: 'say',
        attempt: 1,
        firstLine,
        lines: texts.map((text) => ({ at: T0, stream: 'stdout', text })),
      },
    ],
  });
const finish = (run: string) =>
  api.recorder.record({
    results: [
      {
        run,
        result: { status: 'succeeded' },
        endedAt: T0 + 100,
        sequence: 100,
        steps: { say: { node: 1, status: 'succeeded', attempts: 1, startedAt: T0 + 1, endedAt: T0 + 2 } },
        actions: {},
      },
    ],
  });

const addressOf = (path: string, url = api.url) => `${url.replace('http', 'ws')}${path}`;

/** Whoever opens one may be refused by HTTP. */
async function refusal(path: string, options: ClientOptions = {}) {
  const socket = new WebSocket(addressOf(path), 'sluice.events.v1', {
    ...options,
    headers: { ...api.authorization, ...options.headers },
  });
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const { statusCode: status, headers } = response;
  return { status, headers, problem: JSON.parse(Buffer.concat(chunks).toString() || '{}') };
}

/** Everything until the socket is closed, or `enough` says so. */
async function read(path: string, enough: (message: Message) => boolean = () => false, url = api.url) {
  const socket = new WebSocket(addressOf(path, url), 'sluice.events.v1', {
    headers: path.includes('ticket=') ? {} : api.authorization,
  });
  const messages: Message[] = [];
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)));
    if (enough(messages.at(-1)!)) socket.close(1000);
  });
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { messages, code, reason: reason.toString(), protocol: socket.protocol };
}

const isNews = ({ event }: Message) => event === 'step' || event === 'log';

describe('a WebSocket of a run', () => {
  it('brings the same events as the event stream, and closes with the run', async () => {
    const run = await start();
    const reading = read(`/ws/workflow/${run}`);
    await step(run, 2, 'say', 'running');
    await log(run, 1, ['one', 'two']);
    await finish(run);
    const { messages, code, reason, protocol } = await reading;
    expect([code, reason, protocol]).toEqual([
      1000,
      expect.stringMatching(/^run-ended: /),
      'sluice.events.v1',
    ]);
    expect(messages[0]!.event).toBe('run');
    expect(messages.at(-1)).toMatchObject({ event: 'end', data: { status: 'succeeded' } });
    expect(messages.filter(isNews).map(({ data }) => data.text ?? data.key)).toEqual(
      expect.arrayContaining(['say', 'one', 'two']),
    );
    const stream = (await api.get(`/api/v1/runs/${run}/events`)).body as string;
    const again = await read(`/ws/workflow/${run}`);
    const blocks = again.messages.map(
      ({ id, event, data }) => `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
    );
    expect(stream).toBe(`retry: 1000\n\n${blocks.join('')}`);
  });

  it('is taken up after the last event id: nothing lost, nothing twice', async () => {
    const run = await start();
    for (let sequence = 2; sequence < 8; sequence++)
      await step(run, sequence, `echo[${sequence}]`, 'running');
    await log(
      run,
      1,
      Array.from({ length: 700 }, (_, index) => `line ${index}`),
    );
    await finish(run);
    const whole = (await read(`/ws/workflow/${run}`)).messages.filter(isNews);
    for (const cut of [0, 3, 400, whole.length - 1]) {
      const { id } = whole[cut]!;
      const rest = await read(`/ws/workflow/${run}?lastEventId=${id}`);
      expect(rest.messages.filter(isNews).map((message) => message.id)).toEqual(
        whole.slice(cut + 1).map((message) => message.id),
      );
      expect(rest.code).toBe(1000);
    }
  });

  it('is no affair of an earlier id of another run', async () => {
    const [run, other] = [await start(), await start()];
    await step(run, 2, 'say', 'running');
    await step(other, 2, 'say', 'running');
    await finish(run);
    await finish(other);
    const last = (await read(`/ws/workflow/${other}`)).messages.at(-1)!.id;
    const { messages } = await read(`/ws/workflow/${run}?lastEventId=${last}`);
    expect(messages.filter(isNews)).toHaveLength(1);
  });
});

describe('what a WebSocket is refused for', () => {
  const OTHER = '00000000-0000-7000-8000-000000000000';

  it.each([
    ['an unknown run', `/ws/workflow/${OTHER}`, {}, 404, 'run-not-found'],
    ['no id of a run', '/ws/workflow/x', {}, 400, 'id-invalid'],
    ['an id with ends of lines', '/ws/workflow/x%0d%0aset-cookie:a', {}, 400, 'id-invalid'],
    ['an unknown parameter', `/ws/workflow/${OTHER}?token=x`, {}, 400, 'request-invalid'],
    [
      'a parameter given twice',
      `/ws/workflow/${OTHER}?lastEventId=1_&lastEventId=2_`,
      {},
      400,
      'request-invalid',
    ],
    [
      'an event id that is too long',
      `/ws/workflow/${OTHER}?lastEventId=${'9'.repeat(201)}`,
      {},
      400,
      'request-invalid',
    ],
    ['another page', `/ws/workflow/${OTHER}`, { origin: 'https://evil.example' }, 403, 'origin-not-allowed'],
    ['a page without a name', `/ws/workflow/${OTHER}`, { origin: 'null' }, 403, 'origin-not-allowed'],
    [
      'a foreign name',
      `/ws/workflow/${OTHER}`,
      { headers: { host: 'evil.example' } },
      403,
      'host-not-allowed',
    ],
    ['a wrong ticket', `/ws/workflow/${OTHER}?ticket=${'x'.repeat(43)}`, {}, 401, 'stream-ticket-invalid'],
    ['two tickets', `/ws/workflow/${OTHER}?ticket=x&ticket=y`, {}, 401, 'stream-ticket-invalid'],
    ['no such address', '/ws/elephants', {}, 404, 'route-not-found'],
    ['an address that cannot be read', '/ws/workflow/%zz', {}, 400, 'request-malformed'],
    ['an old version', `/ws/workflow/${OTHER}`, { protocolVersion: 8 }, 426, 'upgrade-required'],
  ] as const)('%s', async (_, path, options, status, code) => {
    const answer = await refusal(path, options as ClientOptions);
    expect([answer.status, answer.problem.code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.problem.correlationId).toBe(answer.headers['x-correlation-id']);
    if (status === 426) expect(answer.headers).toMatchObject({ upgrade: 'websocket' });
  });

  it('a run of another project, by either stream, and by a ticket', async () => {
    const run = await start();
    await api.database.dataSource.query(
      "INSERT INTO projects (name, created_by) VALUES ('another', 'test') ON CONFLICT DO NOTHING",
    );
    const key = await createTestKey(api.database.dataSource, { projects: ['another'] });
    const headers = { authorization: `Bearer ${key}` };
    const missing = { status: 404, problem: { code: 'run-not-found' } };
    expect(await refusal(`/ws/workflow/${run}`, { headers })).toMatchObject(missing);
    expect((await api.get(`/api/v1/runs/${run}/events`, headers)).status).toBe(404);
    expect((await api.post(`/api/v1/runs/${run}/stream-tickets`, undefined, headers)).status).toBe(404);
  });

  it.each([
    ['nobody that it knows', undefined, 401, 'credentials-missing'],
    ['a key that is none', 'Bearer sluice_x_y', 401, 'credentials-invalid'],
    ['a key in the address', undefined, 401, 'credentials-missing'],
  ])('%s', async (what, authorization, status, code) => {
    const run = await start();
    const key = api.authorization.authorization.replace('Bearer ', '');
    const path = what.includes('address') ? `?token=${key}&access_token=${key}` : '';
    const headers = { authorization: authorization ?? '' };
    const socket = new WebSocket(addressOf(`/ws/workflow/${run}${path}`), {
      headers: authorization === undefined ? {} : headers,
    });
    socket.on('error', () => undefined);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
    response.resume();
    expect([response.statusCode, what]).toEqual([status, what]);
    const stream = await api.get(`/api/v1/runs/${run}/events${path}`, headers);
    expect([stream.status, stream.body.code]).toEqual([status, code]);
  });

  it('what is no handshake', async () => {
    const plain = await api.get(`/ws/workflow/${OTHER}`);
    expect([plain.status, plain.body.code]).toEqual([426, 'upgrade-required']);
    expect(plain.headers.get('sec-websocket-version')).toBe('13');
    const noKey = await sendRaw(
      `GET /ws/workflow/${OTHER} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${api.authorization.authorization}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    expect(noKey).toMatch(/^HTTP\/1\.1 400[\s\S]*"code":"request-malformed"/);
  });

  it.each([
    ['GET', '/health', 'websocket', 200],
    ['GET', '/health', 'h2c', 200],
    ['GET', `/ws/workflow/${OTHER}`, 'h2c', 426],
    ['POST', `/ws/workflow/${OTHER}`, 'websocket', 405],
    ['GET', `/api/v1/runs/${OTHER}`, 'websocket', 404],
    ['GET', '//ws/workflow/x', 'websocket', 404],
  ])('%s %s with Upgrade: %s is answered as ever', async (method, path, upgrade, status) => {
    const answer = await sendRaw(
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: ${api.authorization.authorization}\r\nConnection: Upgrade, close\r\nUpgrade: ${upgrade}\r\nContent-Length: 0\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });
});

/** Sends the bytes as they are. */
async function sendRaw(text: string): Promise<string> {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write(text));
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  await once(socket, 'close');
  return answer;
}

describe('what steps print', () => {
  const TEXTS = [
    'one\ntwo\n\nevent: end\ndata: {}\n\n',
    'one\rtwo\r\n\r\nid: 9_\r\n\r\n',
    'a\u2028b\u2029c\u0085d',
    '\u0000\u001b[31m\ud800',
    '"}</script><img src=x onerror=alert(1)>',
    'x'.repeat(16_000),
  ];

  it('stays inside its event, whatever it is', async () => {
    const run = await start();
    await log(run, 1, TEXTS);
    await finish(run);
    const stored = (await api.get(`/api/v1/runs/${run}/logs`)).body.items.map(
      ({ text }: { text: string }) => text,
    );
    const { messages } = await read(`/ws/workflow/${run}`);
    expect(messages.flatMap(({ data }) => data.text ?? [])).toEqual(stored);
    const stream = (await api.get(`/api/v1/runs/${run}/events`)).body as string;
    const lines = stream.split(/\r\n|\r|\n/);
    expect(lines.filter((line) => line !== '' && !/^(id|event|data|retry): /.test(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('event: '))).toHaveLength(messages.length);
    const texts = lines
      .filter((line) => line.startsWith('data: '))
      .flatMap((line) => JSON.parse(line.slice(6)).text ?? []);
    expect(texts).toEqual(stored);
  });

  it.each(['9'.repeat(10_000), '1_\u00a0', '0_1.', "1'--", '%0a', '\t', '0x1_0.0'])(
    'is told from the beginning for Last-Event-ID %j',
    async (id) => {
      const run = await start();
      await log(run, 1, ['one']);
      await finish(run);
      const { body } = await api.get(`/api/v1/runs/${run}/events`, { 'last-event-id': id });
      expect(body).toContain('"text":"one"');
    },
  );
});

describe('a ticket', () => {
  const ticketOf = async (run: string, headers?: Record<string, string>) => {
    const { status, body } = await api.post(`/api/v1/runs/${run}/stream-tickets`, undefined, headers);
    expect(status).toBe(201);
    return body as { readonly ticket: string; readonly expiresAt: string };
  };

  it('opens the stream of its run once, in the name of whom it was given', async () => {
    const run = await start();
    await finish(run);
    const { ticket, expiresAt } = await ticketOf(run, { 'x-sluice-actor': 'ann' });
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
    expect(await read(`/ws/workflow/${run}?ticket=${ticket}`)).toMatchObject({ code: 1000 });
    const told = { kind: 'websocket', actor: 'ann', runId: run, end: 'run-ended' };
    // The line comes when the server has seen the close.
    await eventually(
      async () => api.log.filter(({ msg, actor }) => msg === 'stream' && actor === 'ann'),
      (lines) => lines.length > 0,
    ).then((lines) => expect(lines).toMatchObject([told]));
    expect(await refusal(`/ws/workflow/${run}?ticket=${ticket}`)).toMatchObject({ status: 401 });
    const another = await ticketOf(run);
    const path = `/api/v1/runs/${run}/events?ticket=${another.ticket}`;
    const stream = await api.get(path, { authorization: '' });
    expect([stream.status, stream.body]).toEqual([200, expect.stringContaining('event: end')]);
    expect((await api.get(path, { authorization: '' })).status).toBe(401);
  });

  it('opens nothing else, and nothing when it is old', async () => {
    const [run, other] = [await start(), await start()];
    const { ticket } = await ticketOf(run);
    expect(await refusal(`/ws/workflow/${other}?ticket=${ticket}`)).toMatchObject({ status: 401 });
    await api.database.dataSource.query("UPDATE stream_tickets SET expires_at = now() - interval '1 second'");
    expect(await refusal(`/ws/workflow/${run}?ticket=${ticket}`)).toMatchObject({ status: 401 });
    for (const path of ['/api/v1/runs', `/api/v1/runs/${run}`, `/api/v1/runs/${run}/stream-tickets`]) {
      const { ticket: unused } = await ticketOf(run);
      expect((await api.get(`${path}?ticket=${unused}`, { authorization: '' })).status).toBe(401);
    }
    const [{ count }] = await api.database.dataSource.query(
      'SELECT count(*)::int AS count FROM stream_tickets WHERE expires_at < now()',
    );
    expect(count).toBe(0);
  });

  it('is not stored, nor logged', async () => {
    const run = await start();
    await finish(run);
    const { ticket } = await ticketOf(run);
    const rows = JSON.stringify(await api.database.dataSource.query('SELECT * FROM stream_tickets'));
    expect(rows).not.toContain(ticket);
    await read(`/ws/workflow/${run}?ticket=${ticket}`);
    expect(JSON.stringify(api.log)).not.toContain(ticket);
  });
});

describe('a stream of somebody who may not see the run any more', () => {
  const open = async (path: string, headers: Readonly<Record<string, string>>) => {
    const socket = new WebSocket(addressOf(path), { headers });
    await once(socket, 'message');
    return socket;
  };
  const recheck = () => api.app.get(RecheckStreams).sweep();
  const means = {
    'a key that is revoked': {
      open: async () => createTestKey(api.database.dataSource, { name: 'revoked', roles: ['viewer'] }),
      end: `UPDATE api_keys SET revoked_at = now() WHERE name = 'revoked'`,
    },
    'a key that expires': {
      open: async () => createTestKey(api.database.dataSource, { name: 'expiring', roles: ['viewer'] }),
      end: `UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE name = 'expiring'`,
    },
    'a person who leaves the project': {
      open: async () => {
        const userId = await createTestMember(api.database.dataSource, 'leaving', ['viewer']);
        return createTestKey(api.database.dataSource, {
          name: 'of-leaving',
          roles: [],
          projects: ['default'],
          userId,
        });
      },
      end: `DELETE FROM members WHERE user_id = (SELECT id FROM users WHERE name = 'leaving')`,
    },
  };

  it.each(Object.entries(means))('ends: by %s, and by its ticket', async (_, { open: begin, end }) => {
    const run = await start();
    const headers = { authorization: `Bearer ${await begin()}` };
    const { body } = await api.post(`/api/v1/runs/${run}/stream-tickets`, undefined, headers);
    const sockets = [
      await open(`/ws/workflow/${run}`, headers),
      await open(`/ws/workflow/${run}?ticket=${body.ticket}`, {}),
    ];
    const other = await open(`/ws/workflow/${run}`, api.authorization);
    await recheck();
    expect(sockets.map(({ readyState }) => readyState)).toEqual([WebSocket.OPEN, WebSocket.OPEN]);
    const closings = sockets.map((socket) => once(socket, 'close'));
    await api.database.dataSource.query(end);
    await recheck();
    for (const [code, reason] of await Promise.all(closings)) {
      expect([code, String(reason)]).toEqual([4403, expect.stringContaining('access-ended: ')]);
    }
    expect(other.readyState).toBe(WebSocket.OPEN);
    other.close();
    await once(other, 'close');
  });
});

describe('limits', () => {
  it('of a caller and of the process: refused with the reason, until others are closed', async () => {
    // Each process counts its own.
    const few = await createApiFixture({ SLUICE_STREAMS: '3', SLUICE_CALLER_STREAMS: '2' }, {}, 1);
    await few.save(HELLO);
    const run = (await few.post('/api/v1/workflows/hello/execute', {})).body.id;
    const open = async (actor: string) => {
      const socket = new WebSocket(addressOf(`/ws/workflow/${run}`, few.url), {
        headers: { ...few.authorization, 'x-sluice-actor': actor },
      });
      await once(socket, 'message');
      return socket;
    };
    const ask = (actor: string) => few.get(`/api/v1/runs/${run}/events`, { 'x-sluice-actor': actor });
    const sockets = [await open('ann'), await open('ann')];
    expect(await ask('ann')).toMatchObject({ status: 429, body: { code: 'too-many-caller-streams' } });
    sockets.push(await open('bob'));
    expect(await ask('eve')).toMatchObject({ status: 503, body: { code: 'too-many-streams' } });
    for (const socket of sockets) socket.close();
    await Promise.all(sockets.map((socket) => once(socket, 'close')));
    // The server frees the place a moment after the client has closed.
    for (let tries = 0; ; tries++) {
      const socket = await open('ann').catch(() => undefined);
      if (socket !== undefined) break;
      if (tries > 500) throw new Error('the places are not free');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await few.close();
  });

  it('a process that stops says so to all who watch, and stops', async () => {
    const other = await createApiFixture();
    await other.save(HELLO);
    const run = (await other.post('/api/v1/workflows/hello/execute', {})).body.id;
    const path = `/ws/workflow/${run}`;
    const sockets = [1, 2, 3].map(
      () => new WebSocket(addressOf(path, other.url), { headers: other.authorization }),
    );
    await Promise.all(sockets.map((socket) => once(socket, 'message')));
    const closings = Promise.all(sockets.map((socket) => once(socket, 'close')));
    // One that does not answer even the end holds nothing up.
    const deaf = new WebSocket(addressOf(path, other.url), { headers: other.authorization });
    await once(deaf, 'message');
    deaf.pause();
    await other.close();
    for (const [code, reason] of await closings) {
      expect([code, String(reason)]).toEqual([1001, expect.stringContaining('server-stopping: ')]);
    }
    deaf.terminate();
  });
});

describe('two processes', () => {
  it('each tell what the other recorded, also after their connections to listen were cut', async () => {
    const configuration = readConfiguration({
      DATABASE_URL: api.database.url,
      SLUICE_PORT: '0',
      SLUICE_RECONCILE_MS: '3600000',
    });
    const { gateway, database } = api;
    const logger = pino({ level: 'silent' });
    const second = await createApi({ configuration, dataSource: database.dataSource, gateway, logger });
    await second.listen(0, '127.0.0.1');
    const url = await second.getUrl();
    const run = await start();
    const isStep = (key: string) => (message: Message) => message.data.key === key;
    const reading = [api.url, url].map((each) => read(`/ws/workflow/${run}`, isStep('echo[0]'), each));
    await step(run, 2, 'say', 'running');
    await step(run, 3, 'echo[0]', 'running');
    for (const { messages } of await Promise.all(reading)) expect(messages.at(-1)!.data.key).toBe('echo[0]');

    const listeners = () =>
      database.dataSource.query(
        `SELECT pid FROM pg_stat_activity WHERE application_name = 'sluice-listener'
         AND datname = current_database()`,
      );
    const before = (await listeners()).map(({ pid }: { pid: number }) => pid);
    expect(before.length).toBeGreaterThanOrEqual(2);
    const isCanceling = ({ data }: Message) => data.status === 'canceling';
    const watching = [api.url, url].map((each) => read(`/ws/workflow/${run}`, isCanceling, each));
    await database.dataSource.query('SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) AS pid', [
      before,
    ]);
    await eventually(
      listeners,
      (rows: { pid: number }[]) =>
        rows.length === before.length && rows.every(({ pid }) => !before.includes(pid)),
    );
    // Asked of the second: the first hears of it by the database only.
    const canceled = await fetch(`${url}/api/v1/runs/${run}/cancel`, {
      method: 'POST',
      headers: { ...api.authorization, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(canceled.status).toBe(202);
    for (const { messages } of await Promise.all(watching)) {
      expect(messages.at(-1)).toMatchObject({ event: 'run', data: { status: 'canceling' } });
    }
    await second.close();
  });
});
