import { describe, expect, it } from '@jest/globals';
import { createPlatforms } from '#connectors/cicd/platforms.js';
import { readEvent } from './receive-event.js';

const azure = createPlatforms().require('azure-devops');

const nameOf = (id: string) =>
  readEvent(azure, {
    headers: new Map(),
    body: Buffer.from(JSON.stringify({ id, eventType: 'build.complete' })),
  }).event.delivery;

describe('the name of a delivery', () => {
  it('is the one that the platform gives', () => {
    expect(nameOf('4a5d99d6')).toBe('4a5d99d6');
  });

  it.each([
    ['holds what Postgres refuses', 'a\0'],
    ['holds half of a pair', 'a\ud800'],
    ['is longer than names are', 'a'.repeat(501)],
    ['is empty', ''],
  ])('is a digest where that %s', (_, id) => {
    expect(nameOf(id)).toMatch(/^[0-9a-f]{64}$/);
    expect(nameOf(id)).not.toBe(nameOf(`${id}b`));
  });
});
