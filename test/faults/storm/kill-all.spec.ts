import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createTestDatabase } from '../../postgres.js';
import { type AuditedJob, tellByRequest } from '../auditor/audited-job.js';
import { Auditor } from '../auditor/auditor.js';
import { LONG, SEED } from '../form.js';
import { MortalServers } from './mortal-servers.js';
import { Starts } from './starts.js';
import { Storm } from './storm.js';

const PLAN = LONG
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

/** Only keeps a broken test from hanging. */
const RECOVERY_MS = 480_000;

function writeStormJob(ledger: string): AuditedJob {
  const definition = `
sluice: 1
name: storm
inputs: { n: { type: integer } }
stages:
  work:
    steps:
      pause: { wait: 200ms }
      ${tellByRequest(ledger, { id: 'tell', ms: 50 })}
      say: { uses: log/write, with: { message: "run \${{ inputs.n }}" } }
      each:
        forEach: { in: [1, 2, 3], as: k }
        steps:
          one: { uses: log/write, with: { message: "\${{ k }}" } }
      sum: { set: { twice: "\${{ inputs.n * 2 }}" } }
      ${tellByRequest(ledger, { id: 'tell-again', ms: 0 })}
output: { twice: "\${{ steps.sum.output.twice }}" }
`;
  return { definition, telling: ['tell', 'tell-again'], order: [['tell', 'tell-again']] };
}

let servers: MortalServers;
let auditor: Auditor;

beforeAll(async () => {
  servers = await MortalServers.start();
  auditor = await Auditor.start(writeStormJob, {
    database: await createTestDatabase({ server: servers.databaseUrl }),
    temporalAddress: servers.temporalAddress,
    processes: 2,
  });
});
afterAll(async () => {
  await auditor?.close();
  await servers?.close();
});

it(
  `${PLAN.starts} starts, while Postgres, Temporal and the API are killed again and again (seed ${SEED})`,
  async () => {
    const { platform } = auditor;
    const starts = new Starts(platform, auditor.workflow);
    const storm = new Storm(platform, servers, { seed: SEED, ...PLAN });
    storm.start();
    await starts.send(PLAN.starts, PLAN.ms);
    await storm.end();

    const wrong = [...starts.wrong, ...starts.findUnexplained(storm.absences)];
    if (wrong.length > 0) throw new Error([...wrong, platform.api.printed].join('\n'));
    for (const hits of Object.values(storm.hits)) expect(hits).toBeGreaterThan(0);
    expect(starts.unavailable).toBeGreaterThan(0);

    for (const [key, run] of starts.accepted) await auditor.ledger.accept({ key, run });
    await auditor.expectNothingWrong();
    process.stdout.write(
      `figures: storm, seed ${SEED}: ${JSON.stringify({ ...storm.hits, unavailable: starts.unavailable, cut: starts.cut.length })}\n`,
    );
  },
  PLAN.ms + RECOVERY_MS,
);
