import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { openText, sealText } from './seal.js';

const first = { id: 'first', bytes: randomBytes(32) };
const second = { id: 'second', bytes: randomBytes(32) };

describe('sealed texts', () => {
  it('open with their key, for their purpose', () => {
    const sealed = sealText('s3cret Ü', 'webhook 1', second);
    expect(JSON.stringify(sealed)).not.toContain('s3cret');
    expect(openText(sealed, 'webhook 1', [first, second])).toBe('s3cret Ü');
    expect(sealText('s3cret Ü', 'webhook 1', second).box).not.toBe(sealed.box);
  });

  const sealed = sealText('s3cret', 'webhook 1', first);
  const flipped = Buffer.from(sealed.box, 'base64');
  flipped[14]! ^= 1;
  it.each([
    ['another purpose', sealed, 'webhook 2', [first]],
    ['a key that is gone', sealed, 'webhook 1', [second]],
    ['another key of that id', sealed, 'webhook 1', [{ ...second, id: 'first' }]],
    ['a changed box', { ...sealed, box: flipped.toString('base64') }, 'webhook 1', [first]],
    ['a cut box', { ...sealed, box: sealed.box.slice(0, 16) }, 'webhook 1', [first]],
    ['no box', { ...sealed, box: '' }, 'webhook 1', [first]],
  ])('stay shut for %s', (_, box, purpose, keys) => {
    expect(openText(box, purpose, keys)).toBeUndefined();
  });
});
