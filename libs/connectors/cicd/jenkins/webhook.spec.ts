import { describe, expect, it } from '@jest/globals';
import { parseEvent } from './webhook.js';

function deliver(build: object, more: object = {}) {
  const event = { name: 'main', url: 'job/team/job/shop/job/main/', build, ...more };
  return parseEvent({ headers: new Map(), body: Buffer.from(JSON.stringify(event)) });
}

const BUILD = {
  full_url: 'https://ci.example/jenkins/job/team/job/shop/job/main/12/',
  url: 'job/team/job/shop/job/main/12/',
  number: 12,
  queue_id: 77,
  timestamp: 1_795_000_000_000,
  phase: 'FINALIZED',
  status: 'SUCCESS',
  scm: { url: 'https://git.example/shop.git', branch: 'origin/main', commit: 'c'.repeat(40) },
  parameters: { sluice_key: 'run-1/build/1', environment: 'staging' },
};

describe('what the Notification plugin tells', () => {
  it('is the build of a branch', () => {
    expect(deliver(BUILD)).toMatchObject({
      type: 'FINALIZED',
      signed: false,
      delivery: expect.stringMatching(/.{8}/),
      execution: {
        reference: { project: 'team', pipeline: 'shop', id: 'shop/main#12' },
        state: 'succeeded',
        native: 'SUCCESS',
        ref: 'main',
        commit: 'c'.repeat(40),
        key: 'run-1/build/1',
        url: BUILD.full_url,
      },
    });
  });

  it.each([
    ['QUEUED', undefined, 'queued'],
    ['STARTED', undefined, 'running'],
    ['COMPLETED', 'FAILURE', 'failed'],
    ['COMPLETED', 'UNSTABLE', 'unstable'],
    ['FINALIZED', 'ABORTED', 'canceled'],
    ['FINALIZED', 'NOT_BUILT', 'skipped'],
  ])('has its state by phase and result: %s %s', (phase, status, state) => {
    expect(deliver({ ...BUILD, phase, status }).execution).toMatchObject({ state });
  });

  it.each([
    [
      'a branch with a slash',
      'job/team/job/shop/job/feature%252Fx/3/',
      'feature/x',
      'shop',
      'shop/feature%2Fx#3',
    ],
    ['a job that builds a branch of another name', 'job/team/job/build/3/', 'main', 'build', 'build#3'],
    ['a job in no folder', 'job/build/3/', 'main', 'build', 'build#3'],
    ['blanks and umlauts', 'job/my%20team/job/gr%C3%B6%C3%9Fe/3/', undefined, 'größe', 'größe#3'],
  ])('names %s', (_, url, branch, pipeline, id) => {
    const { execution } = deliver({ ...BUILD, url, number: 3, scm: { branch } });
    expect(execution!.reference).toMatchObject({ pipeline, id });
  });

  it('tells of no build in phases that are none', () => {
    expect(deliver({ ...BUILD, phase: 'NONE' }).execution).toBeUndefined();
  });

  it.each([
    ['no URL', { ...BUILD, url: undefined, full_url: undefined }],
    ['a URL of something else', { ...BUILD, url: 'https://elsewhere.example/' }],
    ['a number that is none', { ...BUILD, number: 'twelve' }],
    ['no phase', { ...BUILD, phase: undefined }],
    ['nothing', null],
  ])('is refused with %s', (_, build) => {
    expect(() => deliver(build as object)).toThrow(
      expect.objectContaining({ code: 'platform-event-invalid' }),
    );
  });

  it('shows no address that is none', () => {
    const { execution } = deliver({ ...BUILD, full_url: 'javascript:alert(1)' });
    expect(execution!.url).toBe('');
  });
});
