import { expect, it } from '@jest/globals';
import { ACTIONS } from '#contracts/catalogue/catalogue.js';
import { createInputCheck } from './check-input.js';

const check = createInputCheck(ACTIONS.get('command/run')!);

it('accepts what fits', () => {
  expect(() => check({ run: ['true'] })).not.toThrow();
});

it.each([
  [{}, 'run'],
  [{ run: [] }, 'with.run'],
  [{ run: 'ls -l' }, 'with.run'],
  [{ run: ['ls'], shell: true }, 'shell'],
])('says where %j does not fit', (input, place) => {
  expect(() => check(input)).toThrow(
    expect.objectContaining({ code: 'action-input-invalid', message: expect.stringContaining(place) }),
  );
});
