import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { verifyAuditLog } from '#persistence/audit/verify-log.js';
import { TestPlatform } from '../../platform.js';
import { createTestDatabase } from '../../postgres.js';
import { readProjection, readTemporal } from './compare-runs.js';
import { MortalServers } from './mortal-servers.js';
import { Starts } from './starts.js';
import { Storm } from './storm.js';

/** `npm run faults` is the long one. */
const FORM =
  process.env['SLUICE_TEST_LONG'] === '1'
    ? ({
        starts: 1_000,
        ms: 300_000,
        postgres: [5_000, 10_000],
        temporal: [5_000, 15_000],
        api: [5_000, 15_000],
      } as const)
    : ({
        starts: 120,
        ms: 25_000,
        postgres: [3_000, 6_000],
        temporal: [4_000, 8_000],
        api: [3_000, 6_000],
      } as const);

const SEED = Number(process.env['SLUICE_TEST_SEED'] ?? 20_261_122);
/** Only keeps a broken test from hanging. */
const RECOVERY_MS = 240_000;

const DEFINITION = `
sluice: 1
name: storm
inputs: { n: { type: integer } }
stages:
  work:
    steps:
      pause: { wait: 200ms }
      say: { uses: log/write, with: { message: "run \${{ inputs.n }}" } }
      each:
        forEach: { in: [1, 2, 3], as: k }
        steps:
          one: { uses: log/write, with: { message: "\${{ k }}" } }
      sum: { set: { twice: "\${{ inputs.n * 2 }}" } }
output: { twice: "\${{ steps.sum.output.twice }}" }
`;

let servers: MortalServers;
let platform: TestPlatform;

beforeAll(async () => {
  servers = await MortalServers.start();
  platform = await TestPlatform.start({
    database: await createTestDatabase({ server: servers.databaseUrl }),
    temporalAddress: servers.temporalAddress,
    processes: 2,
    api: { SLUICE_RECONCILE_MS: '1000' },
  });
});
afterAll(async () => {
  await platform?.close();
  await servers?.close();
});

it(
  `${FORM.starts} starts, while Postgres, Temporal and the API are killed again and again (seed ${SEED})`,
  async () => {
    const { id } = await platform.save(DEFINITION);
    const starts = new Starts(platform, id);
    const storm = new Storm(platform, servers, { seed: SEED, ...FORM });
    storm.start();
    await starts.send(FORM.starts, FORM.ms);
    await storm.end();

    const wrong = [...starts.wrong, ...starts.findUnexplained(storm.absences)];
    if (wrong.length > 0) throw new Error([...wrong, platform.api.printed].join('\n'));
    for (const hits of Object.values(storm.hits)) expect(hits).toBeGreaterThan(0);
    expect(starts.unavailable).toBeGreaterThan(0);

    await waitForEnds();
    const projection = await readProjection(platform);
    expect(projection.map((run) => run.id)).toEqual([...starts.accepted.values()].sort());
    expect(projection.filter(({ status }) => status !== 'succeeded')).toEqual([]);
    const histories = await readTemporal(platform, (key) => /^(say|one\[)/.test(key));
    expect(histories.map(({ wokenAt: _, closedAt: __, ...run }) => run)).toEqual(
      projection.map(({ endedAt: _, ...run }) => run),
    );
    // The projection keeps whole milliseconds.
    const ends = projection.map(({ endedAt }, index) => ({ endedAt, ...histories[index]! }));
    expect(
      ends.filter(({ endedAt, wokenAt, closedAt }) => endedAt < wokenAt - 1 || endedAt > closedAt + 1),
    ).toEqual([]);

    const audited: { readonly run: string }[] = await platform.database.dataSource.query(
      `SELECT object_id AS run FROM audit_log WHERE action = 'run.start' ORDER BY object_id`,
    );
    expect(audited.map(({ run }) => run)).toEqual(projection.map((run) => run.id));
    expect(await verifyAuditLog(platform.database.dataSource, 'default')).toMatchObject({ valid: true });
    process.stdout.write(
      `figures: storm, seed ${SEED}: ${JSON.stringify({ ...storm.hits, unavailable: starts.unavailable, cut: starts.cut.length })}\n`,
    );
  },
  FORM.ms + 2 * RECOVERY_MS,
);

async function waitForEnds(): Promise<void> {
  for (const end = Date.now() + RECOVERY_MS; ; await sleep(200)) {
    const open = await platform.database.dataSource.query(
      `SELECT r.id, r.status, r.trouble, o.attempts, o.last_error AS "lastError", o.delivered_at AS "deliveredAt"
       FROM runs r LEFT JOIN outbox o ON o.run_id = r.id AND o.kind = 'start'
       WHERE r.ended_at IS NULL LIMIT 5`,
    );
    if (open.length === 0) return;
    if (Date.now() > end)
      throw new Error(
        `not ended: ${JSON.stringify(open)}\n${platform.worker.printed}\n${platform.api.printed}`,
      );
  }
}
