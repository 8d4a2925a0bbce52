import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Answer } from '#connectors/cicd/http/answer.js';
import { verifySignature } from '#connectors/webhooks/verify-signature.js';
import type { PipelineState } from '#contracts/cicd/execution.js';
import { SluiceError } from '#domain/errors.js';
import { type ApiFixture, createApiFixture } from './api-fixture.js';
import { createSamplePlatforms } from './sample-platform.js';

const PATH = '/api/v1/integrations';
const KEYS = `first:${randomBytes(32).toString('base64')}`;

/** Signs as GitHub does; `signed: false` in the body stands for a platform that proves nothing by it. */
const platforms = createSamplePlatforms(() => ({}), {
  verifyWebhook: (request, secrets, now) => verifySignature({ type: 'github' }, request, secrets, now),
  parseEvent({ headers, body }) {
    try {
      const event = new Answer(JSON.parse(Buffer.from(body).toString('utf8')), 'the event');
      const run = event.findObject('run');
      return {
        delivery: headers.get('x-github-delivery') ?? '',
        type: event.text('type'),
        signed: event.findBoolean('signed') ?? true,
        ...(run === undefined
          ? {}
          : {
              execution: {
                reference: { project: 'acme/app', pipeline: 'build.yml', id: run.id('id') },
                attempt: run.findNumber('attempt') ?? 1,
                state: run.text('state') as PipelineState,
                native: run.text('state'),
                title: 'Build',
                url: 'https://sample.example/runs/1',
              },
              jobs: [],
            }),
      };
    } catch (cause) {
      throw new SluiceError({
        code: 'platform-event-invalid',
        fault: 'user',
        message: 'It is no event.',
        cause,
      });
    }
  },
});

interface Hook {
  readonly id: string;
  readonly hook: { readonly path: string };
  readonly secret: string;
}

