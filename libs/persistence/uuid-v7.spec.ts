import { describe, expect, it } from '@jest/globals';
import { createUuidV7 } from './uuid-v7.js';

describe('createUuidV7', () => {
  it('has the version, the variant and the time of RFC 9562', () => {
    expect(createUuidV7(0x017f22e279b0)).toMatch(
      /^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('sorts by time and does not repeat', () => {
    const ids = Array.from({ length: 1000 }, (_, index) => createUuidV7(1_700_000_000_000 + index));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(Array.from({ length: 1000 }, () => createUuidV7(1)))).toHaveProperty('size', 1000);
  });
});
