import { describe, expect, it } from '@jest/globals';
import type { RunDescription } from '#contracts/temporal-port.js';
import { decideRepair } from './repair.js';

const run = {
  id: 'r',
  project: 'default',
  status: 'running',
  heardOf: true,
  handedOverMs: 20_000,
  trouble: null,
  parentOver: null,
  cancelBy: null,
  cancelReason: null,
} as const;
const wanted = { ...run, status: 'canceling', cancelBy: 'ada', cancelReason: 'enough' } as const;

describe('decideRepair', () => {
  it.each<[string, Parameters<typeof decideRepair>[0], RunDescription, object | undefined]>([
    ['a run that runs', run, { status: 'running' }, undefined],
    ['a run that is being canceled', wanted, { status: 'running' }, undefined],
    [
      'a complete one',
      run,
      { status: 'completed', result: { status: 'succeeded' } },
      { type: 'end', result: { status: 'succeeded' }, stepError: { code: 'step-record-lost' } },
    ],
    [
      'one canceled as wished',
      wanted,
      { status: 'canceled' },
      {
        result: {
          status: 'canceled',
          error: { code: 'run-canceled', message: expect.stringContaining('ada: enough') },
        },
      },
    ],
    [
      'one canceled by others',
      run,
      { status: 'canceled' },
      { result: { status: 'canceled', error: { code: 'run-canceled-outside' } } },
    ],
    [
      'one without history',
      run,
      { status: 'not-found' },
      { result: { error: { code: 'run-history-lost' } } },
    ],
    [
      'one that never began, while histories are kept',
      { ...run, heardOf: false, handedOverMs: 3_599_999 },
      { status: 'not-found', keptMs: 3_600_000 },
      { type: 'start-again' },
    ],
    [
      'one that may have begun and ended unheard, its history gone',
      { ...run, heardOf: false, handedOverMs: 3_600_000 },
      { status: 'not-found', keptMs: 3_600_000 },
      { type: 'end', result: { status: 'failed', error: { code: 'run-history-lost' } } },
    ],
    ['one that never began', { ...run, heardOf: false }, { status: 'not-found' }, { type: 'start-again' }],
    [
      'one that a step is about to start',
      { ...run, heardOf: false, parentOver: false },
      { status: 'not-found' },
      undefined,
    ],
    [
      'one that a step was about to start',
      { ...run, heardOf: false, parentOver: true },
      { status: 'not-found' },
      { type: 'end', result: { status: 'canceled', error: { code: 'run-abandoned' } } },
    ],
    [
      'one that was canceled before a step started it',
      { ...wanted, heardOf: false, parentOver: true },
      { status: 'not-found' },
      { type: 'end', result: { status: 'canceled', error: { code: 'run-canceled' } } },
    ],
    [
      'one that never began and is not wanted',
      { ...wanted, heardOf: false },
      { status: 'not-found' },
      { type: 'end', result: { status: 'canceled' } },
    ],
  ])('%s', (_, silent, found, expected) => {
    const repair = decideRepair(silent, found);
    if (expected === undefined) expect(repair).toBeUndefined();
    else expect(repair).toMatchObject(expected);
  });
});