describe('events of platforms', () => {
  let api: ApiFixture;

  beforeAll(async () => {
    process.env['SLUICE_SECRET_HOOK'] = 'canary-of-hooks';
    api = await createApiFixture(
      { SLUICE_ENCRYPTION_KEYS: KEYS, SLUICE_WEBHOOK_BODY: '10000' },
      { vera: ['viewer'], olaf: ['operator'] },
      2,
      platforms,
    );
  });
  afterAll(async () => {
    await api?.close();
    delete process.env['SLUICE_SECRET_HOOK'];
  });

  let made = 0;
  const make = async (body: object = {}): Promise<Hook> => {
    const auth = { type: 'token', secret: 'env:SLUICE_SECRET_BUILDS' };
    const { body: created } = await api.post(PATH, { name: `builds-${made++}`, platform: 'sample', auth });
    const answer = await api.post(`${PATH}/${created.id}/hook`, body);
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    return answer.body;
  };
  const sign = (secret: string, text: string) =>
    `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
  const send = (hook: Hook, event: unknown, headers: Record<string, string> = {}) => {
    const text = typeof event === 'string' ? event : JSON.stringify(event);
    return api.post(hook.hook.path, text, {
      authorization: '',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': sign(hook.secret, text),
      ...headers,
    });
  };
  const run = (id: string, state: string, more: object = {}) => ({
    type: 'run',
    run: { id, state, ...more },
    nonce: randomUUID(),
  });
  const executionsOf = ({ id }: Hook) =>
    api.database.dataSource.query(
      'SELECT id, external_id AS "externalId", state, attempt FROM pipeline_executions WHERE integration_id = $1',
      [id],
    );
  const refusalOf = async ({ id }: Hook) => (await api.get(`${PATH}/${id}`)).body.hook.lastRefusal?.reason;

  it('are noted once, and never take a state back', async () => {
    const hook = await make();
    expect(hook).toMatchObject({ hook: { path: `/hooks/integrations/${hook.id}` } });
    const first = run('1001', 'running');
    const headers = { 'x-github-delivery': 'one' };
    const noted = await send(hook, first, headers);
    expect(noted).toMatchObject({ status: 202, body: { outcome: 'observed' } });
    expect((await send(hook, first, headers)).body).toEqual(noted.body);
    // A copy under another id is the same: what was signed is.
    expect((await send(hook, first)).body).toEqual(noted.body);
    expect(await executionsOf(hook)).toEqual([
      { id: noted.body.execution, externalId: '1001', state: 'running', attempt: 1 },
    ]);
    await send(hook, run('1001', 'failed'));
    await send(hook, run('1001', 'running'));
    await send(hook, run('1001', 'queued'));
    expect(await executionsOf(hook)).toMatchObject([{ state: 'failed' }]);
    await send(hook, run('1001', 'queued', { attempt: 2 }));
    expect(await executionsOf(hook)).toMatchObject([{ state: 'queued', attempt: 2 }]);
  });

  it('that prove nothing of themselves have the platform asked', async () => {
    const hook = await make();
    expect((await send(hook, { ...run('7', 'succeeded'), signed: false })).body).toMatchObject({
      outcome: 'hinted',
    });
    expect(await executionsOf(hook)).toEqual([]);
    await send(hook, run('7', 'running'));
    await send(hook, { ...run('7', 'succeeded'), signed: false });
    expect(await executionsOf(hook)).toMatchObject([{ state: 'running' }]);
    expect((await send(hook, { type: 'ping' })).body).toMatchObject({ outcome: 'filtered' });
  });

  it('are listed with what was sent, without what proves it, and read again', async () => {
    const hook = await make();
    const { body: noted } = await send(hook, run('5', 'running'));
    await send(hook, { type: 'ping' });
    const path = `${PATH}/${hook.id}/deliveries`;
    const listed = await api.get(`${path}?total=true`);
    expect(listed.body).toMatchObject({
      items: [
        { type: 'ping', outcome: 'filtered' },
        { type: 'run', id: noted.id },
      ],
      total: 2,
    });
    expect((await api.get(`${path}?outcome=filtered`)).body.items).toHaveLength(1);
    const full = await api.get(`${path}/${noted.id}`);
    expect(JSON.parse(full.body.body)).toMatchObject({ run: { id: '5' } });
    expect(Object.keys(full.body.headers)).not.toContain('x-hub-signature-256');
    await send(hook, run('5', 'failed'));
    const asOlaf = { 'x-sluice-actor': 'olaf' };
    expect((await api.post(`${path}/${noted.id}/replay`, {}, { 'x-sluice-actor': 'vera' })).status).toBe(403);
    const replayed = await api.post(`${path}/${noted.id}/replay`, { reason: 'again' }, asOlaf);
    expect(replayed).toMatchObject({
      status: 202,
      body: { outcome: 'observed', replayOf: noted.id, replayedBy: 'olaf', execution: noted.execution },
    });
    expect(await executionsOf(hook)).toMatchObject([{ state: 'failed' }]);
    expect((await api.get(`${path}/${randomUUID()}`)).body.code).toBe('delivery-not-found');
    const audited = await api.database.dataSource.query(
      'SELECT action, actor, reason, after FROM audit_log WHERE object_id = $1 ORDER BY id',
      [hook.id],
    );
    expect(audited.slice(1)).toMatchObject([
      { action: 'integration.rotate', after: { hookOrigin: 'made here, key first' } },
      { action: 'integration.replay', actor: 'olaf', reason: 'again', after: { of: noted.id } },
    ]);
    const stored = await api.database.dataSource.query(
      'SELECT row_to_json(i)::text AS text FROM integrations i',
    );
    expect(JSON.stringify([stored, audited, api.log])).not.toContain(hook.secret);
  });

  it('have a secret that is made, referred to, and given anew', async () => {
    const hook = await make();
    const { body: second } = await api.post(`${PATH}/${hook.id}/hook`, {});
    expect(second.secret).not.toBe(hook.secret);
    expect(second.hook.previousUntil).toMatch(/^20/);
    for (const { secret } of [hook, second])
      expect((await send({ ...hook, secret }, run('1', 'running'))).status).toBe(202);
    const { body: third } = await api.post(`${PATH}/${hook.id}/hook`, {
      secret: 'env:SLUICE_SECRET_HOOK',
      overlapS: 0,
    });
    expect(third).toMatchObject({ hook: { secretReference: 'env:SLUICE_SECRET_HOOK' } });
    expect(third).not.toHaveProperty('secret');
    expect((await send(second, run('1', 'running'))).status).toBe(401);
    expect((await send({ ...hook, secret: 'canary-of-hooks' }, run('1', 'running'))).status).toBe(202);
    // Workers know nothing of it.
    expect(third.revision).toBe(1);
  });

  it('that prove nothing are refused alike, and only the integration tells why', async () => {
    const hook = await make();
    const auth = { type: 'token', secret: 'env:SLUICE_SECRET_BUILDS' };
    const { body: bare } = await api.post(PATH, { name: 'bare', platform: 'sample', auth });
    const strangers = [
      { ...hook, hook: { path: `/hooks/integrations/${randomUUID()}` } },
      { ...hook, hook: { path: '/hooks/integrations/x' } },
      { ...hook, hook: { path: `/hooks/integrations/${bare.id}` } },
      { ...hook, hook: { path: `/hooks/${hook.id}` } },
      { ...hook, secret: 'wrong' },
    ];
    for (const stranger of strangers) {
      const { status, body } = await send(stranger, run('1', 'running'));
      expect([stranger.hook.path, status, body.code]).toEqual([
        stranger.hook.path,
        401,
        'webhook-signature-invalid',
      ]);
    }
    expect(await executionsOf(hook)).toEqual([]);
    expect(await refusalOf(hook)).toBe('signature-wrong');
  });

  it.each<[string, string, Record<string, string>, number, string]>([
    ['no JSON', 'x', {}, 400, 'platform-event-invalid'],
    ['no event', '[]', {}, 400, 'platform-event-invalid'],
    ['a run without a state', '{"type":"run","run":{"id":1}}', {}, 400, 'platform-event-invalid'],
    ['no UTF-8', '\u0000{}', {}, 400, 'body-malformed'],
    ['too much', `{"type":"${'x'.repeat(20_000)}"}`, {}, 413, 'body-too-large'],
    ['packed', '{}', { 'content-encoding': 'gzip' }, 415, 'media-type-unsupported'],
    ['something else', '{}', { 'content-type': 'text/plain' }, 415, 'media-type-unsupported'],
  ])('are refused with %s', async (_, text, headers, status, code) => {
    const hook = await make();
    const answer = await send(hook, text, headers);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect((await api.get(`${PATH}/${hook.id}/deliveries`)).body.items).toEqual([]);
  });

  it('are not taken of what is disabled, or gone', async () => {
    const hook = await make();
    await api.patch(`${PATH}/${hook.id}`, { status: 'disabled' });
    expect(await send(hook, run('1', 'running'))).toMatchObject({
      status: 409,
      body: { code: 'integration-disabled' },
    });
    await api.remove(`${PATH}/${hook.id}`);
    expect((await send(hook, run('1', 'running'))).status).toBe(401);
  });

  it('of one delivery at the same moment are one', async () => {
    const hook = await make();
    const event = run('9', 'running');
    const headers = { 'x-github-delivery': 'same' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(hook, event, headers)));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await executionsOf(hook)).toHaveLength(1);
  });
});
