import { createHmac } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { gitlab } from './gitlab.js';

const FOLDER = new URL('../../../../test/cicd/webhooks-gitlab/', import.meta.url);
const KEY = Buffer.from('a key of GitLab');
const SIGNING = `whsec_${KEY.toString('base64')}`;
const NOW = 1_763_800_000_000;

const delivered = (name: string, headers: Readonly<Record<string, string>> = {}) => ({
  headers: new Map(Object.entries(headers)),
  body: readFileSync(new URL(name, FOLDER)),
});

const sent = (body: unknown, headers: Readonly<Record<string, string>> = {}) => ({
  headers: new Map(Object.entries(headers)),
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

function signed(body: string, more: Readonly<Record<string, string>> = {}) {
  const timestamp = String(NOW / 1_000);
  const signature = createHmac('sha256', KEY).update(`msg-1.${timestamp}.${body}`).digest('base64');
  return sent(body, {
    'webhook-id': 'msg-1',
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
    ...more,
  });
}

describe('deliveries of GitLab', () => {
  it('of a pipeline tell of it and its jobs', () => {
    const headers = { 'x-gitlab-event': 'Pipeline Hook', 'idempotency-key': 'id-1' };
    const event = gitlab.parseEvent(delivered('pipeline.json', headers));
    expect(event).toMatchObject({ delivery: 'id-1', type: 'Pipeline Hook', signed: false });
    expect(event.execution).toEqual({
      reference: { project: 'gitlab-org/gitlab-test', pipeline: '', id: '31' },
      attempt: 1,
      state: 'succeeded',
      native: 'success',
      title: '#31',
      url: 'http://192.168.64.1:3005/gitlab-org/gitlab-test/-/pipelines/31',
      ref: 'master',
      commit: 'bcbb5ec396a2c0f828686f14fac9b80b780504f2',
      trigger: 'merge_request_event',
      actor: 'user1',
      createdAt: Date.UTC(2016, 7, 12, 15, 23, 28),
      startedAt: Date.UTC(2016, 7, 12, 15, 23, 40),
      endedAt: Date.UTC(2016, 7, 12, 15, 26, 29),
    });
    expect(event.jobs!.map(({ name, state, mayFail, runner }) => [name, state, mayFail, runner])).toEqual([
      ['production', 'skipped', true, 'shared-runners-manager-1.gitlab.com'],
      ['test-image', 'succeeded', false, 'shared-runners-manager-6.gitlab.com'],
      ['test-build', 'succeeded', false, 'shared-runners-manager-6.gitlab.com'],
      ['build-image', 'succeeded', false, 'shared-runners-manager-6.gitlab.com'],
      ['staging', 'queued', false, undefined],
    ]);
  });

  it('of a job tell of its pipeline too', () => {
    const event = gitlab.parseEvent(delivered('job.json', { 'x-gitlab-event': 'Job Hook' }));
    expect(event.execution).toMatchObject({
      reference: { project: 'gitlab-org/gitlab-test', pipeline: '', id: '743121198' },
      state: 'running',
      title: 'Build pipeline',
    });
    expect(event.execution).not.toHaveProperty('endedAt');
    expect(event.jobs).toMatchObject([
      { id: '3580121225', name: 'auto_deploy:start', attempt: 2, stage: 'coordinated:tag' },
    ]);
  });

  it('of an older server name the project by its address', () => {
    const event = gitlab.parseEvent(delivered('build.json'));
    expect(event).toMatchObject({
      type: 'build',
      execution: { reference: { project: 'gitlab-org/gitlab-test', id: '2366' } },
    });
  });

  it('of anything else tell of nothing', () => {
    const event = gitlab.parseEvent(delivered('push.json', { 'x-gitlab-event': 'Push Hook' }));
    expect(event.execution).toBeUndefined();
    expect(event.delivery).toMatch(/^[0-9a-f]{64}$/);
  });

  it('carry the key among the variables', () => {
    const event = gitlab.parseEvent(
      sent({
        object_kind: 'pipeline',
        object_attributes: { id: 1, status: 'pending', variables: [{ key: 'sluice_key', value: 'k-1' }] },
        project: { path_with_namespace: 'a/b' },
      }),
    );
    expect(event.execution).toMatchObject({ key: 'k-1', state: 'queued' });
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a pipeline without attributes', { object_kind: 'pipeline', project: { path_with_namespace: 'a/b' } }],
    ['a pipeline without a project', { object_kind: 'pipeline', object_attributes: { id: 1, status: 'x' } }],
    ['a job without a pipeline', { object_kind: 'build', project: { web_url: 'http://x/a/b' } }],
    [
      'builds of another type',
      {
        object_kind: 'pipeline',
        object_attributes: { id: 1, status: 'x' },
        project: { path_with_namespace: 'a/b' },
        builds: 7,
      },
    ],
    ['a kind of another type', { object_kind: 7 }],
  ])('that are %s are refused by name', (_what, body) => {
    expect(() => gitlab.parseEvent(sent(body))).toThrow(
      expect.objectContaining({ code: 'platform-event-invalid' }),
    );
  });
});

const MORE = join(process.env['SLUICE_TEST_DATA'] ?? '../shared/data', 'webhooks-gitlab');
const names = existsSync(MORE) ? readdirSync(MORE).filter((name) => name.endsWith('.json')) : [];

(names.length > 0 ? describe : describe.skip)(
  'every delivery that the client of GitLab is tested with',
  () => {
    it.each(names.length > 0 ? names : ['none'])('%s is read, or refused by name', (name) => {
      const request = { headers: new Map<string, string>(), body: readFileSync(join(MORE, name)) };
      const event = gitlab.parseEvent(request);
      const tells = ['pipeline.json', 'job.json', 'build.json'].includes(name);
      expect([name, event.execution !== undefined]).toEqual([name, tells]);
    });
  },
);

describe('who sent it', () => {
  const valid = { valid: true };
  it.each([
    ['the secret token', sent('{}', { 'x-gitlab-token': 's3cret' }), ['old', 's3cret'], valid, false],
    [
      'another token',
      sent('{}', { 'x-gitlab-token': 's3cre' }),
      ['s3cret'],
      { reason: 'signature-wrong' },
      false,
    ],
    ['nothing', sent('{}'), ['s3cret'], { reason: 'signature-missing' }, false],
    ['a signature', signed('{}'), [SIGNING], valid, true],
    ['a signature by another key', signed('{}'), ['whsec_AAAA'], { reason: 'signature-wrong' }, true],
    ['both, by the signature', signed('{}', { 'x-gitlab-token': 'x' }), [SIGNING], valid, false],
    ['both, by the token', signed('{}', { 'x-gitlab-token': 's3cret' }), ['s3cret'], valid, false],
    [
      'the token and a made-up signature',
      sent('{}', {
        'x-gitlab-token': 's3cret',
        'webhook-signature': 'v1,AAAA',
        'webhook-id': 'a',
        'webhook-timestamp': '1',
      }),
      ['s3cret'],
      valid,
      false,
    ],
  ])('is proved by %s', (_what, request, secrets, verdict, isSigned) => {
    expect(gitlab.verifyWebhook(request, secrets, NOW)).toMatchObject(verdict);
    expect(gitlab.parseEvent(request).signed).toBe(isSigned);
  });

  it('is not proved by a signature of an hour ago', () => {
    expect(gitlab.verifyWebhook(signed('{}'), [SIGNING], NOW + 3_600_000)).toMatchObject({
      reason: 'timestamp-untimely',
    });
  });
});
