import { expect, it } from '@jest/globals';
import { createMask } from '#connectors/secrets/mask.js';
import { maskJson } from './mask-json.js';

it('hides secrets in texts, names of members, and numbers that are one', () => {
  const mask = createMask();
  for (const secret of ['hunter2', '834729']) mask.add(secret);
  const value = {
    hunter2: ['a hunter2', { deep: 'hunter2' }],
    code: 834729,
    other: [8347290, 1.5, true, null],
  };
  expect(maskJson(value, mask.apply.bind(mask))).toEqual({
    '***': ['a ***', { deep: '***' }],
    code: '***',
    other: [8347290, 1.5, true, null],
  });
});
