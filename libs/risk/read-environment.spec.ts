import { describe, expect, it } from '@jest/globals';
import { readEnvironment } from './read-environment.js';

describe('what is known of where a change goes', () => {
  it.each([
    ['{}', {}],
    ['{ "name": "eu-west.1" }', { name: 'eu-west.1' }],
    [
      '{ "deployments": { "total": 3, "failed": 3 }, "openIncidents": 0, "frozen": true, "commitsTogether": 4, "canary": false }',
      {
        deployments: { total: 3, failed: 3 },
        openIncidents: 0,
        frozen: true,
        commitsTogether: 4,
        canary: false,
      },
    ],
  ])('%s is read', (text, expected) => {
    expect(readEnvironment(text)).toEqual(expected);
  });

  it.each([
    'no JSON',
    '[]',
    'null',
    '{ "incidents": 1 }',
    '{ "name": "" }',
    '{ "name": "../production" }',
    '{ "__proto__": 1 }',
    '{ "openIncidents": -1 }',
    '{ "openIncidents": 1.5 }',
    '{ "openIncidents": 1e300 }',
    '{ "frozen": "yes" }',
    '{ "deployments": 1 }',
    '{ "deployments": { "total": 1, "failed": 2 } }',
    '{ "deployments": { "total": 1 } }',
    `{ "frozen": true }${' '.repeat(70_000)}`,
  ])('%.60s is refused', (text) => {
    expect(() => readEnvironment(text)).toThrow(
      expect.objectContaining({ code: 'risk-environment-invalid' }),
    );
  });
});
