import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase } from '../postgres.js';
import { createRandom } from '../random.js';
import { requireTemporalAddress } from '../temporal.js';
import { writeJob } from './auditor/audited-job.js';
import { Auditor } from './auditor/auditor.js';
import { LONG, SEED } from './form.js';
import { Link, type LinkState } from './network/link.js';

type Way = 'API to Temporal' | 'worker to Temporal' | 'API to Postgres';

/** How long it is disturbed, in milliseconds: at least, at most. A worker is missed after 10 s. */
type Disturbance = readonly [way: Way, state: LinkState, least: number, most: number];

const SHORT_FORM: readonly Disturbance[] = [
  ['API to Temporal', 'cut', 3_000, 4_000],
  ['API to Postgres', 'silent', 2_000, 3_000],
  ['API to Postgres', 'cut', 2_000, 3_000],
  ['worker to Temporal', 'silent', 12_000, 13_000],
];
const LONG_FORM: readonly Disturbance[] = (['cut', 'silent', 'slow'] as const).flatMap((state) => [
  ['API to Temporal', state, 1_000, 12_000],
  ['API to Postgres', state, 1_000, 12_000],
  ['worker to Temporal', state, 5_000, 20_000],
]);
const FORM = LONG ? [...LONG_FORM, ...LONG_FORM, ...LONG_FORM] : SHORT_FORM;
/** Begun in the course of each. */
const RUNS = 8;

let auditor: Auditor;
let links: Readonly<Record<Way, Link>>;

beforeAll(async () => {
  const database = await createTestDatabase();
  const url = new URL(database.url);
  const temporal = requireTemporalAddress();
  links = {
    'API to Temporal': await Link.to(temporal),
    'worker to Temporal': await Link.to(temporal),
    'API to Postgres': await Link.to(url.host),
  };
  url.host = links['API to Postgres'].address;
  auditor = await Auditor.start(writeJob, {
    database,
    api: { DATABASE_URL: url.href, TEMPORAL_ADDRESS: links['API to Temporal'].address },
    worker: { TEMPORAL_ADDRESS: links['worker to Temporal'].address },
  });
});
afterAll(async () => {
  await auditor?.close();
  for (const link of Object.values(links ?? {})) await link.close();
});

it(
  `${FORM.length} partitions between the programs and their servers: nothing is lost, doubled or told wrongly (seed ${SEED})`,
  async () => {
    const random = createRandom(SEED);
    const hits = new Map<string, number>();
    for (const [way, state, least, most] of FORM) {
      const link = links[way];
      const before = link.hits;
      const ms = least + random() * (most - least);
      const begun = auditor.startRuns(RUNS, ms);
      if (way === 'worker to Temporal') await auditor.waitForOpen(1);
      link.set(state);
      await sleep(ms);
      link.set('open');
      await begun;
      hits.set(`${way} ${state}`, link.hits - before);
    }
    expect([...hits].filter(([, hit]) => hit === 0)).toEqual([]);
    await auditor.expectNothingWrong({ lateRepeats: true });
    // Starts were refused while Postgres was away, and attempts were made again whose worker was not heard.
    expect(auditor.refused).toBeGreaterThan(0);
    const repeated = await auditor.countRepeated();
    expect(repeated).toBeGreaterThan(0);
    process.stdout.write(
      `figures: partitions, seed ${SEED}: ${JSON.stringify({ ...Object.fromEntries(hits), refused: auditor.refused, repeated })}\n`,
    );
  },
  120_000 + FORM.length * 60_000,
);
