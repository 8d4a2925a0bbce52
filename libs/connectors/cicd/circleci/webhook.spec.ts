import { describe, expect, it } from '@jest/globals';
import { circleci } from './circleci.js';

const sent = (body: unknown, headers: Readonly<Record<string, string>> = {}) => ({
  headers: new Map(Object.entries(headers)),
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});

/** Of the published documentation: the body `hello world`, signed with `secret`. */
const PUBLISHED = '734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a';

describe('signatures', () => {
  const valid = { valid: true };
  it.each([
    ['as published', `v1=${PUBLISHED}`, ['secret'], valid],
    ['among others', `v2=aa,v1=${PUBLISHED}`, ['secret'], valid],
    ['by an older secret', `v1=${PUBLISHED}`, ['new', 'secret'], valid],
    ['by another secret', `v1=${PUBLISHED}`, ['secre'], { reason: 'signature-wrong' }],
    ['of another version', `v2=${PUBLISHED}`, ['secret'], { reason: 'signature-missing' }],
    ['cut short', `v1=${PUBLISHED.slice(2)}`, ['secret'], { reason: 'signature-wrong' }],
    ['of nothing', 'v1=', ['secret'], { reason: 'signature-missing' }],
  ])('%s', (_what, signature, secrets, verdict) => {
    const request = sent('hello world', { 'circleci-signature': signature });
    expect(circleci.verifyWebhook(request, secrets, 0)).toMatchObject(verdict);
  });

  it('that are not there prove nothing', () => {
    expect(circleci.verifyWebhook(sent('{}'), ['secret'], 0)).toMatchObject({ reason: 'signature-missing' });
  });
});

const EVENT = {
  id: 'e-1',
  type: 'workflow-completed',
  happened_at: '2026-11-22T07:00:10Z',
  webhook: { id: 'w', name: 'sluice' },
  project: { id: 'p', name: 'app', slug: 'gh/acme/app' },
  organization: { id: 'o', name: 'acme' },
  workflow: { id: 'wf', name: 'ci', status: 'success', url: 'https://app.circleci.com/wf' },
  pipeline: {
    id: 'pl',
    number: 25,
    created_at: '2026-11-22T07:00:00Z',
    trigger: { type: 'api' },
    vcs: { branch: 'main', revision: 'c'.repeat(40) },
  },
};

describe('events', () => {
  it('of a workflow name its pipeline, which has to be asked for', () => {
    expect(circleci.parseEvent(sent(EVENT))).toEqual({
      delivery: 'e-1',
      type: 'workflow-completed',
      signed: false,
      jobs: [],
      execution: {
        reference: { project: 'gh/acme/app', pipeline: '', id: 'pl' },
        attempt: 1,
        state: 'running',
        native: 'success',
        title: '#25',
        url: 'https://app.circleci.com/wf',
        ref: 'main',
        commit: 'c'.repeat(40),
        trigger: 'api',
        createdAt: Date.UTC(2026, 10, 22, 7),
      },
    });
  });

  it('of a job tell of it', () => {
    const job = { id: 'j', number: 7, name: 'build', status: 'failed', started_at: '2026-11-22T07:00:02Z' };
    expect(circleci.parseEvent(sent({ ...EVENT, type: 'job-completed', job })).jobs).toEqual([
      {
        id: 'j',
        name: 'build',
        state: 'failed',
        native: 'failed',
        attempt: 1,
        mayFail: false,
        stage: 'ci',
        startedAt: Date.UTC(2026, 10, 22, 7, 0, 2),
      },
    ]);
  });

  it('of the GitHub App have no place in a repository', () => {
    const { vcs: _vcs, ...pipeline } = EVENT.pipeline;
    const event = circleci.parseEvent(sent({ ...EVENT, pipeline: { ...pipeline, trigger_parameters: {} } }));
    expect(event.execution).not.toHaveProperty('ref');
  });

  it('of another kind tell of no execution, and are told apart by what they hold', () => {
    const event = circleci.parseEvent(sent({ type: 'ping' }));
    expect(event.execution).toBeUndefined();
    expect(event.delivery).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['no JSON', '{'],
    ['bytes of another kind', Buffer.from([0x7b, 0xff])],
    ['a list', []],
    ['an event without a pipeline', { ...EVENT, pipeline: undefined }],
    ['an event without a slug', { ...EVENT, project: {} }],
    ['a job without a name', { ...EVENT, type: 'job-completed', job: { id: 'j', status: 'failed' } }],
    ['an id of another type', { ...EVENT, id: {} }],
  ])('that are %s are refused by name', (_what, body) => {
    const request = Buffer.isBuffer(body) ? { headers: new Map<string, string>(), body } : sent(body);
    expect(() => circleci.parseEvent(request)).toThrow(
      expect.objectContaining({ code: 'platform-event-invalid' }),
    );
  });
});
