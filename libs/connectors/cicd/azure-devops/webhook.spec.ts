import { describe, expect, it } from '@jest/globals';
import { parseEvent } from './webhook.js';

const ENVELOPE = {
  subscriptionId: '0c1d2e3f-0000-4000-8000-000000000001',
  notificationId: 9,
  id: '4a5d99d6-1c75-4e53-91b9-ee80057d4ce3',
  publisherId: 'tfs',
  resourceContainers: { project: { id: '6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c' } },
};

const deliver = (event: object) =>
  parseEvent({ headers: new Map(), body: Buffer.from(JSON.stringify({ ...ENVELOPE, ...event })) });

const BUILD = {
  id: 42,
  buildNumber: '20260401.3',
  status: 'completed',
  result: 'partiallySucceeded',
  queueTime: '2026-04-01T10:00:00.1234567Z',
  startTime: '2026-04-01T10:00:05Z',
  finishTime: '2026-04-01T10:01:00Z',
  definition: { id: 7, name: 'release', path: '\\team' },
  project: { id: ENVELOPE.resourceContainers.project.id, name: 'Web Shop' },
  sourceBranch: 'refs/heads/feature/x',
  sourceVersion: 'c'.repeat(40),
  reason: 'manual',
  templateParameters: { sluice_key: 'run-1/build/1' },
};

const RUN = {
  run: {
    id: 42,
    name: '20260401.3',
    state: 'inProgress',
    createdDate: '2026-04-01T10:00:00Z',
    pipeline: { name: 'release', folder: '\\team' },
  },
  pipeline: { id: 7, name: 'release', folder: '\\team' },
};

describe('what service hooks of Azure DevOps tell', () => {
  it('is a build that has ended', () => {
    expect(deliver({ eventType: 'build.complete', resource: BUILD })).toEqual({
      delivery: ENVELOPE.id,
      type: 'build.complete',
      signed: false,
      execution: {
        reference: { project: 'Web Shop', pipeline: 'team/release', id: '42' },
        attempt: 1,
        state: 'unstable',
        native: 'partiallySucceeded',
        title: 'release 20260401.3',
        url: '',
        ref: 'feature/x',
        commit: 'c'.repeat(40),
        trigger: 'manual',
        createdAt: Date.parse('2026-04-01T10:00:00.123Z'),
        startedAt: Date.parse('2026-04-01T10:00:05Z'),
        endedAt: Date.parse('2026-04-01T10:01:00Z'),
        key: 'run-1/build/1',
      },
    });
  });

  it.each([
    ['succeeded', 'succeeded'],
    ['failed', 'failed'],
    ['stopped', 'canceled'],
    ['partiallySucceeded', 'unstable'],
  ])('has its result as its status in the old form: %s', (status, state) => {
    const { execution } = deliver({
      eventType: 'build.complete',
      resource: { ...BUILD, status, result: undefined },
    });
    expect(execution).toMatchObject({ state, native: status });
  });

  it('has a key that was given as a variable', () => {
    const parameters = JSON.stringify({ sluice_key: 'by-variable' });
    const resource = { ...BUILD, templateParameters: {}, parameters };
    expect(deliver({ eventType: 'build.complete', resource }).execution!.key).toBe('by-variable');
  });

  it.each([
    ['ms.vss-pipelines.run-state-changed-event', 'running', 'inProgress'],
    ['ms.vss-pipelines.stage-state-changed-event', 'running', 'inProgress'],
    ['ms.vss-pipelinechecks-events.approval-pending', 'blocked', 'pending'],
  ])('is a run: %s', (eventType, state, native) => {
    expect(deliver({ eventType, resource: RUN }).execution).toMatchObject({
      reference: { project: ENVELOPE.resourceContainers.project.id, pipeline: 'team/release', id: '42' },
      state,
      native,
    });
  });

  it.each([
    ['another event', { eventType: 'git.push', resource: { commits: [] } }],
    ['no resource', { eventType: 'build.complete' }],
    [
      'no project',
      { eventType: 'build.complete', resource: { ...BUILD, project: undefined }, resourceContainers: {} },
    ],
  ])('is about no run: %s', (_, event) => {
    expect(deliver(event).execution).toBeUndefined();
  });

  it.each([
    ['no type', { resource: BUILD }],
    ['no id', { eventType: 'build.complete', resource: { ...BUILD, id: undefined } }],
    ['a definition that is none', { eventType: 'build.complete', resource: { ...BUILD, definition: 7 } }],
  ])('is refused with %s', (_, event) => {
    expect(() => deliver(event)).toThrow(expect.objectContaining({ code: 'platform-event-invalid' }));
  });
});
