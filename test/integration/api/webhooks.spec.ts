import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiFixture, createApiFixture, eventually, HELLO } from './api-fixture.js';

const KEYS = `first:${randomBytes(32).toString('base64')}`;
const SCHEME = { type: 'github' };
const START = { type: 'start', workflow: 'hello', inputs: { who: '${{ body.pusher }}' } };
const WEBHOOK = { name: 'pushes', scheme: SCHEME, action: START };

const PUSH = { ref: 'refs/heads/main', pusher: 'ann' };

interface Hook {
  readonly id: string;
  readonly path: string;
  readonly secret: string;
}

let api: ApiFixture;

beforeAll(async () => {
  process.env['SLUICE_SECRET_HOOK'] = 'canary-of-hooks';
  api = await createApiFixture({ SLUICE_ENCRYPTION_KEYS: KEYS }, { vera: ['viewer'], olaf: ['operator'] }, 2);
  await api.save(HELLO);
});

afterAll(async () => {
  await api?.close();
  delete process.env['SLUICE_SECRET_HOOK'];
});

let made = 0;
async function make(change: Record<string, unknown> = {}): Promise<Hook> {
  const { status, body } = await api.post('/api/v1/webhooks', {
    ...WEBHOOK,
    name: `hook-${made++}`,
    ...change,
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body;
}

const sign = (secret: string, text: string) =>
  `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;

/** As GitHub sends it. */
async function send(hook: Hook, event: unknown, headers: Record<string, string> = {}) {
  const text = typeof event === 'string' ? event : JSON.stringify(event);
  return api.post(hook.path, text, {
    authorization: '',
    'content-type': 'application/json',
    'x-github-event': 'push',
    'x-github-delivery': randomUUID(),
    'x-hub-signature-256': sign(hook.secret, text),
    ...headers,
  });
}

const deliveriesOf = async ({ id }: Hook) => (await api.get(`/api/v1/webhooks/${id}/deliveries`)).body.items;
const runsOf = (ids: readonly string[]) =>
  api.database.dataSource.query('SELECT id, trigger FROM runs WHERE id = ANY ($1)', [ids]);

describe('webhooks', () => {
  it('are made, found, listed, changed and removed, each change audited, the secret told once', async () => {
    const created = await api.post('/api/v1/webhooks', {
      ...WEBHOOK,
      description: 'Deploys.',
      reason: 'new',
    });
    expect(created).toMatchObject({
      status: 201,
      body: {
        name: 'pushes',
        description: 'Deploys.',
        scheme: SCHEME,
        action: START,
        status: 'active',
        createdBy: 'local',
        secret: expect.stringMatching(/^[\w-]{43}$/),
      },
    });
    const { secret, ...webhook } = created.body;
    expect(webhook.path).toBe(`/hooks/${webhook.id}`);
    // What is shown can be sent back.
    const { scheme, action } = webhook;
    expect((await api.patch('/api/v1/webhooks/pushes', { scheme, action })).status).toBe(200);
    const { updatedAt } = (await api.get('/api/v1/webhooks/pushes')).body;
    Object.assign(webhook, { updatedAt });
    expect((await api.get('/api/v1/webhooks/pushes')).body).toEqual(webhook);
    expect((await api.get('/api/v1/webhooks?status=active&total=true')).body).toMatchObject({
      items: [webhook],
      total: 1,
    });
    const changed = await api.patch(`/api/v1/webhooks/${webhook.id}`, {
      description: null,
      filter: "event.type == 'push'",
      status: 'disabled',
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { filter: "event.type == 'push'", status: 'disabled' },
    });
    expect(changed.body).not.toHaveProperty('description');
    expect((await api.post('/api/v1/webhooks', WEBHOOK)).body.code).toBe('webhook-name-taken');
    expect((await api.remove('/api/v1/webhooks/pushes')).status).toBe(204);
    expect((await api.get('/api/v1/webhooks/pushes')).body.code).toBe('webhook-not-found');
    const audited = await api.database.dataSource.query(
      'SELECT action, actor, reason, before, after FROM audit_log WHERE object_id = $1 ORDER BY id',
      [webhook.id],
    );
    expect(audited.map(({ action }: { action: string }) => action)).toEqual([
      'webhook.create',
      'webhook.change',
      'webhook.change',
      'webhook.delete',
    ]);
    const [{ stored }] = await api.database.dataSource.query(
      'SELECT row_to_json(w)::text AS stored FROM webhooks w WHERE id = $1',
      [webhook.id],
    );
    for (const text of [stored, JSON.stringify(audited), JSON.stringify(api.log)]) {
      expect(text).not.toContain(secret);
    }
  });

  it.each([
    ['an unknown scheme', { scheme: { type: 'none' } }],
    ['a scheme without its header', { scheme: { type: 'hmac' } }],
    ['a field of another scheme', { scheme: { type: 'github', header: 'x' } }],
    ['a header that is none', { scheme: { type: 'hmac', header: 'x: y' } }],
    [
      'a timestamp that is not signed',
      { scheme: { type: 'hmac', header: 'x', timestampHeader: 't', signed: '{body}' } },
    ],
    ['a body that is not signed', { scheme: { type: 'hmac', header: 'x', signed: 'always' } }],
    ['a secret in clear', { secret: 'hunter2' }],
    ['no workflow', { action: { type: 'start' } }],
    ['a field of another action', { action: { ...START, event: 'x' } }],
    ['override of freezes', { action: { ...START, freeze: 'override' } }],
    ['a filter that is no expression', { filter: 'event.type ==' }],
    ['a filter over steps', { filter: 'steps.build.output' }],
    ['a mapping over inputs', { action: { ...START, inputs: { a: '${{ inputs.who }}' } } }],
    ['a key that asks for status', { deliveryKey: 'failed()' }],
    ['a name with spaces', { name: 'X Y' }],
    ['null for the action', { action: null }],
    ['an unknown field', { admin: true }],
  ])('refuses %s', async (_, change) => {
    expect(await api.post('/api/v1/webhooks', { ...WEBHOOK, name: 'refused', ...change })).toMatchObject({
      status: 400,
      body: { code: 'request-invalid' },
    });
  });

  it('names a workflow and a version that are there, and keeps it', async () => {
    const missing = await api.post('/api/v1/webhooks', {
      ...WEBHOOK,
      name: 'm',
      action: { ...START, workflow: 'x' },
    });
    expect(missing.body.code).toBe('workflow-not-found');
    const version = { ...START, version: 'stable' };
    expect((await api.post('/api/v1/webhooks', { ...WEBHOOK, name: 'm', action: version })).body.code).toBe(
      'workflow-version-not-found',
    );
    await api.save(HELLO.replace('name: hello', 'name: kept'));
    const hook = await make({ action: { ...START, workflow: 'kept' } });
    expect((await api.remove('/api/v1/workflows/kept')).body).toMatchObject({
      code: 'workflow-in-use',
      detail: expect.stringContaining('webhook'),
    });
    await api.remove(`/api/v1/webhooks/${hook.id}`);
    expect((await api.remove('/api/v1/workflows/kept')).status).toBe(204);
  });

  it('keeps no secret where nothing could encrypt it, and takes a reference', async () => {
    const bare = await createApiFixture();
    await bare.save(HELLO);
    expect((await bare.post('/api/v1/webhooks', WEBHOOK)).body.code).toBe('webhook-secret-needs-key');
    const created = await bare.post('/api/v1/webhooks', { ...WEBHOOK, secret: 'env:SLUICE_SECRET_HOOK' });
    expect(created).toMatchObject({ status: 201, body: { secretReference: 'env:SLUICE_SECRET_HOOK' } });
    expect(created.body).not.toHaveProperty('secret');
    await bare.close();
    const hook = await make({ secret: 'env:SLUICE_SECRET_HOOK' });
    expect((await send({ ...hook, secret: 'canary-of-hooks' }, PUSH)).status).toBe(202);
    const gone = await make({ secret: 'env:SLUICE_SECRET_GONE' });
    expect(await send({ ...gone, secret: '' }, PUSH)).toMatchObject({
      status: 503,
      body: { code: 'webhook-secret-unavailable' },
    });
    expect(JSON.stringify([...api.log, await api.get('/api/v1/webhooks')])).not.toContain('canary-of-hooks');
  });

  it('are rotated: the secret before is valid as long as it is said', async () => {
    const hook = await make();
    const rotated = await api.post(`/api/v1/webhooks/${hook.id}/rotate`, { overlapS: 3_600 });
    expect(rotated).toMatchObject({ status: 200, body: { previousUntil: expect.any(String) } });
    expect((await send(hook, PUSH)).status).toBe(202);
    expect((await send({ ...hook, secret: rotated.body.secret }, { ...PUSH, n: 1 })).status).toBe(202);
    const again = await api.post(`/api/v1/webhooks/${hook.id}/rotate`, { overlapS: 0 });
    expect((await send({ ...hook, secret: rotated.body.secret }, PUSH)).status).toBe(401);
    expect((await send({ ...hook, secret: again.body.secret }, PUSH)).status).toBe(202);
  });
});

describe('an event', () => {
  it('starts a run, which names the delivery that it came with', async () => {
    const hook = await make();
    const delivery = randomUUID();
    const answer = await send(hook, PUSH, { 'x-github-delivery': delivery, 'x-forwarded-for': '192.0.2.1' });
    expect(answer).toMatchObject({ status: 202, body: { outcome: 'started', run: expect.any(String) } });
    const run = await api.get(`/api/v1/runs/${answer.body.run}`);
    expect(run.body).toMatchObject({
      trigger: 'webhook',
      delivery: answer.body.id,
      inputs: { who: 'ann' },
      startedBy: expect.stringMatching(/^webhook:hook-\d+$/),
    });
    const listed = await api.get('/api/v1/runs?trigger=webhook');
    expect(listed.body.items).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: answer.body.run })]),
    );
    const shown = await api.get(`/api/v1/webhooks/${hook.id}/deliveries/${answer.body.id}`);
    expect(shown.body).toMatchObject({
      ...answer.body,
      event: { id: delivery, type: 'push', source: '', subject: '' },
      body: JSON.stringify(PUSH),
      headers: { 'x-github-event': 'push' },
    });
    expect(Object.keys(shown.body.headers)).not.toContain('x-hub-signature-256');
    expect(Object.keys(shown.body.headers)).not.toContain('x-forwarded-for');
    const [audited] = await api.database.dataSource.query(
      `SELECT actor, after FROM audit_log WHERE action = 'run.start' AND object_id = $1`,
      [answer.body.run],
    );
    expect(audited).toMatchObject({ after: { delivery: answer.body.id } });
    await eventually(
      () => api.get('/metrics'),
      ({ body }) => body.includes('sluice_webhook_events_total{outcome="started"'),
    );
  });

  it('that comes again is answered with the same run, whatever name it comes under', async () => {
    const hook = await make();
    const text = JSON.stringify(PUSH);
    const first = await send(hook, text, { 'x-github-delivery': 'one' });
    expect(await send(hook, text, { 'x-github-delivery': 'one' })).toMatchObject({
      status: 202,
      body: first.body,
    });
    expect(await send(hook, text, { 'x-github-delivery': 'two' })).toMatchObject({
      status: 202,
      body: first.body,
    });
    expect(await deliveriesOf(hook)).toHaveLength(1);
    const other = await send(hook, { ...PUSH, pusher: 'bob' }, { 'x-github-delivery': 'one' });
    expect(other.body).toEqual(first.body);
  });

  it('that comes many times at once, to several processes, starts one run', async () => {
    const hook = await make();
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => send(hook, PUSH, { 'x-github-delivery': 'same' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(202));
    const [run, ...others] = new Set(answers.map(({ body }) => body.run));
    expect(others).toEqual([]);
    const [{ count }] = await api.database.dataSource.query(
      `SELECT count(*)::int AS count FROM runs WHERE started_by = (SELECT started_by FROM runs WHERE id = $1)`,
      [run],
    );
    expect(count).toBe(1);
    expect(await runsOf([run!])).toEqual([{ id: run, trigger: 'webhook' }]);
  });

  it('is told apart by the key that the webhook names', async () => {
    const hook = await make({ deliveryKey: 'body.after' });
    const first = await send(hook, { ...PUSH, after: 'abc', n: 1 });
    expect((await send(hook, { ...PUSH, after: 'abc', n: 2 })).body).toEqual(first.body);
    expect((await send(hook, { ...PUSH, after: 'def', n: 2 })).body).not.toEqual(first.body);
    expect((await send(hook, PUSH)).body.outcome).toBe('started');
  });

  it.each([
    ["event.type == 'push' && body.ref == 'refs/heads/main'", 'started', undefined],
    ["headers['x-github-event'] == 'ping'", 'filtered', undefined],
    ['body.absent', 'refused', 'filter-failed'],
    ['body.ref', 'refused', 'filter-failed'],
  ])('goes through the filter %s: %s', async (filter, outcome, code) => {
    const hook = await make({ filter });
    const { status, body } = await send(hook, PUSH);
    expect([status, body.outcome, body.code]).toEqual([202, outcome, code]);
    expect(await deliveriesOf(hook)).toMatchObject([{ outcome }]);
  });

  it.each([
    [{ who: '${{ body.absent }}' }, 'mapping-failed'],
    [{ who: '${{ body }}' }, 'inputs-invalid'],
    [{ nobody: 'x' }, 'inputs-invalid'],
  ])('that gives the inputs %j is noted as refused', async (inputs, code) => {
    const hook = await make({ action: { ...START, inputs } });
    expect(await send(hook, PUSH)).toMatchObject({ status: 202, body: { outcome: 'refused', code } });
    expect(await deliveriesOf(hook)).toMatchObject([
      { outcome: 'refused', code, message: expect.any(String) },
    ]);
  });

  it('starts the version that the webhook names when it comes', async () => {
    const hook = await make({ action: { ...START, version: 1 } });
    const { body } = await send(hook, PUSH);
    expect((await api.get(`/api/v1/runs/${body.run}`)).body.version).toBe(1);
  });

  it('in a form is read as GitHub sends it', async () => {
    const hook = await make();
    const text = new URLSearchParams({ payload: JSON.stringify(PUSH) }).toString();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const { body } = await send(hook, text, form);
    expect((await api.get(`/api/v1/runs/${body.run}`)).body.inputs).toEqual({ who: 'ann' });
    expect((await send(hook, 'a=b', form)).body.code).toBe('request-invalid');
  });

  it.each([
    [
      'structured',
      { specversion: '1.0', id: '7', source: '/ci', type: 'built', subject: 'web', data: PUSH },
      { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    ],
    [
      'binary',
      PUSH,
      {
        'ce-specversion': '1.0',
        'ce-id': '7',
        'ce-source': '/ci',
        'ce-type': 'built',
        'ce-subject': 'w%65b',
      },
    ],
  ])('as a CloudEvent, %s, is known by id and source', async (_, event, headers) => {
    const hook = await make({
      filter: "event.type == 'built' && event.source == '/ci' && event.subject == 'web'",
    });
    const first = await send(hook, event, headers as unknown as Record<string, string>);
    expect(first.body.outcome).toBe('started');
    expect((await deliveriesOf(hook))[0].event).toEqual({
      id: '7',
      type: 'built',
      source: '/ci',
      subject: 'web',
    });
    const wrong = { ...event, specversion: '0.3' };
    const old = { ...headers, ...('ce-id' in headers ? { 'ce-specversion': '0.3' } : {}) };
    expect((await send(hook, wrong, old as unknown as Record<string, string>)).body.code).toBe(
      'request-invalid',
    );
  });

  it('of Standard Webhooks and of GitLab', async () => {
    const standard = await make({ scheme: { type: 'standard-webhooks' }, filter: "event.type == 'paid'" });
    expect(standard.secret).toMatch(/^whsec_/);
    const text = JSON.stringify({ type: 'paid', pusher: 'ann' });
    const signed = (hook: Hook, seconds: number) => ({
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(seconds),
      'webhook-signature': `v1,${createHmac('sha256', Buffer.from(hook.secret.slice(6), 'base64'))
        .update(`msg_1.${seconds}.${text}`)
        .digest('base64')}`,
    });
    const now = Math.floor(Date.now() / 1_000);
    const first = await send(standard, text, signed(standard, now));
    expect(first.body.outcome).toBe('started');
    // Tried again, and signed again.
    expect((await send(standard, text, signed(standard, now - 5))).body).toEqual(first.body);
    for (const seconds of [now - 900, now + 900]) {
      expect((await send(standard, text, signed(standard, seconds))).status).toBe(401);
    }
    const token = await make({ scheme: { type: 'gitlab' }, filter: "event.type == 'Push Hook'" });
    const gitlab = {
      'x-gitlab-token': token.secret,
      'x-gitlab-event': 'Push Hook',
      'x-gitlab-event-uuid': 'u1',
    };
    const pushed = await send(token, PUSH, gitlab);
    expect(pushed.body.outcome).toBe('started');
    expect((await send(token, { ...PUSH, n: 1 }, gitlab)).body).toEqual(pushed.body);
    expect((await send(token, PUSH, { ...gitlab, 'x-gitlab-token': 'x' })).status).toBe(401);
    const [{ headers }] = await api.database.dataSource.query(
      'SELECT headers FROM webhook_deliveries WHERE id = $1',
      [pushed.body.id],
    );
    expect(JSON.stringify(headers)).not.toContain(token.secret);
    const gitlabSigned = await make({ scheme: { type: 'gitlab', signedEvents: true } });
    expect((await send(gitlabSigned, text, { 'x-gitlab-token': gitlabSigned.secret })).status).toBe(401);
    expect((await send(gitlabSigned, text, signed(gitlabSigned, now))).status).toBe(202);
  });
});

describe('deliveries', () => {
  it('are listed, and replayed by who may start runs', async () => {
    const hook = await make({ action: { ...START, inputs: { who: '${{ body.who }}' } } });
    const refused = await send(hook, PUSH);
    expect(refused.body.outcome).toBe('refused');
    await api.patch(`/api/v1/webhooks/${hook.id}`, { action: START, status: 'disabled' });
    const path = `/api/v1/webhooks/${hook.id}/deliveries/${refused.body.id}/replay`;
    expect((await api.post(path, {}, { 'x-sluice-actor': 'vera' })).status).toBe(403);
    const replayed = await api.post(path, { reason: 'mapping mended' }, { 'x-sluice-actor': 'olaf' });
    expect(replayed).toMatchObject({
      status: 202,
      body: { outcome: 'started', replayOf: refused.body.id, replayedBy: 'olaf' },
    });
    const again = await api.post(path, {}, { 'x-sluice-actor': 'olaf' });
    expect(again.body.run).not.toBe(replayed.body.run);
    expect((await api.get(`/api/v1/runs/${again.body.run}`)).body).toMatchObject({
      trigger: 'webhook',
      delivery: again.body.id,
    });
    const items = await deliveriesOf(hook);
    expect(items.map(({ id }: { id: string }) => id)).toEqual([
      again.body.id,
      replayed.body.id,
      refused.body.id,
    ]);
    const started = await api.get(`/api/v1/webhooks/${hook.id}/deliveries?outcome=refused&total=true`);
    expect(started.body).toMatchObject({ items: [{ id: refused.body.id }], total: 1 });
    const audited = await api.database.dataSource.query(
      `SELECT actor, reason FROM audit_log WHERE action = 'webhook.replay' ORDER BY id`,
    );
    expect(audited).toEqual([
      { actor: 'olaf', reason: 'mapping mended' },
      { actor: 'olaf', reason: null },
    ]);
    const unknown = await api.post(path.replace(refused.body.id, randomUUID()), {});
    expect(unknown.body.code).toBe('delivery-not-found');
  });

  it('of a webhook that is disabled are refused to its sender alone', async () => {
    const hook = await make({ status: 'disabled' });
    expect((await send(hook, PUSH)).body.code).toBe('webhook-disabled');
    expect((await send({ ...hook, secret: 'x' }, PUSH)).status).toBe(401);
    expect(await deliveriesOf(hook)).toEqual([]);
    const { body } = await eventually(
      () => api.get(`/api/v1/webhooks/${hook.id}`),
      ({ body }) => body.lastRefusal !== undefined,
    );
    expect(body.lastRefusal.reason).toBe('webhook-disabled');
  });
});

describe('events for runs that wait', () => {
  it('are noted with the runs that wait, and brought to them once', async () => {
    const run = (await send(await make(), PUSH)).body.run;
    await api.database.dataSource.query(
      `INSERT INTO run_steps (run_id, key, status, waiting, event, sequence, change)
       VALUES ($1, 'wait', 'running', 'event', 'deployed', 1, 1)`,
      [run],
    );
    const hook = await make({
      action: { type: 'send', event: '${{ body.name }}', data: { by: '${{ body.by }}' } },
    });
    const sent = await send(hook, { name: 'deployed', by: 'ann' });
    expect(sent.body).toMatchObject({ outcome: 'sent', targets: 1 });
    expect((await send(hook, { name: 'other', by: 'ann' })).body).toMatchObject({
      outcome: 'sent',
      targets: 0,
    });
    const messages = () =>
      api.database.dataSource.query(
        'SELECT target_run, event, data, delivered_at IS NOT NULL AS delivered FROM webhook_messages WHERE delivery_id = $1',
        [sent.body.id],
      );
    const told = await eventually(messages, ([message]) => message.delivered);
    expect(told).toEqual([{ target_run: run, event: 'deployed', data: { by: 'ann' }, delivered: true }]);
    const one = await make({ action: { type: 'send', event: 'deployed', run: '${{ body.run }}' } });
    expect((await send(one, { run })).body).toMatchObject({ outcome: 'sent', targets: 1 });
    expect((await send(one, { run: randomUUID() })).body).toMatchObject({
      outcome: 'refused',
      code: 'run-not-found',
    });
    expect((await send(one, { run: 7 })).body).toMatchObject({ outcome: 'refused', code: 'mapping-failed' });
  });
});
