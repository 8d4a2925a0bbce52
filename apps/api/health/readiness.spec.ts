import { describe, expect, it } from '@jest/globals';
import { Readiness } from './readiness.js';

class First {}
class Second {}

/** Answers as a database does in which these migrations were carried out; `undefined`: not at all. */
function createReadiness(world: {
  readonly done?: readonly string[] | undefined;
  readonly temporal?: boolean;
  readonly silentMs?: number;
}): Readiness {
  const { done, temporal = true, silentMs = 0 } = world;
  const dataSource = {
    migrations: [new First(), new Second()],
    query: async (sql: string) => {
      if (done === undefined) throw new Error('ECONNREFUSED');
      return sql.includes('migrations') ? done.map((name) => ({ name })) : [];
    },
  };
  const gateway = {
    check: async () => {
      if (!temporal) throw new Error('14 UNAVAILABLE');
    },
  };
  return new Readiness(dataSource as never, gateway as never, { silentMs } as never);
}

const DONE = ['First', 'Second'];

describe('Readiness', () => {
  it.each([
    ['nothing', { done: DONE }, []],
    ['a newer program beside this one', { done: [...DONE, 'Third'] }, []],
    ['Temporal', { done: DONE, temporal: false }, ['temporal does not answer']],
    ['a migration', { done: ['First'] }, ['migrations are behind this program by 1, from Second on']],
    ['the relay', { done: DONE, silentMs: 45_400 }, ['relay has not read the outbox for 45 s']],
    ['the database, of which nothing more can be said', { silentMs: 45_000 }, ['database does not answer']],
    [
      'all that can be',
      { done: [], temporal: false, silentMs: 60_000 },
      [
        'migrations are behind this program by 2, from First on',
        'temporal does not answer',
        'relay has not read the outbox for 60 s',
      ],
    ],
  ])('misses %s', async (_, world, missing) => {
    const found = await createReadiness(world).findMissing();
    expect(found.map(({ path, message }) => `${path} ${message}`)).toEqual(missing);
  });
});
