import { describe, expect, it } from '@jest/globals';
import { readDocument } from './markdown.js';
import { GENERATED } from './write/generated.js';

describe('documents made of the code', () => {
  it.each(GENERATED)('$path stands as `npm run document` writes it', async ({ path, render }) => {
    const standing = readDocument(path);
    expect(await render(standing)).toBe(standing);
  });
});
